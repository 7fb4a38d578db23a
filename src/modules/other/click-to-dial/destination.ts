/** What may be dialled by a click. */
import type { Input } from '../../../rest/asking.ts'
import { textInput } from '../../inputs.ts'

const LONGEST = 128
const text = textInput('A number, an extension, a feature code such as *98, or user@host.', LONGEST)

/** Nothing in it means anything to the switch, which gets it as part of a command. */
const DIALLED = /^[0-9A-Za-z*#+._-]+(?:@[0-9A-Za-z*#+._-]+)?$/

export const destinationInput: Input = {
  ...text,
  required: true,
  check(value, body) {
    const result = text.check(value, body)
    if ('errors' in result || DIALLED.test(String(result.value))) return result
    return { errors: ['Enter a number or user@host: digits, letters and * # + . _ - only, with one @ at most.'] }
  },
}

/**
 * What the dialplan gets. A user of the own domain is dialled as its extension; any other user@host goes to the own
 * dialplan as it is, which knows it or does not: nobody else is rung by naming another host.
 */
export function dialled(dest: string, domain: string): string {
  const [user, host] = dest.split('@') as [string, string?]
  return host?.toLowerCase() === domain.toLowerCase() ? user : dest
}

/** Left out, null or blank: the switch of the domain. */
export const hostInput: Input = {
  description: "A switch by its name. Left out: the domain's own.",
  schema: { type: ['string', 'null'], maxLength: LONGEST },
  check(value, body) {
    if (value === null || value === '') return { value: null }
    return textInput('', LONGEST).check(value, body)
  },
}
