/** `fields=a,b`, `omit=a,b` and a resource's flags: which fields to give. Only their columns are read. */
import type { FieldErrors } from '../errors.ts'
import type { Field } from '../fields.ts'
import type { Compiled, View } from '../registry.ts'
import { booleanParser } from '../values/boolean.ts'
import { addError, type Query } from './query.ts'

/** The fields to give, in the resource's order. An unknown name is an error. */
export function readSelection(compiled: Compiled, view: View, query: Query, errors: FieldErrors): Field[] | 'all' {
  const wanted = namesOf(view, query, 'fields', errors)
  const omitted = new Set([...(namesOf(view, query, 'omit', errors) ?? []), ...flagged(compiled, query, errors)])
  if (!wanted && omitted.size === 0) return 'all'
  return [...view.shown.values()].filter((f) => (!wanted || wanted.has(f.name)) && !omitted.has(f.name))
}

/** The fields that flags leave out. A flag needs no value; one that says no is none. */
function flagged(compiled: Compiled, query: Query, errors: FieldErrors): string[] {
  return Object.entries(compiled.resource.flags ?? {}).flatMap(([flag, name]) => {
    const value = query.get(flag)
    if (value === undefined) return []
    if (value === '') return [name]
    const said = booleanParser(value)
    if (!said.ok) addError(errors, flag, said.error)
    return said.ok && said.value === true ? [name] : []
  })
}

function namesOf(view: View, query: Query, parameter: 'fields' | 'omit', errors: FieldErrors): Set<string> | undefined {
  const text = query.get(parameter)
  if (!text?.trim()) return undefined
  const names = text.split(',').map((name) => name.trim())
  for (const name of names) {
    if (!view.shown.has(name)) addError(errors, parameter, `${name || 'An empty name'} is no field here.`)
  }
  return new Set(names)
}
