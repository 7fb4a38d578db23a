/** What the story of a call is made of. */
import type { Leg } from './legs.ts'

/** In the order in which those of one moment are told. */
export const STEP_TYPES = [
  'called',
  'ringing',
  'failed',
  'answered',
  'transferred',
  'queued',
  'agent',
  'menu',
  'conference',
  'voicemail',
  'parked',
  'played',
  'recorded',
  'talked',
  'held',
  'resumed',
  'pressed',
  'left',
  'hung_up',
] as const
export type StepType = (typeof STEP_TYPES)[number]

/** A step with its times in microseconds; one without an end is a moment, one whose end is null still goes on. */
export interface Told {
  readonly type: StepType
  readonly leg: string
  readonly otherLeg?: string
  readonly start: number
  readonly end?: number | null
  readonly text: string
}

export interface Step {
  readonly at: string
  /** Seconds from the start of the call. */
  readonly offset: number
  /** Seconds; null: a moment, or not over yet. */
  readonly duration: number | null
  readonly leg: string
  /** Who it was with. */
  readonly other_leg: string | null
  readonly type: StepType
  readonly text: string
}

export interface Story {
  readonly call_uuid: string
  readonly started: string
  readonly answered: string | null
  readonly ended: string | null
  readonly duration: number | null
  readonly legs: readonly Pick<Leg, 'uuid' | 'direction' | 'name' | 'number' | 'channel'>[]
  readonly steps: readonly Step[]
}

export interface Facts {
  readonly callUuid: string
  readonly legs: readonly Leg[]
  readonly started: number
  readonly answered: number | null
  readonly ended: number | null
  readonly told: readonly Told[]
}

/** The story of these facts, its steps in order. */
export function storyOf({ callUuid, legs, started, answered, ended, told }: Facts): Story {
  const inOrder = [...told].sort((a, b) => a.start - b.start || placeOf(a.type) - placeOf(b.type))
  return {
    call_uuid: callUuid,
    started: iso(started),
    answered: answered === null ? null : iso(answered),
    ended: ended === null ? null : iso(ended),
    duration: ended === null ? null : secondsBetween(started, ended),
    legs: legs.map(({ uuid, direction, name, number, channel }) => ({ uuid, direction, name, number, channel })),
    steps: inOrder.map(({ type, leg, otherLeg, start, end, text }) => ({
      at: iso(start),
      offset: secondsBetween(started, start),
      duration: end === undefined || end === null ? null : secondsBetween(start, end),
      leg,
      other_leg: otherLeg ?? null,
      type,
      text: `${text.charAt(0).toUpperCase()}${text.slice(1)}`,
    })),
  }
}

/** Seconds, to the millisecond; never less than none. */
export const secondsBetween = (from: number, to: number): number => Math.max(0, Math.round((to - from) / 1000) / 1000)

const placeOf = (type: StepType) => STEP_TYPES.indexOf(type)

/** Years beyond those of dates are of no call; they come from events that a broken clock or a stranger sent. */
const LATEST_US = 8.64e18
const iso = (microseconds: number): string =>
  new Date(Math.min(Math.max(0, microseconds), LATEST_US) / 1000).toISOString().replace('.000Z', 'Z')
