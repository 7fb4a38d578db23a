/** Numbers of routes, as people write them, into the regular expressions that the switch holds a dialled number against. */
import { patternError } from '../../../freeswitch/dialplan/patterns.ts'

/** The expression, or what is wrong with which field. */
export type Expression =
  | { readonly expression: string }
  | { readonly field: 'number' | 'prefix' | 'strip_prefix'; readonly error: string }

/** Whether the text is a regular expression and not a number. */
export const isExpression = (text: string): boolean => /^(?:\((?:\?:)?)*\^/.test(text)

/** Why the switch could not use a number that is a regular expression; undefined: it can, or it is none. */
export function expressionError(number: string): string | undefined {
  if (!isExpression(number)) return undefined
  if (number.includes('${')) return 'A regular expression may not contain ${: write \\$ for the sign.'
  return patternError(number)
}

/** A regular expression that takes this text and no other. */
export const quoted = (text: string): string =>
  text.replace(/[\\^$.*+?()[\]{}|/-]/g, (sign) => (sign === '-' || sign === '/' ? sign : `\\${sign}`))

/**
 * The numbers of an inbound route: `$1` is the number. Carriers send `+1234567890` with its plus and without, so that
 * both are taken; `prefix` is what may stand before.
 */
export function inboundExpression(number: string, prefix: string): Expression {
  if (!isPrefix(prefix)) return { field: 'prefix', error: PREFIX }
  const before = prefix === '' ? '' : `(?:${quoted(prefix)})?`
  if (isExpression(number)) return prefixed(number, before, 'prefix')
  if (NUMBER.test(number)) {
    const plus = number.startsWith('+') ? '\\+?' : ''
    return { expression: `^${before}${plus}(${quoted(number.replace('+', ''))})$` }
  }
  if (USER.test(number)) return { expression: `^${before}(${quoted(number)})$` }
  return { field: 'number', error: WRITTEN }
}

/** The number of a time condition. */
export function plainExpression(number: string): Expression {
  if (isExpression(number)) return { expression: number }
  if (NUMBER.test(number) || USER.test(number)) return { expression: `^${quoted(number)}$` }
  return { field: 'number', error: WRITTEN }
}

/**
 * The numbers of an outbound route: `$1` is what is sent to the gateway. Callers dial `strip` before, which is not sent.
 * Without a number the route is for those that begin with what is dialled before, else with the prefix that is sent.
 */
export function outboundExpression(number: string, strip: string, prefix: string): Expression {
  if (!isPrefix(strip)) return { field: 'strip_prefix', error: PREFIX }
  if (!isPrefix(prefix)) return { field: 'prefix', error: PREFIX }
  if (number === '') {
    const before = strip || prefix
    if (before !== '') return { expression: `^${quoted(before)}(\\d+)$` }
    return { field: 'number', error: 'Give the numbers that the route is for, or a prefix or strip_prefix.' }
  }
  if (isExpression(number)) return prefixed(capturing(number), quoted(strip), 'strip_prefix')
  if (NUMBER.test(number)) return { expression: `^${quoted(strip)}(${quoted(number)})$` }
  return { field: 'number', error: WRITTEN }
}

/** An expression without a group of its own is one group, so that there is a `$1`. */
function capturing(expression: string): string {
  return tokens(expression).some(opensGroup) ? expression : `(${expression})`
}

function prefixed(expression: string, before: string, field: 'prefix' | 'strip_prefix'): Expression {
  if (before === '') return { expression }
  const [first, ...rest] = tokens(expression)
  // A group that was put round the whole holds the anchor.
  const within = first === '(' && rest[0] === '^' && rest.at(-1) === ')' && !hasAlternatives(rest.slice(0, -1))
  if (within) return { expression: `^${before}(${rest.slice(1).join('')}` }
  if (first === '^' && !hasAlternatives(rest)) return { expression: `^${before}${rest.join('')}` }
  return { field, error: 'It goes with a number, or with a regular expression of one alternative that begins with ^.' }
}

function hasAlternatives(parts: readonly string[]): boolean {
  let depth = 0
  for (const part of parts) {
    if (part.startsWith('(')) depth++
    else if (part === ')') depth--
    // A bracket that closes what was not opened here: the group was not round the whole.
    if (depth < 0 || (part === '|' && depth === 0)) return true
  }
  return false
}

const opensGroup = (part: string): boolean => part === '(' || /^\(\?(?:P?<(?![=!])|')/.test(part)

/** An expression's signs: escapes and classes are one each, as is what opens a group. */
const tokens = (expression: string): string[] =>
  expression.match(/\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:P?<(?![=!])|')?|\(|./gs) ?? []

const isPrefix = (text: string): boolean => /^\+?[0-9*#]*$/.test(text)
const NUMBER = /^\+?[0-9*#]{1,127}$/
/** Names that SIP carriers send in place of numbers. */
const USER = /^[A-Za-z][\w.-]*$/
const PREFIX = 'A prefix has digits, * and # only; it may begin with +.'
const WRITTEN =
  'Write the number as it is dialled, with digits, * and # only (it may begin with +), or a regular expression that begins with ^.'

/** Whether what is done with a call brings it back to where it is: a transfer to the route's own number and context. */
export function comesBack(
  { application, data }: { readonly application: string; readonly data: string },
  context: string,
  expression: string,
): boolean {
  const [number = '', , where] = data.split(/\s+/)
  if (application !== 'transfer' || where !== context) return false
  try {
    return new RegExp(expression).test(number)
  } catch {
    // One that only the switch can read.
    return false
  }
}

/** What is wrong with a destination that comes back. */
export const COMES_BACK = 'Calls would come back to here, again and again.'

/** The dialled numbers that an inbound route takes, without plus; none can be told of a regular expression. */
export function formsOf(number: string, prefix: string): string[] {
  if (isExpression(number)) return []
  const bare = (text: string) => text.replace(/^\+/, '')
  const all = [bare(number), ...(prefix === '' ? [] : [bare(`${prefix}${bare(number)}`)])]
  return [...new Set(all)]
}

/** Whether an outbound route is for emergency calls: its number is nothing but numbers of emergency services. */
export function isEmergency(number: string): boolean {
  const alternatives = number.replace(/\(\?:|[()^$]/g, '').split('|')
  return alternatives.every((one) => EMERGENCY.has(one))
}

const EMERGENCY = new Set(['000', '110', '111', '112', '118', '119', '911', '933', '995', '999'])
