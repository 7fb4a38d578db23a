import { type Command, commands } from '../../../freeswitch/commands.ts'
import type { Fleet, SwitchLink } from '../../../freeswitch/fleet.ts'
import { readStatus } from '../../../freeswitch/replies/status.ts'
import { readEverything } from '../../../rest/access.ts'
import { ApiError, unavailable } from '../../../rest/errors.ts'
import { type LiveRow, liveResource } from '../../../rest/live.ts'
import type { Action } from '../../../rest/resource.ts'
import { ask } from './ask.ts'
import { UNKNOWN } from './switch-status.ts'
import { tell } from './tell.ts'

const columns = {
  id: { type: 'text', description: 'The name of the switch' },
  item: { type: 'text', description: 'Its place in the configuration, from 0' },
  value: { type: 'text', description: 'The name of the switch' },
  name: { type: 'text', description: 'The name of the switch' },
  state: { type: 'text', description: 'Of our connection to it', choices: ['connected', 'connecting', 'refused'] },
  version: { type: 'text', description: 'Of FreeSWITCH' },
  uptime_seconds: { type: 'integer', description: 'How long it runs' },
  sessions: { type: 'integer', description: 'Channels there are' },
} as const

/** The telephone switches of this server. */
export const freeswitches = liveResource({
  path: 'freeswitches',
  description: 'The telephone switches that this server is configured with.',
  columns,
  order: ['id'],
  search: ['name'],
  access: { admin_api: readEverything },
  actions: {
    reload_xml_global: global('Makes every switch read its configuration again', 'reloadxml ok', commands.reloadXml),
    reload_acl_global: global('Makes every switch read its access lists again', 'reloadacl ok', commands.reloadAcl),
    reload_xml_single: single('Makes the switch read its configuration again', 'reloadxml ok', commands.reloadXml),
    reload_acl_single: single('Makes the switch read its access lists again', 'reloadacl ok', commands.reloadAcl),
  },
  rows: async ({ fleet }, latest) => ({
    rows: await Promise.all(fleet.links.map((link, place) => rowOf(link, place, latest))),
    unreached: 0,
  }),
})

async function rowOf(link: SwitchLink, place: number, latest: boolean): Promise<LiveRow<typeof columns>> {
  const { version, uptime_seconds, sessions } = (await ask(link, commands.status(), readStatus, latest)) ?? UNKNOWN
  const { name, state } = link
  return { id: name, item: String(place), value: name, name, state, version, uptime_seconds, sessions }
}

const STATUS = { status: { type: 'string' } }
const SWITCHES = { type: 'object', additionalProperties: { type: 'string' }, description: 'What became of each switch' }

/** They change nothing that is kept, so that they may be asked for with GET, as the original's clients do. */
const RELOADS = { methods: ['GET', 'POST'], roles: ['admin_api'] } as const

function single(summary: string, status: string, command: () => Command): Action {
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

function global(summary: string, status: string, command: () => Command): Action {
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
