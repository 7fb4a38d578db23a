/**
 * When a rule holds as the switch can tell it: times of which all must hold, one such set after the other, of which one
 * must. The switch reads a range or a list of numbers in each (src/freeswitch/dialplan/times.ts). Dates are told by year,
 * month and day and never by date-time, which the switch compares by its own clock and not by the call's time zone.
 */
import { numbersOf, type Times } from '../../../../freeswitch/dialplan/times.ts'
import { DAY, type Days, MONTH_DAYS, type When, type YearDay } from './when.ts'

/** The sets of times of which one must hold, or why the switch cannot tell it. */
export function slotsOf(when: When): Times[] | { error: string } {
  try {
    const slots = partsOf(when).flatMap(({ minutes, shift }) =>
      daySlots(when, shift).map((day) => ({ ...day, ...minutes })),
    )
    if (slots.length > MOST) throw new Untellable(`It would take more than ${MOST} conditions.`)
    return slots
  } catch (error) {
    if (error instanceof Untellable) return { error: error.message }
    throw error
  }
}

const MOST = 100

class Untellable extends Error {}

/** A part of a day, and how many days after the one that is meant. */
interface Part {
  readonly minutes: Times
  readonly shift: 0 | 1
}

/** Hours over midnight are two parts: the night belongs to the day that it begins on. */
function partsOf({ hours }: When): Part[] {
  if (hours.length === 0) return [{ minutes: {}, shift: 0 }]
  return hours.flatMap(({ from, to }): Part[] => {
    if (from < to) return [{ minutes: minutes(from, to), shift: 0 }]
    return [
      { minutes: minutes(from, DAY), shift: 0 },
      { minutes: minutes(0, to), shift: 1 },
    ]
  })
}

/** The switch counts the minutes of a day from 1. */
const minutes = (from: number, to: number): Times =>
  from === 0 && to === DAY ? {} : { 'minute-of-day': span(from + 1, to) }

const span = (from: number, to: number): string => (from === to ? String(from) : `${from}-${to}`)

function daySlots({ weekdays, days }: When, shift: 0 | 1): Times[] {
  const shifted = weekdays.map((day) => ((day - 1 + shift) % 7) + 1).sort((a, b) => a - b)
  if (days.length === 0) return [withWeekdays({}, shifted)!]
  const slots = days.flatMap((one) => datesSlots(one, shift)).map((slot) => withWeekdays(slot, shifted))
  const possible = slots.filter((slot) => slot !== undefined)
  if (possible.length === 0) throw new Untellable('It never holds: its days are not among its weekdays.')
  return possible
}

/** The times on these weekdays only; undefined: there are none. */
function withWeekdays(times: Times, weekdays: readonly number[]): Times | undefined {
  if (weekdays.length === 0 || (weekdays.length === 7 && times.wday === undefined)) return times
  const own = times.wday === undefined ? undefined : numbersOf('wday', times.wday)
  const both = own ? weekdays.filter((day) => own.has(day)) : weekdays
  return both.length === 0 ? undefined : { ...times, wday: listed(both) }
}

/** Neighbours as a range, others as a list. */
function listed(numbers: readonly number[]): string {
  const [first, last] = [numbers[0]!, numbers.at(-1)!]
  return last - first === numbers.length - 1 ? span(first, last) : numbers.join(',')
}

function datesSlots(days: Days, shift: 0 | 1): Times[] {
  if (days.kind === 'preset') {
    if (shift === 1)
      throw new Untellable(
        `Hours over midnight go with weekdays and dates, not with the preset ${days.name}: write one rule up to 24:00 and one from 00:00.`,
      )
    return [days.times]
  }
  if (days.kind === 'yearly') return yearlySlots(days.from, days.to, shift)
  const [from, to] = [days.from, days.to].map((date) => dateOf(Date.parse(date) + shift * DAY * 60_000))
  return yearsSlots(from!, to!)
}

interface CalendarDay extends YearDay {
  readonly year: number
}

function dateOf(time: number): CalendarDay {
  const date = new Date(time)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

const FIRST: YearDay = { month: 1, day: 1 }
const LAST: YearDay = { month: 12, day: 31 }

/** Whole years together, others by themselves. */
function yearsSlots(from: CalendarDay, to: CalendarDay): Times[] {
  const at =
    (year: number) =>
    (slot: Times): Times => ({ year: String(year), ...slot })
  if (from.year === to.year) return monthsSlots(from, to).map(at(from.year))
  const between = to.year - from.year > 1 ? [{ year: span(from.year + 1, to.year - 1) }] : []
  return [...monthsSlots(from, LAST).map(at(from.year)), ...between, ...monthsSlots(FIRST, to).map(at(to.year))]
}

function yearlySlots(from: YearDay, to: YearDay, shift: 0 | 1): Times[] {
  const [first, last] = shift === 0 ? [from, to] : [dayAfter(from), dayAfter(to)]
  if (shift === 1 && (isDay(to, 28) || isDay(from, 29))) {
    throw new Untellable(
      'The nights at the end of February differ in leap years: write one rule up to 24:00 and one from 00:00.',
    )
  }
  return isAfter(first, last) ? [...monthsSlots(first, LAST), ...monthsSlots(FIRST, last)] : monthsSlots(first, last)
}

const isDay = ({ month, day }: YearDay, ofFebruary: number): boolean => month === 2 && day === ofFebruary

/** The day after, in a leap year; in another the 29th of February is no day, and the next one is the 1st of March. */
function dayAfter({ month, day }: YearDay): YearDay {
  if (day < MONTH_DAYS[month - 1]!) return { month, day: day + 1 }
  return { month: (month % 12) + 1, day: 1 }
}

const isAfter = (one: YearDay, other: YearDay): boolean =>
  one.month > other.month || (one.month === other.month && one.day > other.day)

/** From one day to another of the same year: the whole months together, what is left of the first and the last apart. */
function monthsSlots(from: YearDay, to: YearDay): Times[] {
  const isWhole = (first: number, last: number, month: number) => first === 1 && last === MONTH_DAYS[month - 1]
  const part = (month: number, first: number, last: number): Times =>
    isWhole(first, last, month) ? { mon: String(month) } : { mon: String(month), mday: span(first, last) }
  if (from.month === to.month) return [part(from.month, from.day, to.day)]
  const firstIsWhole = from.day === 1
  const lastIsWhole = isWhole(1, to.day, to.month)
  const [first, last] = [firstIsWhole ? from.month : from.month + 1, lastIsWhole ? to.month : to.month - 1]
  return [
    ...(firstIsWhole ? [] : [part(from.month, from.day, MONTH_DAYS[from.month - 1]!)]),
    ...(first <= last ? [{ mon: span(first, last) }] : []),
    ...(lastIsWhole ? [] : [part(to.month, 1, to.day)]),
  ]
}
