/** What events of calls announce: each leg by itself, to the extension whose telephone it is. */

import { readUuid } from '../../../rest/values/identity.ts'
import { type SwitchEvent, tenantNames } from '../../cdr/timeline/row.ts'
import type { EventType } from '../../events/types.ts'
import type { Draft } from './draft.ts'

const TYPES: Readonly<Record<string, EventType>> = {
  // A leg that the switch calls rings from then on, as far as anybody knows.
  CHANNEL_CREATE: 'call.ringing',
  CHANNEL_ANSWER: 'call.answered',
  CHANNEL_HOLD: 'call.held',
  CHANNEL_UNHOLD: 'call.resumed',
  CHANNEL_HANGUP_COMPLETE: 'call.ended',
}

/** Undefined for an event that tells nothing of a call's state. */
export function callDraft(event: SwitchEvent, switchName: string): Draft | undefined {
  const type = TYPES[event['Event-Name'] ?? '']
  const leg = readUuid(event['Unique-ID'])
  // Loopback channels are the switch calling itself.
  if (type === undefined || leg === undefined || event['Channel-Name']?.startsWith('loopback/')) return undefined
  const [user, userDomain] = partyOf(event)
  return {
    type,
    tenantId: readUuid(event.variable_domain_uuid) ?? null,
    tenantNames: tenantNames(event),
    user,
    userDomain,
    data: {
      call_uuid: readUuid(event['Channel-Call-UUID'] ?? event.variable_call_uuid) ?? leg,
      unique_id: leg,
      other_leg_unique_id: readUuid(event['Other-Leg-Unique-ID']) ?? null,
      direction: event['Call-Direction'] ?? event['Caller-Direction'] ?? null,
      extension: user,
      caller_id_name: event['Caller-Caller-ID-Name'] ?? null,
      caller_id_number: event['Caller-Caller-ID-Number'] ?? null,
      destination: event['Caller-Destination-Number'] ?? null,
      switch: switchName,
      at: timeOf(event['Event-Date-Timestamp']),
      started: timeOf(event['Caller-Channel-Created-Time']),
      answered: timeOf(event['Caller-Channel-Answered-Time']),
      ...(type === 'call.ended' && {
        ended: timeOf(event['Caller-Channel-Hangup-Time']) ?? timeOf(event['Event-Date-Timestamp']),
        hangup_cause: event['Hangup-Cause'] ?? event.variable_hangup_cause ?? null,
      }),
    },
  }
}

/** Whose telephone a leg leads to; nobody's where it leads to a gateway. */
function partyOf(event: SwitchEvent): [user: string | null, domain: string | null] {
  const pairs = [
    (event['Channel-Presence-ID'] ?? '').split('@'),
    [event.variable_dialed_user, event.variable_dialed_domain],
    [event.variable_user_name, event.variable_domain_name],
  ]
  const [user, domain] = pairs.find(([user, domain]) => user && domain) ?? []
  return [user ?? null, domain ?? null]
}

/** The switch writes microseconds, and 0 for what has not happened. */
function timeOf(text: string | undefined): string | null {
  if (text === undefined || !/^\d{1,17}$/.test(text)) return null
  const millis = Math.floor(Number(text) / 1000)
  return millis > 0 && millis < 8.64e15 ? new Date(millis).toISOString() : null
}
