/** Counted calls into the figures of a report, in all and by the hour of the day. */
import type { Bin } from './bins.ts'
import type { Whose } from './scope.ts'
import { hoursIn, isoText, type Window } from './window.ts'

export interface HourFigures {
  /** Of the day, 0 to 23. */
  readonly hour: number
  readonly total: number
  readonly answered: number
  readonly missed: number
  /** Billed, with one decimal. */
  readonly minutes: number
}

/** Times are seconds. */
export interface Statistics {
  readonly scope: string
  readonly domain: string | null
  readonly extension: string | null
  readonly hours: number
  readonly from: string
  readonly to: string
  readonly total_calls: number
  readonly answered_calls: number
  readonly missed_calls: number
  readonly average_ring_time: number
  readonly max_ring_time: number
  readonly average_call_duration: number
  readonly max_call_duration: number
  readonly hourly: readonly HourFigures[]
}

export function summaryOf(bins: readonly Bin[], window: Window, whose: Whose, timeZone: string): Statistics {
  const sum = (figure: (bin: Bin) => number) => bins.reduce((all, bin) => all + figure(bin), 0)
  const most = (figure: (bin: Bin) => number) => bins.reduce((all, bin) => Math.max(all, figure(bin)), 0)
  const total = sum((bin) => bin.total)
  const answered = sum((bin) => bin.answered)
  return {
    scope: whose.scope,
    domain: whose.domain,
    extension: whose.extension,
    hours: window.hours,
    from: isoText(window.fromMs),
    to: isoText(window.toMs),
    total_calls: total,
    answered_calls: answered,
    missed_calls: sum((bin) => bin.missed),
    average_ring_time: ratio(sum((bin) => bin.ringMs) / 1000, total),
    max_ring_time: oneDecimal(most((bin) => bin.ringMaxMs) / 1000),
    average_call_duration: ratio(
      sum((bin) => bin.talkSeconds),
      answered,
    ),
    max_call_duration: most((bin) => bin.talkMaxSeconds),
    hourly: byHour(bins, timeZone),
  }
}

/** A bin lies within one hour of the day. */
function byHour(bins: readonly Bin[], timeZone: string): HourFigures[] {
  const hourOf = hoursIn(timeZone)
  const hours = Array.from({ length: 24 }, (_, hour) => ({ hour, total: 0, answered: 0, missed: 0, seconds: 0 }))
  for (const bin of bins) {
    const at = hours[hourOf(bin.startMs)]!
    at.total += bin.total
    at.answered += bin.answered
    at.missed += bin.missed
    at.seconds += bin.billedSeconds
  }
  return hours.map(({ seconds, ...figures }) => ({ ...figures, minutes: oneDecimal(seconds / 60) }))
}

const oneDecimal = (value: number): number => Math.round(value * 10) / 10
const ratio = (sum: number, count: number): number => (count === 0 ? 0 : oneDecimal(sum / count))
