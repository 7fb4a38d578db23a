/** `fields=a,b` and `omit=a,b`: which fields to give. Only their columns are read. */
import type { FieldErrors } from '../errors.ts'
import type { Field } from '../fields.ts'
import type { View } from '../registry.ts'
import { addError, type Query } from './query.ts'

/** The fields to give, in the resource's order. An unknown name is an error. */
export function readSelection(view: View, query: Query, errors: FieldErrors): Field[] | 'all' {
  const wanted = namesOf(view, query, 'fields', errors)
  const omitted = namesOf(view, query, 'omit', errors)
  if (!wanted && !omitted) return 'all'
  return [...view.shown.values()].filter((f) => (!wanted || wanted.has(f.name)) && !omitted?.has(f.name))
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
