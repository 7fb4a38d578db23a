/** What a mail says of a message. Callers choose what they are called, so nothing of that may be more than text. */
import { DateTime, Duration } from 'luxon'
import { oneLine } from '../../../mail/text.ts'

export interface Told {
  readonly extension: string | null
  readonly domain: string | null
  readonly callerName: string | null
  readonly callerNumber: string | null
  readonly urgent: boolean
  /** ISO 8601. */
  readonly left: string
  readonly seconds: number
}

/** How the audio comes with the mail. */
export type Enclosed =
  | { readonly kind: 'attachment' }
  | { readonly kind: 'link'; readonly url: string; readonly days: number }
  | { readonly kind: 'none' }

export interface Letter {
  readonly subject: string
  readonly text: string
}

/** Times are told in `timeZone`. */
export function letterOf(told: Told, enclosed: Enclosed, timeZone: string): Letter {
  const box = oneLine(told.extension ?? '') || 'your box'
  const length = lengthOf(told.seconds)
  const subject = `${told.urgent ? 'Urgent: ' : ''}Voicemail for ${box} from ${callerOf(told)}, ${length}`
  const left = DateTime.fromISO(told.left).setZone(timeZone).setLocale('en')
  const lines = [
    `A ${told.urgent ? 'new urgent' : 'new'} message was left in mailbox ${box}${told.domain ? ` of ${oneLine(told.domain)}` : ''}.`,
    '',
    `From:   ${callerOf(told)}`,
    `When:   ${left.toFormat('cccc, d LLLL yyyy, HH:mm')} (${timeZone})`,
    `Length: ${length}`,
    ...enclosedLines(enclosed),
  ]
  return { subject: oneLine(subject), text: `${lines.join('\n')}\n` }
}

/** What the attachment is called: letters and digits whatever the caller is. */
export function attachmentName(told: Told, type: string, timeZone: string): string {
  const number = (told.callerNumber ?? '').replace(/[^A-Za-z0-9]+/g, '').slice(0, 32) || 'unknown'
  const left = DateTime.fromISO(told.left).setZone(timeZone).toFormat('yyyy-MM-dd-HHmm')
  return `voicemail-${left}-${number}.${type === 'audio/mpeg' ? 'mp3' : 'wav'}`
}

function callerOf({ callerName, callerNumber }: Told): string {
  const [name, number] = [oneLine(callerName ?? ''), oneLine(callerNumber ?? '')]
  if (name && number && name !== number) return `${name} (${number})`
  return name || number || 'an unknown caller'
}

const lengthOf = (seconds: number): string =>
  Duration.fromObject({ seconds }).toFormat(seconds < 3600 ? 'm:ss' : 'h:mm:ss')

function enclosedLines(enclosed: Enclosed): string[] {
  if (enclosed.kind === 'attachment') return ['', 'The recording is attached.']
  if (enclosed.kind === 'none') return ['', 'Call your mailbox to hear it.']
  const days = enclosed.days === 1 ? 'for a day' : `for ${enclosed.days} days`
  return ['', `Hear it here; the link works ${days}:`, enclosed.url]
}
