/**
 * How many rows a list has. Where the database keeps totals of a resource (`totals` in its definition), and the filters
 * speak of their columns only, whole stretches of time within the range are added up, and rows are counted at its ends
 * only.
 */
import type { Predicate } from '../access.ts'
import { modelOf } from '../model/model.ts'
import type { Totals } from '../resource.ts'
import { identifier, type Sql } from '../sql.ts'
import type { ListPlan } from './plan.ts'
import { DAY_MS, dayOf, type Range, type TimePredicate, wholeHours, wholeMonths } from './stretches.ts'
import { whereSql } from './where.ts'

/** The SQL of a list's count. `from` is its FROM … WHERE, where that has been made already. */
export function countSql(sql: Sql, plan: ListPlan, from?: string): string {
  const { resource, model } = plan.compiled
  const counted = (extra: readonly Predicate[]) =>
    `SELECT count(*) FROM ${identifier(model.table)} t WHERE ${whereSql(sql, model, 't', [...plan.where, ...extra])}`
  const split = splitWhere(resource.totals ?? [], plan.where)
  if (!split) return `(${from ? `SELECT count(*) ${from}` : counted([])})::int8`
  const { totals, range } = split
  const parts = totalsSql(sql, split)
  const bound = (lookup: 'lt' | 'gte', ms: number): Predicate => ({ path: totals.time, lookup, value: iso(ms) })
  if (range.from !== undefined) parts.push(counted([bound('lt', range.from)]))
  if (range.to !== undefined) parts.push(counted([bound('gte', range.to)]))
  return `(${parts.map((part) => `(${part})`).join(' + ')})::int8`
}

/** Whether totals answer a list's count, so that it costs next to nothing. */
export const isTotalled = ({ compiled, where }: ListPlan): boolean =>
  splitWhere(compiled.resource.totals ?? [], where) !== undefined

interface Split {
  readonly totals: Totals
  /** The conditions on the columns of the totals. */
  readonly others: readonly Predicate[]
  /** The whole stretches of time within those on the time. */
  readonly range: Range
}

/** The first totals that can answer; undefined when none can. */
function splitWhere(all: readonly Totals[], where: readonly Predicate[]): Split | undefined {
  for (const totals of all) {
    const times: TimePredicate[] = []
    const others: Predicate[] = []
    for (const predicate of where) {
      if (isBound(predicate, totals.time)) times.push(predicate)
      else others.push(predicate)
    }
    if (!others.every((one) => 'path' in one && totals.by.includes(one.path) && !isOfNone(one))) continue
    const range = totals.stretches === 'months' ? wholeMonths(times) : wholeHours(times)
    return range && { totals, others, range }
  }
  return undefined
}

const BOUNDS: ReadonlySet<string> = new Set(['gt', 'gte', 'lt', 'lte', 'range', 'date'])
const isBound = (predicate: Predicate, time: string): predicate is TimePredicate =>
  'lookup' in predicate && predicate.path === time && BOUNDS.has(predicate.lookup)
/** Rows without a value have totals under a stand-in for it, which no comparison with a value may find. */
const STAND_IN = '00000000-0000-0000-0000-000000000000'
const isOfNone = (predicate: Predicate) =>
  'lookup' in predicate && (predicate.lookup === 'isnull' || [predicate.value].flat().includes(STAND_IN))

const iso = (ms: number) => new Date(ms).toISOString()

function totalsSql(sql: Sql, { totals, others, range: { from, to } }: Split): string[] {
  const model = modelOf(totals.model)
  const sum = (grain: 'hour' | 'day' | undefined, low: number | undefined, high: number | undefined) => {
    const bounds: Predicate[] = []
    if (low !== undefined) bounds.push({ path: 'starts_at', lookup: 'gte', value: iso(low) })
    if (high !== undefined) bounds.push({ path: 'starts_at', lookup: 'lt', value: iso(high) })
    // As a word, not a parameter: PostgreSQL can then tell that a plan for any values is as good as one for these.
    const where = `${whereSql(sql, model, 'c', [...others, ...bounds])}${grain ? ` AND c."grain" = '${grain}'` : ''}`
    return `SELECT coalesce(sum(c."total"), 0) FROM ${identifier(model.table)} c WHERE ${where}`
  }
  if (totals.stretches === 'months') return [sum(undefined, from, to)]
  // Days where there are any, hours before and after them.
  const firstDay = from === undefined ? undefined : dayOf(from + DAY_MS - 1)
  const lastDay = to === undefined ? undefined : dayOf(to)
  if (firstDay !== undefined && lastDay !== undefined && firstDay >= lastDay) return [sum('hour', from, to)]
  return [
    ...(firstDay !== undefined && firstDay !== from ? [sum('hour', from, firstDay)] : []),
    sum('day', firstDay, lastDay),
    ...(lastDay !== undefined && lastDay !== to ? [sum('hour', lastDay, to)] : []),
  ]
}
