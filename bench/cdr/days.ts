/** How calls are spread over days and hours: office hours, and a quarter of a weekday's calls at weekends. */

const DAY_MS = 86_400_000
const WEEKEND = 0.25

/** How busy each hour of a day (UTC) is. */
const HOURS = [1, 1, 1, 1, 1, 2, 6, 20, 60, 90, 100, 95, 70, 80, 95, 100, 95, 80, 50, 30, 20, 12, 6, 3]

/** Share of a day's calls that come before the hour; the last is 1. */
export const SHARES: readonly number[] = cumulative(HOURS)

/** Calls of a day (UTC): the `from`-th to before the `to`-th of the `all` that a whole day has. */
export interface Day {
  readonly start: Date
  readonly from: number
  readonly to: number
  readonly all: number
}

/**
 * The days of that many calls, oldest first, the last of them today until now. The calls a weekday has are those that
 * fill the months with `fullRecords`: fewer records are the last days of the same calls.
 */
export function daysOf(records: number, fullRecords: number, months: number, now: Date): Day[] {
  const today = new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS)
  const first = new Date(today)
  first.setUTCMonth(first.getUTCMonth() - months)
  const starts: Date[] = []
  for (let at = today.getTime(); at > first.getTime(); at -= DAY_MS) starts.push(new Date(at))
  const weights = starts.map((start) => weight(start, now))
  const weekday = fullRecords / weights.reduce((sum, each) => sum + each, 0)
  const days: Day[] = []
  let left = records
  // As many days more as rounding asks for.
  for (let at = today.getTime(); left > 0; at -= DAY_MS) {
    const start = new Date(at)
    const to = Math.round(weekday * weight(start, now))
    const from = Math.max(0, to - left)
    left -= to - from
    days.unshift({ start, from, to, all: Math.round(weekday * weekendShare(start)) })
  }
  return days
}

/** The last weekday that is over. */
export function lastWeekday(now: Date): Date {
  let at = Math.floor(now.getTime() / DAY_MS) * DAY_MS - DAY_MS
  while (weekendShare(new Date(at)) < 1) at -= DAY_MS
  return new Date(at)
}

function weight(start: Date, now: Date): number {
  const passed = Math.min(1, (now.getTime() - start.getTime()) / DAY_MS)
  const hour = Math.min(23, Math.floor(passed * 24))
  const before = SHARES[hour]!
  return weekendShare(start) * (before + (SHARES[hour + 1]! - before) * (passed * 24 - hour))
}

const weekendShare = (start: Date): number => (start.getUTCDay() % 6 === 0 ? WEEKEND : 1)

function cumulative(values: readonly number[]): number[] {
  const sum = (list: readonly number[]) => list.reduce((total, each) => total + each, 0)
  return [...values, 0].map((_, index) => sum(values.slice(0, index)) / sum(values))
}
