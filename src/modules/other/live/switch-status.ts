import { commands } from '../../../freeswitch/commands.ts'
import type { SwitchLink } from '../../../freeswitch/fleet.ts'
import { storable } from '../../../freeswitch/replies/rows.ts'
import { sofiaProfiles } from '../../../freeswitch/replies/sofia.ts'
import { readStatus, type SwitchStatus } from '../../../freeswitch/replies/status.ts'
import { readEverything } from '../../../rest/access.ts'
import { type LiveRow, liveResource } from '../../../rest/live.ts'
import { ask } from './ask.ts'

const columns = {
  id: { type: 'text', description: 'The name of the switch' },
  switch: { type: 'text', description: 'The name of the switch' },
  measure: { type: 'text', description: 'What the switch says of its state, in its own words' },
  state: { type: 'text', description: 'Of our connection to it', choices: ['connected', 'connecting', 'refused'] },
  ready: { type: 'boolean', description: 'Whether it takes calls' },
  version: { type: 'text', description: 'Of FreeSWITCH' },
  uptime_seconds: { type: 'integer', description: 'How long it runs' },
  sessions: { type: 'integer', description: 'Channels there are' },
  sessions_peak: { type: 'integer', description: 'Most channels there were' },
  sessions_peak_5min: { type: 'integer', description: 'Most channels of the last five minutes' },
  sessions_since_startup: { type: 'integer', description: 'Channels there were altogether' },
  sessions_max: { type: 'integer', description: 'Channels there may be' },
  sessions_per_second: { type: 'integer', description: 'New channels in this second' },
  sessions_per_second_max: { type: 'integer', description: 'New channels there may be in a second' },
  cpu_idle_percent: { type: 'decimal', description: 'How much of the processor is idle' },
  profiles: { type: 'json', description: 'Its SIP profiles, each with name, data (its address) and state' },
} as const

/** How each switch of this server is. */
export const switchStatus = liveResource({
  path: 'switch_status',
  description: 'How each telephone switch is, as it tells. What is null it did not tell.',
  columns,
  order: ['id'],
  search: ['switch', 'version'],
  access: { admin_api: readEverything },
  rows: async ({ fleet }, latest) => ({
    rows: await Promise.all(fleet.links.map((link) => rowOf(link, latest))),
    unreached: fleet.links.filter(({ state }) => state !== 'connected').length,
  }),
})

/** Of a switch that cannot be asked. */
export const UNKNOWN = {
  ready: null,
  version: null,
  uptime_seconds: null,
  sessions: null,
  sessions_peak: null,
  sessions_peak_5min: null,
  sessions_since_startup: null,
  sessions_max: null,
  sessions_per_second: null,
  sessions_per_second_max: null,
  cpu_idle_percent: null,
} as const satisfies Record<keyof SwitchStatus, null>

async function rowOf(link: SwitchLink, latest: boolean): Promise<LiveRow<typeof columns>> {
  const [text, profiles] = await Promise.all([
    ask(link, commands.status(), storable, latest),
    ask(link, commands.sofiaStatus(), sofiaProfiles, latest),
  ])
  const { cpu_idle_percent, ...told } = text === undefined ? UNKNOWN : readStatus(text)
  return {
    id: link.name,
    switch: link.name,
    measure: text?.trim() ?? null,
    state: link.state,
    ...told,
    cpu_idle_percent: cpu_idle_percent === null ? null : String(cpu_idle_percent),
    profiles: profiles ?? null,
  }
}
