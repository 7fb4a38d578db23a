import { commands } from '../../../freeswitch/commands.ts'
import type { SwitchLink } from '../../../freeswitch/fleet.ts'
import { readStatus } from '../../../freeswitch/replies/status.ts'
import { readEverything } from '../../../rest/access.ts'
import { type LiveRow, liveResource } from '../../../rest/live.ts'
import { ask } from './ask.ts'
import { reloadAll, reloadOne } from './reloads.ts'
import { UNKNOWN } from './switch-status.ts'

const columns = {
  id: { type: 'text', description: 'The name of the switch' },
  item: { type: 'text', description: 'Its place in the configuration, from 0' },
  value: { type: 'text', description: 'The name of the switch' },
  name: { type: 'text', description: 'The name of the switch' },
  host: { type: 'text', description: 'Where it is: address and port' },
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
    reload_xml_global: reloadAll('Makes every switch read its configuration again', 'reloadxml ok', commands.reloadXml),
    reload_acl_global: reloadAll('Makes every switch read its access lists again', 'reloadacl ok', commands.reloadAcl),
    reload_xml_single: reloadOne('Makes the switch read its configuration again', 'reloadxml ok', commands.reloadXml),
    reload_acl_single: reloadOne('Makes the switch read its access lists again', 'reloadacl ok', commands.reloadAcl),
  },
  rows: async ({ fleet }, latest) => ({
    rows: await Promise.all(fleet.links.map((link, place) => rowOf(link, place, latest))),
    unreached: 0,
  }),
})

async function rowOf(link: SwitchLink, place: number, latest: boolean): Promise<LiveRow<typeof columns>> {
  const { version, uptime_seconds, sessions } = (await ask(link, commands.status(), readStatus, latest)) ?? UNKNOWN
  const { name, address: host, state } = link
  return { id: name, item: String(place), value: name, name, host, state, version, uptime_seconds, sessions }
}
