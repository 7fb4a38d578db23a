/**
 * Who may do what, and to which rows. A resource has one `Access` for each role that may use it; scopes are where
 * clauses that the engine adds to every statement, so a row out of scope does not exist for the caller.
 */
import type { Caller, Right } from './caller.ts'
import type { ModelName } from './model/model.ts'
import type { Lookup } from './read/lookups.ts'

/** A condition on rows, as a value: what filters, search and scopes are made of. */
export type Predicate =
  /** The column at the end of a path, held against a value. */
  | { readonly path: string; readonly lookup: Lookup; readonly value: unknown }
  /** The column is (or is not) among those of other rows: `{column: 'id', among: {model, column, where}}`. */
  | { readonly path: string; readonly among: Among; readonly not?: boolean }
  | { readonly any: readonly Predicate[] }

export interface Among {
  readonly model: ModelName
  readonly column: string
  readonly where: readonly Predicate[]
}

/** The rows of a right, for a caller; no predicate: all rows. */
export type Rows = (caller: Caller) => readonly Predicate[]

export interface Access {
  /** A right that is missing is a 403. */
  readonly rights: { readonly [R in Right]?: Rows }
  /** Columns whose value is the caller's when left out: the tenant of what it creates. */
  readonly own?: Readonly<Record<string, (caller: Caller) => unknown>>
  /** Columns the scope hangs on: a create must have them, and they are never null. */
  readonly needs?: readonly string[]
  /** Rows of the whole system: out of scope, and since that is no secret a 403, not a 404. */
  readonly systemWide?: readonly Predicate[]
  /** Columns of rows in scope whose change is a 403 all the same. */
  readonly reserved?: readonly string[]
  /** The only columns this role may change; another one sent with a new value is a 400. */
  readonly changes?: readonly string[]
  /** Columns this role neither sees nor filters by, beyond the `@secret` ones. */
  readonly hides?: readonly string[]
  /** Whether this role sees the columns marked `@secret`. */
  readonly secrets?: boolean
}

const allRows: Rows = () => []
const RIGHTS: readonly Right[] = ['list', 'retrieve', 'create', 'update', 'delete']

/** Every right on every row, secrets shown. */
export const everything: Access = { ...rights(RIGHTS, allRows), secrets: true }

/** List and retrieve of every row. */
export const readEverything: Access = rights(['list', 'retrieve'], allRows)

/** These rights on these rows. */
export function rights(names: readonly Right[], rows: Rows): Access {
  return { rights: Object.fromEntries(names.map((name) => [name, rows])) }
}

/** Every right on these rows. */
export const allRights = (rows: Rows): Access => rights(RIGHTS, rows)

/** List and retrieve of these rows. */
export const readRights = (rows: Rows): Access => rights(['list', 'retrieve'], rows)
