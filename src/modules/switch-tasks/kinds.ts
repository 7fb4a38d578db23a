/** What a switch is told of each kind of thing that has changed. Each is told whole, so being told twice does no harm. */
import { setTimeout as sleep } from 'node:timers/promises'
import { commands } from '../../freeswitch/commands.ts'
import { SwitchRefusal } from '../../freeswitch/errors.ts'
import type { SwitchLink } from '../../freeswitch/fleet.ts'
import { sofiaProfiles } from '../../freeswitch/replies/sofia.ts'
import type { Connection } from '../../rest/database.ts'

type Told = (link: SwitchLink, subject: readonly string[], db: Connection) => Promise<void>

/** A stopped gateway is gone from the switch after a moment only; until then the switch does not read it anew. */
const GATEWAY_WAIT_MS = 500
const GATEWAY_TRIES = 10

export const TOLD = {
  async user(link, [user = '', domain = '']) {
    await link.send(commands.flushUser(user, domain))
  },

  async users(link) {
    await link.send(commands.flushAllUsers())
  },

  /** A switch has tenants as aliases of its profiles, and users of theirs in memory. */
  async domains(link) {
    await link.send(commands.flushAllUsers())
    for (const profile of await profilesOf(link)) await link.send(commands.rescanProfile(profile))
    await link.send(commands.reloadAcl())
  },

  async 'access lists'(link) {
    await link.send(commands.reloadAcl())
  },

  /** A gateway that the switch has keeps its old values until it is stopped. */
  async gateway(link, [profile = '', id = ''], db) {
    await refusable(link.send(commands.killGateway(profile, id)))
    if (!(await refusable(link.send(commands.rescanProfile(profile))))) return
    if (!(await isGatewayOf(db, profile, id))) return
    for (let tries = 0; tries < GATEWAY_TRIES; tries += 1) {
      if (!/^Invalid Gateway!/.test(await link.send(commands.gatewayStatus(id)))) return
      await sleep(GATEWAY_WAIT_MS)
      await link.send(commands.rescanProfile(profile))
    }
    throw new SwitchRefusal(`the gateway ${id} is not there after its profile was read again`)
  },

  /**
   * What cannot be changed while calls go on waits for a restart of the profile, which is the administrator's. A profile
   * that the switch does not run is started.
   */
  async profile(link, [profile = ''], db) {
    if (await refusable(link.send(commands.rescanProfile(profile)))) return
    const isUsed = await isThere(db, 'SELECT FROM "sip_profiles" WHERE "name" = $1 AND "enabled"', profile)
    if (isUsed) await refusable(link.send(commands.startProfile(profile)))
  },

  async queue(link, [id = ''], db) {
    const exists = await isThere(db, 'SELECT FROM "call_centre_queues" WHERE "id" = $1::uuid', id)
    if (exists) await link.send(commands.callCentre.reloadQueue(id))
    else await refusable(link.send(commands.callCentre.unloadQueue(id)))
  },

  async agent(link, [id = ''], db) {
    const exists = await isThere(db, 'SELECT FROM "call_centre_agents" WHERE "id" = $1::uuid', id)
    if (exists) await link.send(commands.callCentre.reloadAgent(id))
    else await refusable(link.send(commands.callCentre.deleteAgent(id)))
  },

  async tier(link, [queue = '', agent = ''], db) {
    const text =
      'SELECT "tier_level", "tier_position" FROM "call_centre_tiers" WHERE "queue_id" = $1::uuid AND "agent_id" = $2::uuid'
    const [tier] = await db.run({ text, values: [queue, agent] })
    const { addTier, deleteTier, setTier } = commands.callCentre
    if (!tier) {
      await refusable(link.send(deleteTier(queue, agent)))
      return
    }
    const [level, position] = tier.map(Number) as [number, number]
    if (await refusable(link.send(addTier(queue, agent, level, position)))) return
    await link.send(setTier(queue, agent, 'level', level))
    await link.send(setTier(queue, agent, 'position', position))
  },

  async voicemail_read(link, [user = '', domain = '', uuid = '']) {
    await refusable(link.send(commands.voicemailRead(user, domain, uuid)))
  },

  async voicemail_unread(link, [user = '', domain = '', uuid = '']) {
    await refusable(link.send(commands.voicemailRead(user, domain, uuid, 'unread')))
  },

  async voicemail_delete(link, [user = '', domain = '', uuid = '']) {
    await refusable(link.send(commands.voicemailDelete(user, domain, uuid)))
  },
} satisfies Record<string, Told>

/** The kinds; the triggers of prisma/migrations/…_switch_tasks name them too. */
export type TaskKind = keyof typeof TOLD

export const isTaskKind = (kind: string): kind is TaskKind => Object.hasOwn(TOLD, kind)

/** Whether the switch agreed: where it says no, there is nothing to be told of. */
async function refusable(reply: Promise<string>): Promise<boolean> {
  try {
    await reply
    return true
  } catch (error) {
    if (error instanceof SwitchRefusal) return false
    throw error
  }
}

/** The SIP profiles that the switch has, by its own word: a configuration of files may name others than ours. */
async function profilesOf(link: SwitchLink): Promise<string[]> {
  const names = sofiaProfiles(await link.send(commands.sofiaStatus())).map(({ name }) => name)
  // Files may call a profile what no command can say.
  return names.filter((name) => /^[\w.-]+$/.test(name))
}

const isGatewayOf = (db: Connection, profile: string, id: string) =>
  isThere(
    db,
    `SELECT FROM "gateways" g LEFT JOIN "domains" d ON d."id" = g."domain_id"
    WHERE g."id" = $1::uuid AND g."profile" = $2 AND g."enabled" AND d."enabled" IS NOT FALSE`,
    id,
    profile,
  )

const isThere = async (db: Connection, text: string, ...values: readonly string[]) =>
  (await db.run({ text, values })).length > 0
