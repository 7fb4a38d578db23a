/** A message in a mailbox of a switch, as the intake of messages takes it. */
import { readUuid } from '../../../rest/values/identity.ts'
import type { SwitchEvent } from '../../cdr/timeline/row.ts'
import { clean, type Posted, shortened, timeOf } from '../../voicemail/intake/posted.ts'
import type { Listed } from './listing.ts'

/** All but its audio, which is read when its turn comes. */
export type Left = Omit<Posted, 'audio'> & { readonly held: NonNullable<Posted['held']> }

/** The message that an event tells of; undefined: it tells of none. */
export function leftIn(event: SwitchEvent, switchName: string): Left | undefined {
  const { 'VM-User': user, 'VM-Domain': domain } = event
  if (event['VM-Action'] !== 'leave-message' || !user || !domain) return undefined
  return left(switchName, user, domain, {
    uuid: event['VM-UUID'] ?? '',
    path: event['VM-File-Path'] ?? '',
    callerName: event['VM-Caller-ID-Name'] ?? '',
    callerNumber: event['VM-Caller-ID-Number'] ?? '',
    created: event['VM-Timestamp'] ?? '',
    read: '0',
    seconds: event['VM-Message-Len'] ?? '',
    urgent: /urgent/i.test(event['VM-Flags'] ?? ''),
  })
}

/** A message of a listing, which does not tell whether it is urgent. */
export const leftThere = (listed: Listed, switchName: string, user: string, domain: string): Left | undefined =>
  left(switchName, user, domain, { ...listed, urgent: false })

function left(
  switchName: string,
  user: string,
  domain: string,
  { path, callerName, callerNumber, created, read, seconds, urgent, ...told }: Listed & { readonly urgent: boolean },
): Left | undefined {
  const uuid = readUuid(told.uuid)
  if (uuid === undefined || path === '' || path.length > LONGEST_PATH) return undefined
  return {
    domain: clean(domain),
    mailbox: clean(user),
    uuid,
    callerName: shortened(clean(callerName)),
    callerNumber: shortened(clean(callerNumber)),
    urgent,
    left: timeOf(created),
    field: 'file',
    held: {
      switchName,
      mailbox: `${clean(user)}@${clean(domain)}`,
      uuid,
      path: clean(path),
      seconds: /^\d{1,6}$/.test(seconds) ? Number(seconds) : 0,
      heard: timeOf(read),
    },
  }
}

/** As long as the column is. */
const LONGEST_PATH = 512
