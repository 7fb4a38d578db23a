/** The query string of a request: its words, kept as sent for the links of a list. */
import type { FieldErrors } from '../errors.ts'

/** Parameter → value; of a repeated one the last counts, as in Django. */
export type Query = ReadonlyMap<string, string>

/** Parameters that mean the same on every resource; other names are filters. */
export const RESERVED = new Set(['page', 'page_size', 'ordering', 'search', 'fields', 'omit', 'format'])

/** Reads what stands behind the `?` of a URL. Broken escapes are taken as they stand. */
export function readQuery(url: string): Query {
  const start = url.indexOf('?')
  return start < 0 ? EMPTY : new Map(new URLSearchParams(url.slice(start + 1)))
}
const EMPTY: Query = new Map()

/** The same query with another page number; the first page has none. Everything else stays as it was sent. */
export function withPage(url: string, page: number): string {
  const start = url.indexOf('?')
  const pairs = start < 0 ? [] : url.slice(start + 1).split('&')
  const kept = pairs.filter((pair) => pair !== '' && !isPage(pair))
  if (page > 1) kept.push(`page=${page}`)
  return kept.length === 0 ? '' : `?${kept.join('&')}`
}

/** Whether a `name=value` is the page, also where the name is written with escapes. */
const isPage = (pair: string) =>
  pair.startsWith('page=') || (/^(page$|[^=]*%)/.test(pair) && new URLSearchParams(pair).has('page'))

/** Collects errors of several parameters or fields, so that all are told at once. */
export function addError(errors: FieldErrors, name: string, sentence: string): void {
  const own = Object.hasOwn(errors, name) ? errors[name]! : []
  // defineProperty: a name such as __proto__ comes from the caller.
  Object.defineProperty(errors, name, {
    value: [...own, sentence],
    enumerable: true,
    configurable: true,
    writable: true,
  })
}
