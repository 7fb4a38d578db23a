/** What is heard of a switch, narrowly: a switch drops listeners that cannot follow. */
import type { Subscription } from '../../freeswitch/fleet.ts'
import { HEADERS, TENANT_HEADERS } from '../cdr/timeline/headers.ts'
import type { SwitchEvent } from '../cdr/timeline/row.ts'

export const SUBSCRIPTION: Subscription = {
  events: [
    'CHANNEL_CREATE',
    'CHANNEL_ANSWER',
    'CHANNEL_BRIDGE',
    'CHANNEL_HOLD',
    'CHANNEL_UNHOLD',
    'CHANNEL_HANGUP_COMPLETE',
    'DTMF',
    'PLAYBACK_START',
    'PLAYBACK_STOP',
    'RECORD_STOP',
  ],
  subclasses: [
    'callcenter::info',
    'conference::maintenance',
    'vm::maintenance',
    'valet_parking::info',
    'sofia::register',
    'sofia::unregister',
    'sofia::expire',
  ],
}

/** Beside those that the timeline reads. */
const OTHER_HEADERS = [
  'Channel-Presence-ID',
  'Bridge-A-Unique-ID',
  'variable_domain_uuid',
  'variable_user_name',
  'variable_dialed_user',
  'variable_billsec',
  // Registrations.
  'profile-name',
  'from-user',
  'from-host',
  'to-host',
  'user',
  'host',
  'realm',
  'call-id',
  'contact',
  'expires',
  'status',
  'network-ip',
  'network-port',
  'user-agent',
  'reason',
  // Mailboxes.
  'VM-Flags',
  'VM-Timestamp',
]

const READ = new Set([...Object.values(HEADERS).flat(), ...TENANT_HEADERS, ...OTHER_HEADERS])

/** An event has some two hundred headers, of which a third is read; secrets are not among those. */
export function read(event: SwitchEvent): SwitchEvent {
  return Object.fromEntries(Object.entries(event).filter(([name]) => READ.has(name)))
}
