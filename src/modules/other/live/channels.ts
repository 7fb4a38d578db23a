/** Channels as switches tell of them, and whose they are. */
import { commands } from '../../../freeswitch/commands.ts'
import type { SwitchLink } from '../../../freeswitch/fleet.ts'
import { type ToldRow, toldRows } from '../../../freeswitch/replies/rows.ts'
import type { Services } from '../../../rest/services.ts'
import { readUuid } from '../../../rest/values/identity.ts'
import { type Answers, ask, askAll } from './ask.ts'
import { type Address, NOBODY, type Owner, ownersById, ownersOf } from './owners.ts'

/** A channel: one leg of a call. */
export interface Channel {
  readonly link: SwitchLink
  readonly row: ToldRow
  readonly owner: Owner
}

/** All channels of all switches, with their owners. */
export async function channelsOf({ fleet, database }: Services, latest: boolean) {
  const unknown = 'which calls there are is not known'
  const told = await askAll(fleet, commands.channels(), toldRows, { latest, unknown })
  const all = channelsIn(told)
  const byName = await ownersOf(
    database,
    all.flatMap(({ row }) => addressesOf(row)),
  )
  const owners = all.map(({ row }) => ownerByName(row, byName))
  const unowned = all.filter((_channel, index) => owners[index]!.domain_id === null)
  const claims = await claimsOf(unowned)
  const byId = await ownersById(database, [...claims.values()])
  const channels = all.map(({ link, row }, index): Channel => {
    const claim = claims.get(row)
    return { link, row, owner: claim ? byId(claim) : owners[index]! }
  })
  return { channels, unreached: told.unreached }
}

type Unowned = Omit<Channel, 'owner'>

/** Rows that name no channel, and what is told twice, are left out. */
function channelsIn({ answers }: Answers<ToldRow[]>): Unowned[] {
  const found = new Map<string, Unowned>()
  for (const { link, told } of answers) {
    for (const row of told) {
      const uuid = readUuid(row.uuid)
      if (uuid !== undefined && !found.has(uuid)) found.set(uuid, { link, row: { ...row, uuid } })
    }
  }
  return [...found.values()]
}

/**
 * The names that may tell whose a channel is. The context is chosen by us, never by who calls, so a context that is a
 * domain tells the tenant. The presence id says which telephone; a call from outside can claim any in its From, so it
 * counts for legs that the switch made, and for those that came in from a telephone: their first context is the
 * tenant's, too.
 */
function addressesOf(row: ToldRow): Address[] {
  const { user, domain } = presenceOf(row)
  const contexts = [row.context ?? '', row.initial_context ?? '']
  return [{ user, domain }, ...contexts.map((context) => ({ user: '', domain: context }))]
}

function ownerByName(row: ToldRow, ownerOf: (address: Address) => Owner): Owner {
  const tenantOf = (context: string | undefined) => ownerOf({ user: '', domain: context ?? '' }).domain_id
  const presence = ownerOf(presenceOf(row))
  const isOutbound = row.direction === 'outbound'
  const domain_id = tenantOf(row.context) ?? (isOutbound ? presence.domain_id : null)
  if (domain_id === null) return NOBODY
  const isFromTelephone = tenantOf(row.initial_context ?? row.context) === domain_id
  const trusted = (isOutbound || isFromTelephone) && presence.domain_id === domain_id
  return { domain_id, extension_id: trusted ? presence.extension_id : null }
}

function presenceOf({ presence_id = '' }: ToldRow): Address {
  const at = presence_id.lastIndexOf('@')
  return at < 0 ? { user: '', domain: '' } : { user: presence_id.slice(0, at), domain: presence_id.slice(at + 1) }
}

/** So many channels whose names tell nothing are asked for their variables, in one go. */
const MOST_ASKED = 50
/** What channels said, which they go on saying. */
const MOST_REMEMBERED = 10_000
const remembered = new Map<string, Owner>()

/** Whose the others say they are, in variables that only the directory and the dialplan set. */
async function claimsOf(channels: readonly Unowned[]): Promise<ReadonlyMap<ToldRow, Owner>> {
  const known = (channel: Unowned) => remembered.get(keyOf(channel))
  const strangers = channels.filter((channel) => !known(channel)).slice(0, MOST_ASKED)
  await Promise.all(strangers.map(askChannel))
  return new Map(channels.flatMap((channel) => (known(channel) ? [[channel.row, known(channel)!] as const] : [])))
}

async function askChannel(channel: Unowned): Promise<void> {
  const variable = (name: 'domain_uuid' | 'extension_uuid') =>
    ask(channel.link, commands.variable(channel.row.uuid!, name), readUuid)
  const domain_id = await variable('domain_uuid')
  // A call that has just come in learns only later whose it is.
  if (domain_id === undefined) return
  const extension_id = (await variable('extension_uuid')) ?? null
  if (remembered.size >= MOST_REMEMBERED) remembered.delete(remembered.keys().next().value!)
  remembered.set(keyOf(channel), { domain_id, extension_id })
}

const keyOf = ({ link, row }: Unowned): string => `${link.name}\n${row.uuid}`
