/** The comparisons of a filter, `field__LOOKUP=value`: which types take which, and their SQL. */
import type { Column, ColumnType } from '../model/model.ts'

export const LOOKUPS = [
  'exact',
  'iexact',
  'contains',
  'icontains',
  'startswith',
  'istartswith',
  'endswith',
  'iendswith',
  'in',
  'gt',
  'gte',
  'lt',
  'lte',
  'range',
  'isnull',
  'date',
] as const
export type Lookup = (typeof LOOKUPS)[number]

const ORDERED: readonly Lookup[] = ['gt', 'gte', 'lt', 'lte', 'range']
const TEXTUAL: readonly Lookup[] = [
  'iexact',
  'contains',
  'icontains',
  'startswith',
  'istartswith',
  'endswith',
  'iendswith',
]
const ANY: readonly Lookup[] = ['exact', 'in', 'isnull']

const BY_TYPE: Record<ColumnType, readonly Lookup[]> = {
  text: [...ANY, ...TEXTUAL, ...ORDERED],
  integer: [...ANY, ...ORDERED],
  decimal: [...ANY, ...ORDERED],
  datetime: [...ANY, ...ORDERED, 'date'],
  uuid: ANY,
  boolean: ANY,
  json: ['isnull'],
  bytes: [],
}

/** The lookups a column's type takes. */
export const lookupsOf = (column: Column): readonly Lookup[] => BY_TYPE[column.type]

export const isLookup = (word: string): word is Lookup => (LOOKUPS as readonly string[]).includes(word)

/** Lookups that compare text as such, so that their value is not held to the column's length or choices. */
export const isTextual = (lookup: Lookup): boolean => TEXTUAL.includes(lookup)

const PATTERNS: Partial<Record<Lookup, (text: string) => string>> = {
  iexact: (text) => text,
  contains: (text) => `%${text}%`,
  icontains: (text) => `%${text}%`,
  startswith: (text) => `${text}%`,
  istartswith: (text) => `${text}%`,
  endswith: (text) => `%${text}`,
  iendswith: (text) => `%${text}`,
}
const COMPARISONS: Partial<Record<Lookup, string>> = { exact: '=', gt: '>', gte: '>=', lt: '<', lte: '<=' }

/**
 * The SQL of one comparison. `value` has been parsed for the column: a scalar, a list for `in`, two ends for `range`
 * and `date` (the second end of a date is outside), a boolean for `isnull`.
 */
export function comparison(
  expression: string,
  column: Column,
  lookup: Lookup,
  value: unknown,
  param: (value: unknown) => string,
): string {
  const pattern = PATTERNS[lookup]
  if (pattern) {
    const operator = lookup.startsWith('i') ? 'ILIKE' : 'LIKE'
    return `${expression} ${operator} ${param(pattern(String(value).replace(/[\\%_]/g, '\\$&')))}`
  }
  if (lookup === 'in') return `${expression} = ANY(${param(value)}::${column.sqlType}[])`
  if (lookup === 'isnull') return `${expression} IS ${value ? '' : 'NOT '}NULL`
  if (lookup === 'range' || lookup === 'date') {
    const [from, to] = value as [unknown, unknown]
    const end = lookup === 'range' ? '<=' : '<'
    return `(${expression} >= ${param(from)}::${column.sqlType} AND ${expression} ${end} ${param(to)}::${column.sqlType})`
  }
  return `${expression} ${COMPARISONS[lookup]} ${param(value)}`
}
