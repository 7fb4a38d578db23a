/** What a switch posts of a message: its audio, and what it calls the rest. */
import type { Readable } from 'node:stream'
import { isMultipart, readForm } from '../../../freeswitch/form.ts'
import type { SwitchRequest } from '../../../plugins/switch-routes.ts'
import { ValidationError } from '../../../rest/errors.ts'
import { readUuid } from '../../../rest/values/identity.ts'

/** A message that a caller left, as the switch tells of it. */
export interface Posted {
  /** The tenant: its name or its id. */
  readonly domain: string
  /** The number of the box: its extension's, or that one's alias. */
  readonly mailbox: string
  /** The same whenever the switch posts this message. */
  readonly uuid: string | undefined
  readonly callerName: string | null
  readonly callerNumber: string | null
  readonly urgent: boolean
  /** When it was left; undefined: now. */
  readonly left: string | undefined
  /** Undefined: the switch alone has it. */
  readonly audio: Buffer | Readable | undefined
  /** Where the audio stood, for errors. */
  readonly field: string
  /** Where the switch keeps it; undefined: nobody asks the switch for it again. */
  readonly held?: Held
}

/** A message that stays in a mailbox of a switch. */
export interface Held {
  readonly switchName: string
  /** user@domain, as the switch says it. */
  readonly mailbox: string
  readonly uuid: string
  readonly path: string
  readonly seconds: number
  /** When it was heard there; undefined: not yet. */
  readonly heard: string | undefined
}

/** Names of one thing, as mod_voicemail and DjangoPBX have them; the first that is there counts. */
const NAMES = {
  domain: ['domain_uuid', 'domain_id', 'domain_name', 'domain'],
  mailbox: ['voicemail_id', 'mailbox', 'extension', 'user'],
  uuid: ['uuid', 'message_uuid'],
  callerName: ['caller_id_name', 'cid_name'],
  callerNumber: ['caller_id_number', 'cid_number'],
  flags: ['flags', 'read_flags'],
  urgent: ['urgent'],
  left: ['created_epoch'],
} as const

/** As long as the columns are. */
const LONGEST_CALLER = 32

/** Reads a form with a file, or the audio as the body with all else in the query. */
export async function readPosted({ body, contentType, query }: Omit<SwitchRequest, 'address'>): Promise<Posted> {
  const form = isMultipart(contentType) ? await readForm(body, contentType) : undefined
  const fields = new Map([...query, ...(form?.fields ?? [])])
  const audio = form ? form.file?.content : body
  const told = (name: keyof typeof NAMES): string | undefined => {
    const texts = NAMES[name].map((one) => clean(fields.get(one) ?? ''))
    return texts.find((text) => text !== '')
  }
  const [user, host] = (told('mailbox') ?? '').split('@', 2)
  const domain = told('domain') ?? host
  const given = told('uuid')
  const uuid = readUuid(given)
  const errors: Record<string, string[]> = {
    ...(!domain && { domain_name: ['Say which domain the box is in.'] }),
    ...(!user && { voicemail_id: ['Say which box it is: the number of its extension.'] }),
    ...(given !== undefined && !uuid && { uuid: ['Must be a valid UUID.'] }),
    ...(!audio?.length && { file: ['Send the message as the body, or as a file in a form.'] }),
  }
  if (Object.keys(errors).length > 0) throw new ValidationError(errors)
  return {
    domain: domain!,
    mailbox: user!,
    uuid,
    callerName: shortened(told('callerName')),
    callerNumber: shortened(told('callerNumber')),
    urgent: /urgent/i.test(told('flags') ?? '') || /^(1|true|yes|t)$/i.test(told('urgent') ?? ''),
    left: timeOf(told('left')),
    audio: audio!,
    field: form?.file?.field ?? 'file',
  }
}

/** What a switch says of a caller, or of anything else: on one line and without what PostgreSQL cannot hold: callers choose their names. */
export const clean = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()

/** As long as the columns are. */
export const shortened = (text: string | undefined): string | null =>
  text === undefined ? null : [...text].slice(0, LONGEST_CALLER).join('')

const EARLIEST_MS = Date.UTC(2000, 0, 1)
const DAY_MS = 86_400_000

/** Seconds, milliseconds or microseconds since 1970; a clock that was never set tells nothing. */
export function timeOf(text: string | undefined): string | undefined {
  if (text === undefined || !/^\d{9,16}$/.test(text)) return undefined
  const millis = [1000, 1, 0.001].map((factor) => Number(text) * factor)
  const found = millis.find((ms) => ms >= EARLIEST_MS && ms <= Date.now() + DAY_MS)
  return found === undefined ? undefined : new Date(found).toISOString()
}
