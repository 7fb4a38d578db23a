/** What the API asks of the switches, on those of this server. */

import type { Connection } from '../rest/database.ts'
import { unavailable } from '../rest/errors.ts'
import { type Command, commands } from './commands.ts'
import { ArgumentError, SwitchRefusal, SwitchTimeout, SwitchUnreachable } from './errors.ts'
import type { Fleet, SwitchLink } from './fleet.ts'
import { readGateway } from './replies/gateway.ts'
import type { GatewayCommand, Switches } from './switches.ts'

/** So many users are told one by one; more of them, as all users: each is one question the switch asks anew. */
const MOST_USERS = 100

const DONE: Readonly<Record<Exclude<GatewayCommand, 'status'>, string>> = {
  start: 'gateway started',
  stop: 'gateway stopped',
  rescan: 'profile read again',
}

/** `database` is asked whom a tenant's directory holds. */
export function fleetSwitches(fleet: Fleet, database: Connection): Switches {
  return {
    async flushDirectory(domainIds) {
      const [count, told] = await directoryOf(database, domainIds)
      return { status: 'directory cache flushed', count, switches: await flushed(fleet, told) }
    },

    async flushCallCentre(queueIds) {
      const told = queueIds.map((id) => commands.callCentre.reloadQueue(id))
      const switches = await flushed(fleet, told)
      return { status: 'call centre cache flushed', count: queueIds.length, switches }
    },

    // Switches ask for a dialplan with each call, and for a menu too: they have nothing to forget.
    async flushDialplan(contexts) {
      const count = contexts === 'all' ? await countOf(database, CONTEXTS) : contexts.length
      return { status: 'dialplan cache flushed', count, switches: await flushed(fleet, []) }
    },

    async flushIvrMenu(menuIds) {
      return { status: 'ivr menu cache flushed', count: menuIds.length, switches: await flushed(fleet, []) }
    },

    async gateway(command, { id, profile }) {
      const about = { gateway: id, profile }
      if (command === 'status') {
        const switches = await told(fleet, (link) => link.send(commands.gatewayStatus(id)).then(readGateway))
        return { ...about, switches }
      }
      const said = command === 'stop' ? commands.killGateway(profile, id) : commands.rescanProfile(profile)
      const switches = await told(fleet, (link) => link.send(said).then(() => 'ok'))
      return { status: DONE[command], ...about, switches }
    },
  }
}

const CONTEXTS = 'SELECT count(DISTINCT "context") FROM "dialplans"'
const DOMAINS = 'SELECT count(*) FROM "domains"'
const USERS = `SELECT e."extension", e."number_alias", d."name" FROM "extensions" e
  JOIN "domains" d ON d."id" = e."domain_id" WHERE d."id" = ANY($1::uuid[]) LIMIT ${MOST_USERS + 1}`

const countOf = async (database: Connection, text: string): Promise<number> =>
  Number((await database.run({ text, values: [] }))[0]![0])

/** How many domains there are, and what makes a switch forget their users. */
async function directoryOf(database: Connection, domainIds: readonly string[] | 'all'): Promise<[number, Command[]]> {
  if (domainIds === 'all') return [await countOf(database, DOMAINS), [commands.flushAllUsers()]]
  const rows = await database.run({ text: USERS, values: [domainIds] })
  const users = rows.flatMap(([extension, alias, domain]) =>
    [extension, alias].filter(Boolean).map((user) => [user as string, domain as string] as const),
  )
  return [domainIds.length, flushOf(rows.length > MOST_USERS ? 'all' : users)]
}

function flushOf(users: readonly (readonly [user: string, domain: string])[] | 'all'): Command[] {
  if (users === 'all') return [commands.flushAllUsers()]
  try {
    return users.map(([user, domain]) => commands.flushUser(user, domain))
  } catch (error) {
    // A user that cannot be said is flushed with all others.
    if (error instanceof ArgumentError) return flushOf('all')
    throw error
  }
}

/** Tells all switches at once the same, one thing after the other; what becomes of each is told, none fails the others. */
async function flushed(fleet: Fleet, all: readonly Command[]): Promise<Record<string, string>> {
  return onEach(fleet, async (link) => {
    if (link.state !== 'connected') return 'unreachable'
    try {
      for (const command of all) await link.send(command)
      return 'ok'
    } catch (error) {
      return resultOf(error)
    }
  })
}

/** Asks all switches; what none of them can do is an error, with the reason of one of them. */
async function told(fleet: Fleet, ask: (link: SwitchLink) => Promise<unknown>): Promise<Record<string, unknown>> {
  const refusals: SwitchRefusal[] = []
  let done = 0
  const switches = await onEach(fleet, async (link) => {
    try {
      const answer = await ask(link)
      done += 1
      return answer
    } catch (error) {
      if (error instanceof SwitchRefusal) refusals.push(error)
      return resultOf(error)
    }
  })
  if (done > 0) return switches
  throw refusals[0] ?? unavailable('No telephone switch is connected to this server.', 60)
}

async function onEach<Result>(
  fleet: Fleet,
  ask: (link: SwitchLink) => Promise<Result>,
): Promise<Record<string, Result>> {
  return Object.fromEntries(await Promise.all(fleet.links.map(async (link) => [link.name, await ask(link)] as const)))
}

/** What is said of a switch that did not do it. */
function resultOf(error: unknown): string {
  if (error instanceof SwitchUnreachable || error instanceof SwitchTimeout) return 'unreachable'
  if (error instanceof SwitchRefusal) return error.cause
  throw error
}
