/** What `/metrics` says of the connections to switches. */
import { Counter, Gauge, type Registry } from 'prom-client'
import { OUTCOMES } from '../../freeswitch/esl/counters.ts'
import type { RunningFleet, SwitchCounts } from '../../freeswitch/esl/fleet.ts'

export function addSwitchMetrics(register: Registry, fleet: RunningFleet): void {
  const gauge = (name: string, help: string, value: (counts: SwitchCounts) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['switch'] as const,
      registers: [register],
      collect() {
        for (const counts of fleet.counts) this.set({ switch: counts.name }, value(counts))
      },
    })
  // Counted where it happens; here it is only shown.
  const counter = (name: string, help: string, value: (counts: SwitchCounts) => number) =>
    new Counter({
      name,
      help,
      labelNames: ['switch'] as const,
      registers: [register],
      collect() {
        this.reset()
        for (const counts of fleet.counts) this.inc({ switch: counts.name }, value(counts))
      },
    })
  gauge('switch_connected', '1 while commands reach the switch.', ({ state }) => Number(state === 'connected'))
  gauge('switch_commands_waiting', 'Commands that wait for their turn.', ({ waiting }) => waiting)
  gauge('switch_jobs', 'Commands that the switch works on in the background.', ({ jobs }) => jobs)
  counter('switch_reconnects_total', 'Connections that were made after one was lost.', ({ reconnects }) => reconnects)
  counter('switch_socket_events_total', 'Events that came from the switch.', ({ events }) => events)
  counter(
    'switch_socket_events_shed_total',
    'Events that were dropped since those before them were not worked off.',
    ({ shed }) => shed,
  )
  new Counter({
    name: 'switch_commands_total',
    help: 'Commands by how they ended.',
    labelNames: ['switch', 'outcome'] as const,
    registers: [register],
    collect() {
      this.reset()
      for (const { name, commands } of fleet.counts) {
        for (const outcome of OUTCOMES) this.inc({ switch: name, outcome }, commands[outcome])
      }
    },
  })
}
