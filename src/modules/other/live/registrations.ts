import { createHash } from 'node:crypto'
import { type Command, commands } from '../../../freeswitch/commands.ts'
import type { SwitchLink } from '../../../freeswitch/fleet.ts'
import { type ToldRow, timeOf, toldRows, wholeNumber } from '../../../freeswitch/replies/rows.ts'
import { type SofiaRecord, sofiaRecords } from '../../../freeswitch/replies/sofia.ts'
import { readEverything, readRights } from '../../../rest/access.ts'
import type { Action } from '../../../rest/asking.ts'
import { type LiveRow, liveResource } from '../../../rest/live.ts'
import type { LiveRows } from '../../../rest/live-rows.ts'
import type { Services } from '../../../rest/services.ts'
import { domainRows, ownExtensionRows } from '../../access.ts'
import { ask, askAll } from './ask.ts'
import { type Owner, ownersOf } from './owners.ts'
import { tell } from './tell.ts'

const columns = {
  id: { type: 'uuid', description: 'The same for as long as the telephone is registered' },
  registration_uuid: { type: 'uuid', description: 'The same as id' },
  switch: { type: 'text', description: 'The switch that it is registered at' },
  domain_id: { type: 'uuid', description: 'The domain of the realm', references: 'Domain' },
  extension_id: { type: 'uuid', description: 'The extension that it is registered as', references: 'Extension' },
  reg_user: { type: 'text', description: 'The user that it is registered as' },
  realm: { type: 'text', description: 'The domain that it is registered in' },
  token: { type: 'text', description: 'The Call-ID of the registration' },
  reg_url: { type: 'text', description: 'Where calls to it go' },
  expires: { type: 'datetime', description: 'When it ends unless it is renewed' },
  network_ip: { type: 'text', description: 'The address that it was sent from' },
  network_port: { type: 'integer', description: 'The port that it was sent from' },
  network_proto: { type: 'text', description: 'udp, tcp, tls, ws or wss' },
  hostname: { type: 'text', description: 'What the switch calls itself' },
  metadata: { type: 'text', description: 'What the switch keeps with it' },
  profile: { type: 'text', description: 'The SIP profile that it came in at' },
  user_agent: { type: 'text', description: 'What the telephone says it is' },
  ping_status: { type: 'text', description: 'Whether it answers to OPTIONS, where it is asked' },
} as const

type Registration = LiveRow<typeof columns>

/** Telephones that are registered at a switch. */
export const registrations = liveResource({
  path: 'switch_registrations',
  description: 'Telephones that are registered at a switch, as the switches tell.',
  columns,
  order: ['realm', 'reg_user', 'token'],
  search: ['reg_user', 'realm', 'network_ip', 'user_agent'],
  access: {
    admin_api: readEverything,
    minor_admin_api: readRights(domainRows('domain_id')),
    user_api: readRights(ownExtensionRows('extension_id')),
  },
  actions: {
    unregister: action('Forgets the registration', 'unregistered', commands.unregister),
    reboot: action('Forgets the registration and asks the telephone to start anew', 'reboot sent', commands.reboot),
    provision: action('Asks the telephone to fetch its configuration', 'provision sent', commands.checkSync),
  },
  rows: registered,
})

type Said = (profile: string, who: { readonly callId: string }) => Command

function action(summary: string, status: string, say: Said): Action {
  return {
    on: 'row',
    methods: ['POST'],
    roles: ['admin_api', 'minor_admin_api'],
    summary,
    answer: { type: 'object', properties: { status: { type: 'string', enum: [status] } } },
    async run({ services }, row) {
      const { token, profile, switch: name } = row as unknown as Registration
      await tell(services.fleet, name!, () => say(profile ?? '', { callId: token ?? '' }))
      return { status }
    },
  }
}

async function registered({ fleet, database }: Services, latest: boolean): Promise<LiveRows<Registration>> {
  const unknown = 'who is registered is not known'
  const { answers, unreached } = await askAll(fleet, commands.registrations(), toldRows, { latest, unknown })
  const all = answers.flatMap(({ link, told }) => told.map((row) => ({ link, row })))
  const ownerOf = await ownersOf(
    database,
    all.map(({ row }) => addressOf(row)),
  )
  const details = await Promise.all(answers.map(({ link, told }) => detailsOf(link, told)))
  const detailOf = new Map(details.flat())
  const rows = all.map(({ link, row }) =>
    rowOf(link.name, row, ownerOf(addressOf(row)), detailOf.get(keyOf(link.name, row)) ?? {}),
  )
  return { rows: distinct(rows), unreached }
}

const addressOf = ({ reg_user = '', realm = '' }: ToldRow) => ({ user: reg_user, domain: realm })
const keyOf = (name: string, row: ToldRow) => `${name}\n${row.reg_user}@${row.realm}\n${row.token}`

/** `sofia/internal/sip:1001@192.0.2.1:5060` came in at the profile internal. */
const profileOf = ({ url = '' }: ToldRow): string | null =>
  /^sofia\/([A-Za-z0-9_][\w.-]{0,63})\//.exec(url)?.[1] ?? null

/** What only the profiles know of their registrations: nice to have, so that a profile that does not tell is no error. */
async function detailsOf(link: SwitchLink, rows: readonly ToldRow[]): Promise<[string, SofiaRecord][]> {
  const profiles = new Set(rows.flatMap((row) => profileOf(row) ?? []))
  const told = await Promise.all(
    [...profiles].map((profile) =>
      ask(link, commands.profileRegistrations(profile), (xml) => sofiaRecords(xml, 'registration')),
    ),
  )
  return told.flatMap((records) =>
    (records ?? []).map((record): [string, SofiaRecord] => [
      `${link.name}\n${record.user}\n${record['call-id']}`,
      record,
    ]),
  )
}

function rowOf(name: string, row: ToldRow, owner: Owner, detail: SofiaRecord): Registration {
  const id = idOf(keyOf(name, row))
  return {
    id,
    registration_uuid: id,
    switch: name,
    ...owner,
    reg_user: row.reg_user ?? '',
    realm: row.realm ?? '',
    token: row.token ?? '',
    reg_url: row.url ?? '',
    expires: timeOf(row.expires),
    network_ip: row.network_ip ?? '',
    network_port: wholeNumber(row.network_port),
    network_proto: row.network_proto ?? '',
    hostname: row.hostname ?? '',
    metadata: row.metadata ?? '',
    profile: profileOf(row),
    user_agent: detail.agent ?? null,
    ping_status: detail['ping-status'] ?? null,
  }
}

/** A UUID made of what tells the registration apart, so that it is the same however often it is asked for. */
function idOf(key: string): string {
  const bytes = createHash('sha256').update(key).digest()
  bytes[6] = 0x80 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

const distinct = (rows: readonly Registration[]): Registration[] => [
  ...new Map(rows.map((row) => [row.id, row])).values(),
]
