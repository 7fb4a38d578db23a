/** What is counted of a switch, for Prometheus. */

export const OUTCOMES = ['ok', 'refused', 'timeout', 'unreachable', 'busy', 'failed'] as const
export type Outcome = (typeof OUTCOMES)[number]

export interface Counters {
  /** Commands by how they ended. */
  readonly commands: Record<Outcome, number>
  /** Events that were heard, and those that were dropped since their handler was slow. */
  events: number
  shed: number
}

export const newCounters = (): Counters => ({
  commands: { ok: 0, refused: 0, timeout: 0, unreachable: 0, busy: 0, failed: 0 },
  events: 0,
  shed: 0,
})
