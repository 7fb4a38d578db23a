/** What each lookup means, told in JavaScript, and what to ask of a column to try them all. */
import type { Column, ColumnType } from '../../src/rest/model/model.ts'
import { compare, sortable } from './reference.ts'

const ANY = ['exact', 'in', 'isnull'] as const
const ORDERED = ['gt', 'gte', 'lt', 'lte', 'range'] as const
const TEXTUAL = ['iexact', 'contains', 'icontains', 'startswith', 'istartswith', 'endswith', 'iendswith'] as const

export type Lookup = (typeof ANY)[number] | (typeof ORDERED)[number] | (typeof TEXTUAL)[number] | 'date'

/** The lookups of contract section 3 that each type allows. */
export const LOOKUPS_OF_TYPE: Readonly<Record<ColumnType, readonly Lookup[]>> = {
  text: [...ANY, ...TEXTUAL, ...ORDERED],
  integer: [...ANY, ...ORDERED],
  decimal: [...ANY, ...ORDERED],
  datetime: [...ANY, ...ORDERED, 'date'],
  uuid: ANY,
  boolean: ANY,
  json: ['isnull'],
  bytes: [],
}

/** A filter to try: its text, and the value or values it stands for. */
export interface Asked {
  readonly lookup: Lookup
  readonly raw: string
  readonly operand: unknown
}

/** Whether a row's value matches. Nothing but `isnull` matches null. */
export function matches(type: ColumnType, lookup: Lookup, value: unknown, operand: unknown): boolean {
  if (lookup === 'isnull') return (value === null) === operand
  if (value === null) return false
  const [text, part] = [String(value), String(operand)]
  const [lower, lowerPart] = [text.toLowerCase(), part.toLowerCase()]
  const order = (other: unknown) => (type === 'decimal' ? Number(value) - Number(other) : compare(value, other))
  switch (lookup) {
    case 'exact':
      return order(operand) === 0
    case 'in':
      return (operand as unknown[]).some((one) => order(one) === 0)
    case 'gt':
      return order(operand) > 0
    case 'gte':
      return order(operand) >= 0
    case 'lt':
      return order(operand) < 0
    case 'lte':
      return order(operand) <= 0
    case 'range': {
      const [from, to] = operand as [unknown, unknown]
      return order(from) >= 0 && order(to) <= 0
    }
    case 'date':
      return sortable(text).startsWith(part)
    case 'iexact':
      return lower === lowerPart
    case 'contains':
      return text.includes(part)
    case 'icontains':
      return lower.includes(lowerPart)
    case 'startswith':
      return text.startsWith(part)
    case 'istartswith':
      return lower.startsWith(lowerPart)
    case 'endswith':
      return text.endsWith(part)
    case 'iendswith':
      return lower.endsWith(lowerPart)
  }
}

/** Filters of every lookup a column allows, made of values that rows have; `thoroughly` tries all with each value. */
export function asksOf(column: Column, values: readonly unknown[], thoroughly = false): Asked[] {
  const present = [...new Set(values.filter((value) => value !== null && value !== ''))]
  const asks = [true, false].map((operand): Asked => ({ lookup: 'isnull', raw: String(operand), operand }))
  if (column.type === 'json' || present.length === 0) return asks
  const some = spread(present)
  asks.push(...some.slice(0, 4).map((value): Asked => ({ lookup: 'exact', raw: String(value), operand: value })))
  const plain = some.filter((value) => !String(value).includes(','))
  if (plain.length > 0) asks.push({ lookup: 'in', raw: plain.map(String).join(','), operand: plain })
  const lookups = LOOKUPS_OF_TYPE[column.type]
  if (lookups.includes('gt') && plain.length > 0) asks.push(...ordered(plain))
  if (column.type === 'text') asks.push(...textual(some.map(String).slice(0, 4), thoroughly))
  if (column.type === 'datetime') asks.push(...times(some.map(String)))
  if (column.type === 'uuid') {
    const raw = String(some[0])
    asks.push({ lookup: 'exact', raw: raw.toUpperCase(), operand: raw })
    asks.push({ lookup: 'exact', raw: raw.replaceAll('-', ''), operand: raw })
  }
  if (column.type === 'boolean') {
    for (const [raw, operand] of [
      ['1', true],
      ['No', false],
      ['t', true],
      ['FALSE', false],
    ] as const) {
      asks.push({ lookup: 'exact', raw, operand })
    }
  }
  return asks
}

/** What LIKE would take for more than itself. */
const AWKWARD = [/%/, /_/, /\\/, /é/i]

/** A few values from all over, the awkward ones first. */
function spread(values: readonly unknown[]): unknown[] {
  const awkward = AWKWARD.flatMap((sign) => values.find((value) => sign.test(String(value))) ?? [])
  const others = [0, 0.5, 0.99].map((part) => values[Math.floor(values.length * part)])
  return [...new Set([...awkward, ...others])]
}

function ordered(values: readonly unknown[]): Asked[] {
  const value = values.at(-1)!
  const [from, to] = [values[0]!, value].sort(compare)
  return [
    ...(['gt', 'gte', 'lt', 'lte'] as const).map((lookup): Asked => ({ lookup, raw: String(value), operand: value })),
    { lookup: 'range', raw: `${from},${to}`, operand: [from, to] },
  ]
}

/** Each lookup with one of the values, whose turn it is, or with all of them. */
function textual(values: readonly string[], thoroughly: boolean): Asked[] {
  return TEXTUAL.flatMap((lookup, index) => {
    const inTurn = [...values.slice(index % values.length), ...values.slice(0, index % values.length)]
    const asks = inTurn.map((value): Asked => {
      const raw = lookup.startsWith('i') ? swapped(partOf(value, lookup)) : partOf(value, lookup)
      return { lookup, raw, operand: raw }
    })
    const askable = asks.filter(({ raw }) => raw.trim() === raw && raw !== '')
    return thoroughly ? askable : askable.slice(0, 1)
  })
}

/** The part of a value that a lookup finds it by. */
function partOf(value: string, lookup: Lookup): string {
  const letters = [...value]
  if (lookup === 'iexact') return value
  if (lookup.endsWith('startswith')) return letters.slice(0, 2).join('')
  return (lookup.endsWith('endswith') ? letters.slice(-2) : letters.slice(1)).join('')
}

/** Small letters for capitals and the other way round. */
const swapped = (text: string): string =>
  [...text].map((one) => (one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase())).join('')

/** Times are in UTC unless they say otherwise, and days are UTC's. */
function times(values: readonly string[]): Asked[] {
  const value = values[0]!
  return [
    ...values.map((one): Asked => ({ lookup: 'date', raw: one.slice(0, 10), operand: one.slice(0, 10) })),
    { lookup: 'exact', raw: value.replace('Z', ''), operand: value },
    { lookup: 'gte', raw: value.slice(0, 10), operand: `${value.slice(0, 10)}T00:00:00Z` },
    { lookup: 'exact', raw: value.replace('Z', '+00:00'), operand: value },
  ]
}
