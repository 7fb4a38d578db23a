/** Regular expressions that tenants write. */
import { literalError } from '../../../freeswitch/dialplan/expansion.ts'

/** Why the switch could not use a regular expression; undefined: it can. */
export function patternError(pattern: string): string | undefined {
  if (pattern.includes('${')) return literalError(pattern)
  try {
    new RegExp(pattern)
    return undefined
  } catch (error) {
    return `Not a regular expression: ${(error as Error).message}.`
  }
}
