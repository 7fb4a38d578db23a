/** Times that conditions of a dialplan are about, as mod_dialplan_xml reads them. */

/** A moment as a clock and a calendar in some place show it; months and days are counted from 1. */
export interface Moment {
  readonly year: number
  readonly month: number
  readonly day: number
  /** 1 is Sunday. */
  readonly weekday: number
  readonly dayOfYear: number
  readonly hour: number
  readonly minute: number
}

export type Times = Readonly<Record<string, string>>

/** Numbers an attribute takes, and which of them a moment is. The minutes of a day are counted from 1. */
const NUMBERS: Readonly<Record<string, { from: number; to: number; of(moment: Moment): number }>> = {
  year: { from: 1970, to: 9999, of: ({ year }) => year },
  yday: { from: 1, to: 366, of: ({ dayOfYear }) => dayOfYear },
  mon: { from: 1, to: 12, of: ({ month }) => month },
  mday: { from: 1, to: 31, of: ({ day }) => day },
  wday: { from: 1, to: 7, of: ({ weekday }) => weekday },
  hour: { from: 0, to: 23, of: ({ hour }) => hour },
  minute: { from: 0, to: 59, of: ({ minute }) => minute },
  'minute-of-day': { from: 1, to: 1440, of: ({ hour, minute }) => hour * 60 + minute + 1 },
}

/**
 * Whether all of a condition's times hold at a moment; undefined where one is not understood here. A value is a number,
 * a range or a list of numbers; of days of the week lists of ranges and names, too.
 */
export function timesHold(times: Times, moment: Moment): boolean | undefined {
  const results = Object.entries(times).map(([name, value]) => {
    const numbers = numbersOf(name, value)
    return numbers?.has(NUMBERS[name]!.of(moment))
  })
  return results.includes(undefined) ? undefined : results.every(Boolean)
}

/** The numbers that an attribute's value stands for, or undefined where it is not understood. */
export function numbersOf(name: string, value: string): ReadonlySet<number> | undefined {
  const range = NUMBERS[name]
  if (!range) return undefined
  const parts = value.split(',').map((part) => spanOf(name, part.trim()))
  // The switch reads a range or a list; of both together only days of the week.
  const mixed = parts.length > 1 && name !== 'wday' && value.includes('-')
  if (mixed || !parts.every((part) => part && part[0] >= range.from && part[1] <= range.to)) return undefined
  const numbers = new Set<number>()
  for (const [from, to] of parts as [number, number][]) for (let n = from; n <= to; n++) numbers.add(n)
  return numbers
}

function spanOf(name: string, text: string): [number, number] | undefined {
  const [from, to = from, ...rest] = text.split('-').map((part) => numberOf(name, part.trim()))
  return from === undefined || to === undefined || rest.length > 0 ? undefined : [from, to]
}

function numberOf(name: string, text: string): number | undefined {
  if (name === 'wday' && /^[a-z]{3}$/i.test(text)) {
    const index = WEEKDAYS.indexOf(text.toLowerCase())
    return index < 0 ? undefined : index + 1
  }
  return /^\d{1,4}$/.test(text) ? Number(text) : undefined
}

/** Days of the week as the switch and people name them, in the switch's order. */
export const WEEKDAYS: readonly string[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
