/** The whole hours, days and months (UTC) within conditions on a time. */
import type { Predicate } from '../access.ts'

export type TimePredicate = Extract<Predicate, { lookup: unknown }>

/** A range of milliseconds, an open end left out. */
export interface Range {
  readonly from?: number
  readonly to?: number
}

export const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** After it a date has a form of its own. */
const LAST_MS = Date.UTC(9999, 11, 1)

/** The first moment of a stretch that a moment is in, and of the stretch after it. */
interface Stretch {
  first(ms: number): number
  next(ms: number): number
}

const HOURS: Stretch = {
  first: (ms) => Math.floor(ms / HOUR_MS) * HOUR_MS,
  next: (ms) => HOURS.first(ms) + HOUR_MS,
}
const MONTHS: Stretch = {
  first: (ms) => monthOf(ms, 0),
  next: (ms) => monthOf(ms, 1),
}

export const dayOf = (ms: number): number => Math.floor(ms / DAY_MS) * DAY_MS

/** From the first whole hour to the end of the last; undefined when there are none. */
export const wholeHours = (bounds: readonly TimePredicate[]): Range | undefined => whole(bounds, HOURS)

/** From the first whole month to the end of the last; undefined when there are none. */
export const wholeMonths = (bounds: readonly TimePredicate[]): Range | undefined => whole(bounds, MONTHS)

function whole(bounds: readonly TimePredicate[], { first, next }: Stretch): Range | undefined {
  let from = Number.NEGATIVE_INFINITY
  let to = Number.POSITIVE_INFINITY
  for (const { lookup, value } of bounds) {
    const [low, high] = (Array.isArray(value) ? value : [value, value]).map(String) as [string, string]
    if (lookup !== 'lt' && lookup !== 'lte') {
      const begins = isWhole(low) && lookup !== 'gt' && first(Date.parse(low)) === Date.parse(low)
      from = Math.max(from, begins ? Date.parse(low) : next(Date.parse(low)))
    }
    if (lookup !== 'gt' && lookup !== 'gte') to = Math.min(to, first(Date.parse(high)))
  }
  if (from >= to || from >= LAST_MS) return undefined
  return { ...(from > Number.NEGATIVE_INFINITY && { from }), ...(to < Number.POSITIVE_INFINITY && { to }) }
}

/** A time of whole seconds, to the microsecond: milliseconds are all that a number has of it. */
const isWhole = (time: string) => /:\d\d(\.0*)?Z$/.test(time)

/** Not Date.UTC, which takes the years before 100 for those after 1900. */
function monthOf(ms: number, later: number): number {
  const date = new Date(ms)
  date.setUTCHours(0, 0, 0, 0)
  return date.setUTCMonth(date.getUTCMonth() + later, 1)
}
