/**
 * What a read will ask of the database, as a value that can be printed: fields, where, order, page. The where clause
 * is scope ∧ the resource's own rows ∧ filters ∧ search.
 */
import type { Predicate } from '../access.ts'
import type { Caller, Right } from '../caller.ts'
import { type FieldErrors, forbidden, ValidationError } from '../errors.ts'
import type { Field } from '../fields.ts'
import type { Preferences } from '../prefer.ts'
import type { Compiled, View } from '../registry.ts'
import { readCursor } from './cursor.ts'
import { readFilters } from './filters.ts'
import { type Order, readOrdering, withoutFixed } from './ordering.ts'
import { type Page, readPage } from './pagination.ts'
import { addError, type Query, rowParametersOf } from './query.ts'
import { readSearch } from './search.ts'
import { readSelection } from './selection.ts'

export interface RowPlan {
  readonly compiled: Compiled
  readonly view: View
  readonly select: readonly Field[] | 'all'
  readonly where: readonly Predicate[]
}

export interface ListPlan extends RowPlan {
  readonly order: readonly Order[]
  readonly page: Page
  readonly count: boolean
}

/** The view of a caller that has the right; else 403. */
export function viewFor(compiled: Compiled, caller: Caller, right: Right): View {
  const view = caller.role ? compiled.views.get(caller.role) : undefined
  if (!view?.access.rights[right]) throw forbidden()
  return view
}

/** The rows that a right reaches: the resource's own rows within the caller's scope. */
export function rowsFor(compiled: Compiled, caller: Caller, right: Right): Predicate[] {
  const scope = viewFor(compiled, caller, right).access.rights[right]!(caller)
  const constants = Object.entries(compiled.resource.where ?? {})
  return [...scope, ...constants.map(([path, value]): Predicate => ({ path, lookup: 'exact', value }))]
}

/** The plan of a list; all that is wrong with the query is told at once. */
export function planList(compiled: Compiled, caller: Caller, query: Query, prefer: Preferences): ListPlan {
  const view = viewFor(compiled, caller, 'list')
  const page = readPage(query)
  const errors: FieldErrors = {}
  const select = readSelection(compiled, view, query, errors)
  const asked = readOrdering(compiled, view, query, errors)
  const filters = readFilters(compiled, view, caller, query, prefer.strict, errors)
  const search = readSearch(compiled, view, caller, query, errors)
  if (Object.keys(errors).length > 0) throw new ValidationError(errors)
  const where = [...rowsFor(compiled, caller, 'list'), ...filters, ...search]
  const order = compiled.resource.long ? withoutFixed(asked, compiled.resource, where) : asked
  const cursor = readCursor(compiled.resource, order, query)
  return { compiled, view, select, where, order, page: { ...page, cursor }, count: prefer.count }
}

/** The plan of one row: the same as a list's, with the id. */
export function planRow(compiled: Compiled, caller: Caller, id: string, query: Query, prefer: Preferences): RowPlan {
  const view = viewFor(compiled, caller, 'retrieve')
  const errors: FieldErrors = {}
  const select = readSelection(compiled, view, query, errors)
  if (prefer.strict) {
    const known = rowParametersOf(compiled.resource)
    for (const name of query.keys()) {
      if (!known.has(name)) addError(errors, name, 'Unknown query parameter.')
    }
  }
  if (Object.keys(errors).length > 0) throw new ValidationError(errors)
  return { compiled, view, select, where: [...withId(compiled, id), ...rowsFor(compiled, caller, 'retrieve')] }
}

/** That a row has this id, and whatever follows from that. */
export const withId = (compiled: Compiled, id: string): Predicate[] => [
  { path: compiled.model.primaryKey.name, lookup: 'exact', value: id },
  ...(compiled.resource.locate?.(id) ?? []),
]
