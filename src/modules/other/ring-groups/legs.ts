/** The legs that a ring group rings, as parts of a dial string. */
import type { Place } from '../../dialling/destinations.ts'
import { isNumber } from '../../dialling/destinations.ts'
import { legTextError } from '../../dialling/texts.ts'

/** A place that rings, as its destination says it. */
export interface Leg {
  readonly number: string
  readonly delay: number
  readonly timeout: number
  /** Whether who answers must press a key to take the call. */
  readonly confirm: boolean
  /** The id of the tenant's extension of that number; none: it is dialled as a number. */
  readonly extensionId?: string | undefined
}

/** What legs that leave the tenant's extensions carry. */
export interface Outward {
  readonly callerIdName: string
  readonly callerIdNumber: string
  readonly tollAllow: string
}

/** Every leg of the group in the order they were given; what cannot be dialled is left out. */
export function legTexts(legs: readonly Leg[], outward: Outward, domain: Place): string[] {
  if (!/^[\w.-]+$/.test(domain.name)) return []
  return legs.filter(({ number }) => isNumber(number)).map((leg) => legText(leg, outward, domain))
}

function legText(leg: Leg, outward: Outward, { name }: Place): string {
  const { number, delay, timeout, confirm, extensionId } = leg
  const own = extensionId === undefined ? outwardVariables(outward) : insideVariables(number, extensionId)
  const variables = [
    ...own,
    `sip_invite_domain=${name}`,
    `confirm=${confirm}`,
    ...(confirm ? ['group_confirm_file=ivr/ivr-accept_reject.wav', 'group_confirm_key=1'] : []),
    `leg_timeout=${timeout}`,
    `leg_delay_start=${delay}`,
  ]
  return `[${variables.join(',')}]${extensionId === undefined ? `loopback/${number}/${name}` : `user/${number}@${name}`}`
}

const insideVariables = (number: string, id: string): string[] => [`dialed_extension=${number}`, `extension_uuid=${id}`]

function outwardVariables({ callerIdName, callerIdNumber, tollAllow }: Outward): string[] {
  return [
    'ignore_early_media=true',
    ...(tollAllow === '' ? [] : [`toll_allow=${tollAllow}`]),
    `origination_caller_id_name=${callerIdName}`,
    `origination_caller_id_number=${callerIdNumber}`,
  ]
}

/** Classes of calls, of which dial strings cannot hold the commas: outbound routes look for them anywhere in the text. */
export const tollAllowText = (classes: string | null): string =>
  (classes ?? '')
    .split(/[\s,;:]+/)
    .filter((word) => /^[\w.+-]+$/.test(word))
    .join(':')

/** Why text names no classes of calls. */
export const tollAllowError = (text: string): string | undefined =>
  /^[\w.+\s,;:-]*$/.test(text) ? undefined : 'Give classes of calls, such as local,national.'

/** Text for a leg, or nothing where it may not stand there. */
export const legValue = (text: string | null): string => (text && legTextError(text) === undefined ? text : '')

/** How a strategy joins legs: all at once, all at once and each with its own time, or one after the other. */
export const SEPARATORS: Readonly<Record<string, string>> = { simultaneous: ',', enterprise: ':_:' }

/** A rotation of the legs for each leg to begin with, of sixteen at most. */
export const rotations = <T>(legs: readonly T[]): T[][] =>
  legs.slice(0, 16).map((_, start) => [...legs.slice(start), ...legs.slice(0, start)])

/**
 * A call's id is random, so its first digit tells which of so many ways it goes: the expression that holds for the way
 * of this number.
 */
export function shareOfCalls(way: number, ways: number): string {
  const digits = [...'0123456789abcdef'].filter((_, value) => value % ways === way)
  return `^[${digits.join('')}]`
}
