/** `search=word word`: rows where each word is in one of the resource's search fields, in any case. */
import type { Predicate } from '../access.ts'
import type { Caller } from '../caller.ts'
import type { FieldErrors } from '../errors.ts'
import type { Compiled, View } from '../registry.ts'
import { forbiddenCharacter } from '../values/text.ts'
import { follow } from './following.ts'
import { addError, type Query } from './query.ts'

const MOST_WORDS = 20

/** A predicate a word. What the caller does not see is not searched, here or beyond a relation. */
export function readSearch(
  compiled: Compiled,
  view: View,
  caller: Caller,
  query: Query,
  errors: FieldErrors,
): Predicate[] {
  const words =
    query
      .get('search')
      ?.split(/[\s,]+/)
      .filter(Boolean) ?? []
  if (words.length > MOST_WORDS) addError(errors, 'search', `Enter no more than ${MOST_WORDS} words.`)
  if (words.some((word) => forbiddenCharacter(word))) addError(errors, 'search', 'Null characters are not allowed.')
  return words.map((word) => ({
    any: compiled.resource.search.flatMap((path) => contains(compiled, view, caller, path, word) ?? []),
  }))
}

function contains(compiled: Compiled, view: View, caller: Caller, path: string, word: string): Predicate | undefined {
  const [step, ...rest] = path.split('__')
  const field = view.shown.get(step!)
  if (!field?.path) return undefined
  if (rest.length === 0) return { path: field.path, lookup: 'icontains', value: word }
  const beyond = follow(compiled, caller, field)
  const inner = beyond && contains(beyond.home, beyond.view, caller, rest.join('__'), word)
  return inner && beyond.among(inner)
}
