/**
 * Relations in filters and search. Beyond one a caller sees only the rows and fields it could read there itself, or the
 * answer would tell of rows out of its scope.
 */
import type { Predicate } from '../access.ts'
import type { Caller } from '../caller.ts'
import type { Field } from '../fields.ts'
import type { Compiled, View } from '../registry.ts'

export interface Beyond {
  readonly home: Compiled
  readonly view: View
  /** The predicate of this side for one of that side. */
  among(inner: Predicate): Predicate
}

/** What a field's relation leads to; undefined where there is no relation, or nothing beyond it for this caller. */
export function follow(compiled: Compiled, caller: Caller, field: Field): Beyond | undefined {
  const hop = field.column?.references
  const home = hop && compiled.registry.homeOf(hop.model)
  const view = caller.role ? home?.views.get(caller.role) : undefined
  const scope = hop && compiled.registry.scopeOf(hop.model, caller)
  if (!home || !view || !scope) return undefined
  const among = (inner: Predicate): Predicate => ({
    path: field.path!,
    among: { model: hop.model, column: hop.remote, where: [inner, ...scope] },
  })
  return { home, view, among }
}
