/** `search=word word`: rows where each word is in one of the resource's search fields, in any case. */
import type { Predicate } from '../access.ts'
import type { FieldErrors } from '../errors.ts'
import type { Compiled, View } from '../registry.ts'
import { forbiddenCharacter } from '../values/text.ts'
import { addError, type Query } from './query.ts'

const MOST_WORDS = 20

/** A predicate a word. Fields that the role does not see are not searched. */
export function readSearch(compiled: Compiled, view: View, query: Query, errors: FieldErrors): Predicate[] {
  const words =
    query
      .get('search')
      ?.split(/[\s,]+/)
      .filter(Boolean) ?? []
  if (words.length > MOST_WORDS) addError(errors, 'search', `Enter no more than ${MOST_WORDS} words.`)
  if (words.some((word) => forbiddenCharacter(word))) addError(errors, 'search', 'Null characters are not allowed.')
  const paths = compiled.resource.search.filter((path) => path.includes('__') || view.shown.has(path))
  return words.map((word) => ({ any: paths.map((path) => ({ path, lookup: 'icontains', value: word })) }))
}
