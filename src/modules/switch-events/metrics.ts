/** What `/metrics` says of the events of switches. */
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Listening } from './listening.ts'

const OUTCOMES = ['stored', 'shed', 'refused'] as const

export function addMetrics(register: Registry, all: readonly Listening[]): void {
  new Counter({
    name: 'switch_events_total',
    help: 'Events of switches by what became of them: stored, shed (they came faster than they were stored), refused.',
    labelNames: ['switch', 'outcome'] as const,
    registers: [register],
    collect() {
      this.reset()
      for (const { name, counts } of all) {
        for (const outcome of OUTCOMES) this.inc({ switch: name, outcome }, counts[outcome])
      }
    },
  })
  new Gauge({
    name: 'switch_events_waiting',
    help: 'Events of switches that are not stored yet.',
    labelNames: ['switch'] as const,
    registers: [register],
    collect() {
      for (const { name, counts } of all) this.set({ switch: name }, counts.waiting)
    },
  })
  new Gauge({
    name: 'switch_events_leader',
    help: '1 on the replica that hears the events of the switch.',
    labelNames: ['switch'] as const,
    registers: [register],
    collect() {
      for (const listening of all) this.set({ switch: listening.name }, listening.isLeader ? 1 : 0)
    },
  })
}
