/** A fleet of one switch, in a hurry. */
import { freeswitches } from '../../src/config/freeswitches.ts'
import type { Bounds } from '../../src/freeswitch/esl/bounds.ts'
import { type RunningFleet, startFleet } from '../../src/freeswitch/esl/fleet.ts'
import type { SwitchLink } from '../../src/freeswitch/fleet.ts'

/** Short enough for a test, long enough for a machine with much to do. */
export const HURRY: Partial<Bounds> = {
  quietMs: 200,
  signMs: 2_000,
  graceMs: 300,
  firstTryMs: 20,
  lastTryMs: 100,
  refusedMs: 100,
  stableMs: 50,
}

export interface LinkedSwitch {
  readonly fleet: RunningFleet
  readonly link: SwitchLink
  /** What the log was told. */
  readonly lines: { level: string; fields: Record<string, unknown>; message: string }[]
}

/** Begins to connect to that URL as `switch1`. */
export function fleetOf(url: string, changes: Partial<Bounds> = {}): LinkedSwitch {
  const lines: LinkedSwitch['lines'] = []
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields: fields as Record<string, unknown>, message })
  }
  const log = { info: at('info'), warn: at('warn') }
  const fleet = startFleet(freeswitches(`switch1=${url}`)!, log, { ...HURRY, ...changes })
  return { fleet, link: fleet.link('switch1')!, lines }
}

/** Waits until it is so, looking often; fails with what it waited for. */
export async function until(what: string, isSo: () => boolean, patienceMs = 15_000): Promise<void> {
  const end = Date.now() + patienceMs
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`In vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
