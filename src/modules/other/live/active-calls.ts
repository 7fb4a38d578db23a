import { timeOf } from '../../../freeswitch/replies/rows.ts'
import { readEverything, readRights } from '../../../rest/access.ts'
import { type LiveRow, liveResource } from '../../../rest/live.ts'
import type { LiveRows } from '../../../rest/live-rows.ts'
import type { Services } from '../../../rest/services.ts'
import { domainRows, ownExtensionRows } from '../../access.ts'
import { callActions } from './call-actions.ts'
import { type Channel, channelsOf } from './channels.ts'

const columns = {
  id: { type: 'uuid', description: 'The id of the channel on its switch' },
  uuid: { type: 'uuid', description: 'The same as id' },
  switch: { type: 'text', description: 'The switch that it is on' },
  domain_id: { type: 'uuid', description: 'Whose call it is, where that can be told', references: 'Domain' },
  extension_id: { type: 'uuid', description: 'The extension at this end', references: 'Extension' },
  profile: { type: 'text', description: 'The SIP profile, or what else the channel is of' },
  number: { type: 'text', description: 'The number or user at this end' },
  cid_name: { type: 'text', description: 'The name of who calls' },
  cid_number: { type: 'text', description: 'The number of who calls' },
  dest: { type: 'text', description: 'What was dialled' },
  direction: { type: 'text', description: 'As the switch sees it: inbound came to it, outbound it made' },
  state: { type: 'text', description: 'Of the channel, such as CS_EXECUTE' },
  callstate: { type: 'text', description: 'Of the call, such as RINGING, ACTIVE, HELD' },
  duration: { type: 'integer', description: 'Seconds since the channel began' },
  bridged_uuid: { type: 'uuid', description: 'The channel that this one is connected with' },
  application: { type: 'text', description: 'What the dialplan does with it' },
  application_data: { type: 'text', description: 'What the application was told; for administrators' },
  context: { type: 'text', description: 'The context of the dialplan that it is in' },
  read_write_codec: { type: 'text', description: 'The codecs heard and said: PCMU:8000/PCMU:8000' },
  secure: { type: 'text', description: 'How its media is encrypted, where it is' },
  hostname: { type: 'text', description: 'What the switch calls itself' },
  created: { type: 'datetime', description: 'When the channel began' },
} as const

type ActiveCall = LiveRow<typeof columns>

/** Legs of calls that are on the switches now. */
export const activeCalls = liveResource({
  path: 'switch_active_calls',
  description:
    'Legs of calls that are on the switches now. One whose tenant cannot be told is for administrators only.',
  columns,
  order: ['-created'],
  search: ['number', 'cid_name', 'cid_number', 'dest'],
  access: {
    admin_api: readEverything,
    minor_admin_api: { ...readRights(domainRows('domain_id')), hides: ['application_data'] },
    user_api: { ...readRights(ownExtensionRows('extension_id')), hides: ['application_data'] },
  },
  actions: callActions,
  rows: active,
})

async function active(services: Services, latest: boolean): Promise<LiveRows<ActiveCall>> {
  const { channels, unreached } = await channelsOf(services, latest)
  const now = Date.now()
  const bridged = bridgesIn(channels)
  return { rows: channels.map((channel) => rowOf(channel, bridged.get(channel) ?? null, now)), unreached }
}

function rowOf({ link, row, owner }: Channel, bridged_uuid: string | null, now: number): ActiveCall {
  const { name = '', created_epoch } = row
  const created = timeOf(created_epoch)
  return {
    id: row.uuid!,
    uuid: row.uuid!,
    switch: link.name,
    ...owner,
    profile: /^sofia\/([^/]+)\//.exec(name)?.[1] ?? name.split('/', 1)[0]!,
    number: name.slice(name.lastIndexOf('/') + 1).split('@', 1)[0]!,
    cid_name: row.cid_name ?? '',
    cid_number: row.cid_num ?? '',
    dest: row.dest ?? '',
    direction: row.direction ?? '',
    state: row.state ?? '',
    callstate: row.callstate ?? '',
    duration: created === null ? null : Math.max(0, Math.floor((now - Date.parse(created)) / 1000)),
    bridged_uuid,
    application: row.application ?? '',
    application_data: row.application_data ?? '',
    context: row.context ?? '',
    read_write_codec: `${codecOf(row.read_codec, row.read_rate)}/${codecOf(row.write_codec, row.write_rate)}`,
    secure: row.secure ?? '',
    hostname: row.hostname ?? '',
    created,
  }
}

const codecOf = (codec = '', rate = ''): string => `${codec}:${rate}`

const TALKING = new Set(['ACTIVE', 'HELD', 'UNHELD'])

/** Two legs that talk, of one call and one tenant, are connected. */
function bridgesIn(channels: readonly Channel[]): ReadonlyMap<Channel, string> {
  const byCall = new Map<string, Channel[]>()
  for (const channel of channels) {
    const { call_uuid, callstate = '' } = channel.row
    if (call_uuid && TALKING.has(callstate)) byCall.set(call_uuid, [...(byCall.get(call_uuid) ?? []), channel])
  }
  const bridges = new Map<Channel, string>()
  for (const [one, other, ...more] of byCall.values()) {
    if (!one || !other || more.length > 0 || one.owner.domain_id !== other.owner.domain_id) continue
    bridges.set(one, other.row.uuid!).set(other, one.row.uuid!)
  }
  return bridges
}
