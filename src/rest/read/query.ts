/** The query string of a request: its words, kept as sent for the links of a list. */
import type { FieldErrors } from '../errors.ts'
import type { Resource } from '../resource.ts'

/** Parameter → value; of a repeated one the last counts, as in Django. */
export type Query = ReadonlyMap<string, string>

/** Parameters that mean the same on every resource. */
const RESERVED = ['page', 'page_size', 'ordering', 'search', 'fields', 'omit', 'format']

/** Parameters of a resource that are no filters; other names are. */
export function reservedOf({ flags = {}, long = false }: Pick<Resource, 'flags' | 'long'>): ReadonlySet<string> {
  return new Set([...RESERVED, ...Object.keys(flags), ...(long ? ['cursor'] : [])])
}

/** Parameters of a single row of a resource. */
export const rowParametersOf = ({ flags = {} }: Pick<Resource, 'flags'>): ReadonlySet<string> =>
  new Set(['fields', 'omit', 'format', ...Object.keys(flags)])

/** Reads what stands behind the `?` of a URL. Broken escapes are taken as they stand. */
export function readQuery(url: string): Query {
  const start = url.indexOf('?')
  return start < 0 ? EMPTY : new Map(new URLSearchParams(url.slice(start + 1)))
}
const EMPTY: Query = new Map()

/**
 * The same query with another page number and cursor; the first page has none. Everything else stays as it was sent.
 */
export function withPage(url: string, page: number, cursor?: string | null): string {
  const start = url.indexOf('?')
  const pairs = start < 0 ? [] : url.slice(start + 1).split('&')
  const kept = pairs.filter((pair) => pair !== '' && !isPage(pair))
  if (page > 1) kept.push(`page=${page}`)
  if (page > 1 && cursor) kept.push(`cursor=${cursor}`)
  return kept.length === 0 ? '' : `?${kept.join('&')}`
}

/** Whether a `name=value` is the page or its cursor, also where the name is written with escapes. */
function isPage(pair: string): boolean {
  if (/^(page|cursor)=/.test(pair)) return true
  if (!/^(page$|cursor$|[^=]*%)/.test(pair)) return false
  const names = new URLSearchParams(pair)
  return names.has('page') || names.has('cursor')
}

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
