/** Ranges that end before they begin: they would find nothing, and whoever sent one meant something else. */
import type { Predicate } from '../access.ts'
import type { FieldErrors } from '../errors.ts'
import { type ColumnType, columnAt, type Model } from '../model/model.ts'
import { addError } from './query.ts'

/** Adds an error under the parameter that ends a range where it ends before another parameter begins it. */
export function checkRanges(model: Model, filters: ReadonlyMap<string, Predicate>, errors: FieldErrors): void {
  for (const [endName, end] of filters) {
    if (!('lookup' in end) || (end.lookup !== 'lt' && end.lookup !== 'lte')) continue
    for (const [startName, start] of filters) {
      if (!('lookup' in start) || (start.lookup !== 'gt' && start.lookup !== 'gte') || start.path !== end.path) continue
      if (isBackwards(columnAt(model, end.path).type, start.value, end.value)) {
        addError(errors, endName, `Ends before ${startName} begins.`)
      }
    }
  }
}

/** Whether the first of two parsed values of a column is after the second; text has no such order. */
export function isBackwards(type: ColumnType, from: unknown, to: unknown): boolean {
  if (type === 'datetime') return comparable(String(from)) > comparable(String(to))
  if (type === 'integer') return BigInt(String(from)) > BigInt(String(to))
  if (type === 'decimal') return Number(from) > Number(to)
  return false
}

/** Times are UTC texts whose fraction is as long as it was sent. */
const comparable = (time: string) =>
  time
    .replace(/Z$/, '')
    .replace(/(:\d\d)$/, '$1.')
    .padEnd(26, '0')
