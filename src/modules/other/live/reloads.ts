/** Making switches read their configuration again. */
import type { Command } from '../../../freeswitch/commands.ts'
import type { Fleet, SwitchLink } from '../../../freeswitch/fleet.ts'
import type { Action } from '../../../rest/asking.ts'
import { ApiError, unavailable } from '../../../rest/errors.ts'
import { tell } from './tell.ts'

const STATUS = { status: { type: 'string' } }
const SWITCHES = { type: 'object', additionalProperties: { type: 'string' }, description: 'What became of each switch' }

/** They change nothing that is kept, so that they may be asked for with GET, as the original's clients do. */
const RELOADS = { methods: ['GET', 'POST'], roles: ['admin_api'] } as const

/** The action of a row: on that switch. */
export function reloadOne(summary: string, status: string, command: () => Command): Action {
  return {
    ...RELOADS,
    on: 'row',
    summary,
    answer: { type: 'object', properties: STATUS },
    async run({ services }, row) {
      await tell(services.fleet, String(row.name), command)
      return { status }
    },
  }
}

/** The action of the collection: on every switch; it is done when one at least has done it. */
export function reloadAll(summary: string, status: string, command: () => Command): Action {
  return {
    ...RELOADS,
    on: 'collection',
    summary,
    answer: { type: 'object', properties: { ...STATUS, switches: SWITCHES } },
    async run({ services }) {
      const switches = await told(services.fleet, command())
      if (!Object.values(switches).includes('ok')) {
        throw unavailable('No telephone switch could be told to read it again.')
      }
      return { status, switches }
    },
  }
}

/** What each switch made of it: `ok`, `unreachable`, or its reason. */
async function told(fleet: Fleet, command: Command): Promise<Record<string, string>> {
  const each = fleet.links.map(async (link) => [link.name, await outcome(link, command)] as const)
  return Object.fromEntries(await Promise.all(each))
}

async function outcome(link: SwitchLink, command: Command): Promise<string> {
  try {
    await link.send(command)
    return 'ok'
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return error.status === 503 ? 'unreachable' : error.message
  }
}
