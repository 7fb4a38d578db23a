/**
 * The kinds of arguments. A kind lets through only what the switch reads as one word that means itself: no spaces,
 * quotes, backslashes, braces or `$`, and nothing that could be taken for an option.
 */
import { ArgumentError } from '../errors.ts'

/** Checks a value; gives it as it is said, or throws an ArgumentError that names the kind. */
type Kind = (value: string) => string

const kind =
  (name: string, pattern: RegExp): Kind =>
  (value) => {
    if (typeof value !== 'string' || !pattern.test(value)) {
      throw new ArgumentError(`That is no ${name} that can be said to a telephone switch.`)
    }
    return value
  }

/** Of a call, a job or a message. */
export const uuid = kind('id of a call', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)

/** The part of a SIP address before the @. */
export const user = kind('user', /^[\p{L}\p{N}_.+*#~=][\p{L}\p{N}_.+*#~=-]{0,127}$/u)

export const domain = kind('domain', /^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,254}$/u)

export const profile = kind('SIP profile', /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/)

/** What a gateway is called on the switch: its id, or a name of a configuration in files. */
export const gateway = kind('gateway', /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/)

/** What is dialled: a number, an extension, a feature code, or user@host. */
export const destination = kind(
  'destination',
  /^(?=.{1,128}$)[0-9A-Za-z*#+._][0-9A-Za-z*#+._-]*(@[0-9A-Za-z][0-9A-Za-z._-]*)?$/,
)

export const context = kind('context', /^[\p{L}\p{N}_][\p{L}\p{N}_.@-]{0,127}$/u)

/** A hangup cause by its name, such as NORMAL_CLEARING. */
export const cause = kind('hangup cause', /^[A-Z][A-Z0-9_]{0,63}$/)

/** An absolute path of plain names, without a step upwards. */
export const path = kind('path', /^(?=.{2,512}$)(\/(?!\.{1,2}(\/|$))[\p{L}\p{N}_.@+=-]+)+$/u)

/** The Call-ID of a registration. */
export const callId = kind('Call-ID', /^[A-Za-z0-9_.@:+~!%*=[\]][A-Za-z0-9_.@:+~!%*=[\]-]{0,254}$/)

/** A name made of a user or a queue, and the domain it is of. */
export const addressOf = (name: string, of: string): string => `${user(name)}@${domain(of)}`

/** A whole number. */
export function number(value: number, minimum = 0, maximum = 1_000_000): string {
  if (!Number.isSafeInteger(value) || value < minimum || value > maximum) {
    throw new ArgumentError(`A number from ${minimum} to ${maximum} is needed.`)
  }
  return String(value)
}

/** One of these words; for values that the types allow and a caller without types may get wrong. */
export function oneOf<const Word extends string>(words: readonly Word[], value: Word): Word {
  if (!words.includes(value)) throw new ArgumentError(`One of ${words.join(', ')} is needed.`)
  return value
}
