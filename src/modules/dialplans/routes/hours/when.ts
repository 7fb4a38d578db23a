/**
 * When a rule holds, as people write it: `mon-fri 09:00-12:30,13:30-17:30`, `12-24..12-26`, `2026-12-31 00:00-18:00`,
 * `christmas_day`. Parts of different kinds must all hold; of those of one kind one must. Dates and presets are one kind:
 * days.
 */
import { type Times, WEEKDAYS } from '../../../../freeswitch/dialplan/times.ts'

/** From the first to the last, both of them included. */
export type Days =
  | { readonly kind: 'dates'; readonly from: IsoDate; readonly to: IsoDate }
  | { readonly kind: 'yearly'; readonly from: YearDay; readonly to: YearDay }
  | { readonly kind: 'preset'; readonly name: string; readonly times: Times }

/** `2026-12-24` */
export type IsoDate = string

export interface YearDay {
  readonly month: number
  readonly day: number
}

/** Minutes since midnight, from the first up to but not including the last; one that ends before it begins ends a day later. */
export interface Hours {
  readonly from: number
  readonly to: number
}

export interface When {
  /** 1 is Sunday; none: every day. */
  readonly weekdays: readonly number[]
  readonly hours: readonly Hours[]
  readonly days: readonly Days[]
  /** The same in words. */
  readonly words: string
}

/** The presets that a rule may name. */
export type Presets = ReadonlyMap<string, Times>

/** Reads a text, or an object of weekdays, hours, dates and preset, each a text or a list of texts. */
export function readWhen(value: unknown, presets: Presets): When | { error: string } {
  try {
    if (typeof value === 'string') return readText(value, presets)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return readObject(value, presets)
    throw new Unreadable(
      'when is a text such as mon-fri 09:00-17:30, or an object of weekdays, hours, dates and preset.',
    )
  } catch (error) {
    if (error instanceof Unreadable) return { error: error.message }
    throw error
  }
}

class Unreadable extends Error {}

const LONGEST = 500

function readText(text: string, presets: Presets): When {
  if (text.length > LONGEST) throw new Unreadable(`when has at most ${LONGEST} characters.`)
  // A comma joins what stands around it, with blanks or without.
  const parts = text
    .trim()
    .replace(/\s*,\s*/g, ',')
    .split(/\s+/)
  return readParts(
    parts.flatMap((part) => part.split(',')),
    presets,
  )
}

const KEYS = ['weekdays', 'dates', 'preset', 'hours'] as const

function readObject(value: object, presets: Presets): When {
  const other = Object.keys(value).find((key) => !(KEYS as readonly string[]).includes(key))
  if (other !== undefined)
    throw new Unreadable(`when has no ${JSON.stringify(other.slice(0, 40))}: it has ${KEYS.join(', ')}.`)
  const given = value as Readonly<Record<string, unknown>>
  const parts = KEYS.flatMap((key) => {
    if (given[key] === undefined || given[key] === null) return []
    const texts = [given[key]].flat()
    if (!texts.every((text) => typeof text === 'string')) throw new Unreadable(`${key} is a text or a list of texts.`)
    const pieces = texts.flatMap((text: string) => text.split(',')).map((piece) => piece.trim())
    const wrong = pieces.find((piece) => kindOf(piece) !== KIND_OF_KEY[key])
    if (wrong !== undefined) throw new Unreadable(`${key} may not be ${shown(wrong)}: write ${EXAMPLES[key]}.`)
    return pieces
  })
  return readParts(parts, presets)
}

type Kind = 'weekdays' | 'hours' | 'dates' | 'preset'

const KIND_OF_KEY: Readonly<Record<(typeof KEYS)[number], Kind>> = {
  weekdays: 'weekdays',
  hours: 'hours',
  dates: 'dates',
  preset: 'preset',
}
const EXAMPLES: Readonly<Record<Kind, string>> = {
  weekdays: 'mon-fri or sat,sun',
  hours: '09:00-17:30',
  dates: '2026-12-24, 2026-12-24..2026-12-26, or 12-25 for every year',
  preset: 'the name of a preset',
}

function kindOf(part: string): Kind | undefined {
  if (/^\d{1,2}:\d\d/.test(part)) return 'hours'
  if (/^\d/.test(part)) return 'dates'
  if (part.split('-').every((word) => weekday(word) !== undefined)) return 'weekdays'
  return /^[A-Za-z]\w*$/.test(part) ? 'preset' : undefined
}

function readParts(parts: readonly string[], presets: Presets): When {
  if (parts.length > MOST || parts.every((part) => part === '')) {
    throw new Unreadable(`when has from one to ${MOST} parts, such as mon-fri or 09:00-17:30.`)
  }
  const weekdays = new Set<number>()
  const hours: Hours[] = []
  const days: Days[] = []
  for (const part of parts) {
    const kind = kindOf(part)
    if (kind === 'weekdays') for (const day of weekdaysOf(part)) weekdays.add(day)
    else if (kind === 'hours') hours.push(hoursOf(part))
    else if (kind === 'dates') days.push(datesOf(part))
    else if (kind === 'preset') days.push(presetOf(part, presets))
    else throw new Unreadable(`${shown(part)} is no weekday, hours, date or preset.`)
  }
  return { weekdays: [...weekdays].sort((a, b) => a - b), hours, days, words: wordsOf(parts) }
}

const MOST = 40

/** Parts of one kind stand together. */
function wordsOf(parts: readonly string[]): string {
  const kinds: readonly Kind[] = ['dates', 'preset', 'weekdays', 'hours']
  const groups = kinds.map((kind) => parts.filter((part) => kindOf(part) === kind).join(','))
  return groups.filter((group) => group !== '').join(' ')
}

/** mon, Monday; a range may go over the end of the week. */
function weekdaysOf(part: string): number[] {
  const [from, to = from, ...rest] = part.split('-').map((word) => weekday(word)!)
  if (rest.length > 0) throw new Unreadable(`${shown(part)} is no range of weekdays.`)
  const length = ((to! - from! + 7) % 7) + 1
  return Array.from({ length }, (_, index) => ((from! - 1 + index) % 7) + 1)
}

const NAMES = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

function weekday(word: string): number | undefined {
  const name = word.toLowerCase()
  const index = NAMES.includes(name) ? NAMES.indexOf(name) : WEEKDAYS.indexOf(name)
  return index < 0 ? undefined : index + 1
}

function hoursOf(part: string): Hours {
  const [from, to] = part.split('-').map(minutesOf)
  if (from === undefined || to === undefined || part.split('-').length !== 2 || from === DAY || from === to) {
    throw new Unreadable(`${shown(part)} are no hours: write ${EXAMPLES.hours}.`)
  }
  return { from, to: to === 0 ? DAY : to }
}

/** The minutes of a day. */
export const DAY = 1440

function minutesOf(text: string): number | undefined {
  const [, hour, minute] = /^(\d{1,2}):(\d\d)$/.exec(text.trim()) ?? []
  const minutes = Number(hour) * 60 + Number(minute)
  return hour !== undefined && Number(minute) < 60 && minutes <= DAY ? minutes : undefined
}

function datesOf(part: string): Days {
  const [first, last = first, ...rest] = part.split('..')
  const iso = [first!, last!].map(isoOf)
  if (rest.length === 0 && iso[0] !== undefined && iso[1] !== undefined) {
    if (iso[1] < iso[0]) throw new Unreadable(`${shown(part)} ends before it begins.`)
    return { kind: 'dates', from: iso[0], to: iso[1] }
  }
  const yearly = [first!, last!].map(yearDayOf)
  if (rest.length === 0 && yearly[0] && yearly[1]) return { kind: 'yearly', from: yearly[0], to: yearly[1] }
  throw new Unreadable(`${shown(part)} is no date: write ${EXAMPLES.dates}.`)
}

function isoOf(text: string): IsoDate | undefined {
  const time = /^(?:19[7-9]|20)\d{1,2}-\d\d-\d\d$/.test(text) && text.length === 10 ? Date.parse(text) : Number.NaN
  // JavaScript takes 2026-02-30 for the 2nd of March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) ? text : undefined
}

function yearDayOf(text: string): YearDay | undefined {
  const [, month, day] = /^(\d\d)-(\d\d)$/.exec(text) ?? []
  const there = month !== undefined && Number(day) >= 1 && Number(day) <= (MONTH_DAYS[Number(month) - 1] ?? 0)
  return there ? { month: Number(month), day: Number(day) } : undefined
}

/** The most days that each month has. */
export const MONTH_DAYS: readonly number[] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function presetOf(name: string, presets: Presets): Days {
  const times = presets.get(name.toLowerCase())
  if (times) return { kind: 'preset', name, times }
  const known = presets.size > 0 ? `: there are ${[...presets.keys()].sort().join(', ')}` : ', and none are set up'
  throw new Unreadable(`There is no preset ${shown(name)}${known}.`)
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 40))
