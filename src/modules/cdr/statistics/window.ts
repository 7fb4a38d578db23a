/** The hours that statistics are of: which part of them the roll-up has, and which hour of the day each moment is in. */
import { IANAZone } from 'luxon'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** A range of time, its end outside, in milliseconds. */
export interface Range {
  readonly fromMs: number
  readonly toMs: number
}

export interface Window extends Range {
  readonly hours: number
}

/** The last hours before `nowMs`. A second that has begun is in it whole, so that a call of this moment is counted. */
export function windowOf(nowMs: number, hours: number): Window {
  const toMs = Math.ceil(nowMs / 1000) * 1000
  return { hours, fromMs: toMs - hours * HOUR_MS, toMs }
}

/** A moment as the API tells it. */
export const isoText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

export interface Pieces {
  /** Whole hours (UTC), which the roll-up has. */
  readonly whole: Range
  /** What remains at both ends. */
  readonly rest: readonly Range[]
}

/** A window cut at the hours. */
export function piecesOf({ fromMs, toMs }: Range): Pieces {
  const first = Math.ceil(fromMs / HOUR_MS) * HOUR_MS
  const last = Math.max(first, Math.floor(toMs / HOUR_MS) * HOUR_MS)
  const rest = [
    { fromMs, toMs: Math.min(first, toMs) },
    { fromMs: last, toMs },
  ]
  return { whole: { fromMs: first, toMs: last }, rest: rest.filter((range) => range.fromMs < range.toMs) }
}

/** Whether the zone's hours begin with those of UTC all through a range; there are zones of half and quarter hours. */
export function hasWholeHours(timeZone: string, { fromMs, toMs }: Range): boolean {
  const zone = IANAZone.create(timeZone)
  for (let ms = fromMs; ms < toMs; ms += DAY_MS) {
    if (zone.offset(ms) % 60 !== 0) return false
  }
  return zone.offset(toMs) % 60 === 0
}

/** What tells the hour of the day (0 to 23) that a moment is in; right on days of 23 and 25 hours, too. */
export function hoursIn(timeZone: string): (ms: number) => number {
  const zone = IANAZone.create(timeZone)
  // To ask for an offset takes microseconds, and there can be tens of thousands of moments: most days have one only.
  const offsets = new Map<number, number | null>()
  const offsetOf = (ms: number): number => {
    const day = Math.floor(ms / DAY_MS)
    let offset = offsets.get(day)
    if (offset === undefined) {
      const [start, end] = [zone.offset(day * DAY_MS), zone.offset((day + 1) * DAY_MS)]
      offset = start === end ? start : null
      offsets.set(day, offset)
    }
    return offset ?? zone.offset(ms)
  }
  return (ms) => {
    const hour = Math.floor((ms + offsetOf(ms) * 60_000) / HOUR_MS) % 24
    return hour < 0 ? hour + 24 : hour
  }
}
