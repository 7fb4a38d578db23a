/** When a rule of a time condition holds: what people write means what the switch is told. */
import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import { type Moment, numbersOf, type Times, timesHold } from '../../../../src/freeswitch/dialplan/times.ts'
import { presetsIn } from '../../../../src/modules/dialplans/routes/hours/presets.ts'
import { slotsOf } from '../../../../src/modules/dialplans/routes/hours/slots.ts'
import { readWhen } from '../../../../src/modules/dialplans/routes/hours/when.ts'

const PRESETS = new Map<string, Times>([
  ['christmas_day', { mday: '25', mon: '12' }],
  ['may_day', { mon: '5', mday: '1-7', wday: '2' }],
])

function slots(when: unknown): readonly Times[] {
  const read = readWhen(when, PRESETS)
  if ('error' in read) throw new Error(read.error)
  const told = slotsOf(read)
  if ('error' in told) throw new Error(told.error)
  return told
}

function errorOf(when: unknown): string {
  const read = readWhen(when, PRESETS)
  if ('error' in read) return read.error
  const told = slotsOf(read)
  return 'error' in told ? told.error : ''
}

const moment = (at: DateTime): Moment => ({
  year: at.year,
  month: at.month,
  day: at.day,
  weekday: (at.weekday % 7) + 1,
  dayOfYear: at.ordinal,
  hour: at.hour,
  minute: at.minute,
})

const holds = (when: unknown, at: string): boolean => {
  const clock = moment(DateTime.fromISO(at, { zone: 'UTC' }))
  return slots(when).some((times) => timesHold(times, clock))
}

describe('what people write', () => {
  it.each([
    ['mon-fri 09:00-17:30', [{ wday: '2-6', 'minute-of-day': '541-1050' }]],
    ['Monday,wed 09:00-09:01', [{ wday: '2,4', 'minute-of-day': '541' }]],
    ['fri-mon', [{ wday: '1,2,6,7' }]],
    ['sat-sun', [{ wday: '1,7' }]],
    ['mon-sun 08:00-24:00', [{ 'minute-of-day': '481-1440' }]],
    ['09:00-12:30, 13:30-17:30', [{ 'minute-of-day': '541-750' }, { 'minute-of-day': '811-1050' }]],
    ['22:00-06:00', [{ 'minute-of-day': '1321-1440' }, { 'minute-of-day': '1-360' }]],
    [
      'fri 22:00-06:00',
      [
        { wday: '6', 'minute-of-day': '1321-1440' },
        { wday: '7', 'minute-of-day': '1-360' },
      ],
    ],
    [
      'sat 22:00-06:00',
      [
        { wday: '7', 'minute-of-day': '1321-1440' },
        { wday: '1', 'minute-of-day': '1-360' },
      ],
    ],
    ['22:00-00:00', [{ 'minute-of-day': '1321-1440' }]],
    ['00:00-24:00', [{}]],
    ['12-25', [{ mon: '12', mday: '25' }]],
    [
      '12-24..01-02',
      [
        { mon: '12', mday: '24-31' },
        { mon: '1', mday: '1-2' },
      ],
    ],
    ['03-15..06-10', [{ mon: '3', mday: '15-31' }, { mon: '4-5' }, { mon: '6', mday: '1-10' }]],
    ['02-01..02-29', [{ mon: '2' }]],
    ['2026-12-24..2026-12-26', [{ year: '2026', mon: '12', mday: '24-26' }]],
    [
      '2026-12-31..2029-01-01',
      [{ year: '2026', mon: '12', mday: '31' }, { year: '2027-2028' }, { year: '2029', mon: '1', mday: '1' }],
    ],
    [
      '2026-12-31 22:00-02:00',
      [
        { year: '2026', mon: '12', mday: '31', 'minute-of-day': '1321-1440' },
        { year: '2027', mon: '1', mday: '1', 'minute-of-day': '1-120' },
      ],
    ],
    ['christmas_day', [{ mday: '25', mon: '12' }]],
    ['may_day 10:00-12:00', [{ mon: '5', mday: '1-7', wday: '2', 'minute-of-day': '601-720' }]],
    [
      'christmas_day,2026-12-24',
      [
        { mday: '25', mon: '12' },
        { year: '2026', mon: '12', mday: '24' },
      ],
    ],
    [
      { weekdays: 'mon-fri', hours: ['09:00-12:00'], preset: 'christmas_day' },
      [{ mday: '25', mon: '12', wday: '2-6', 'minute-of-day': '541-720' }],
    ],
    [{ weekdays: ['mon', 'tue-wed'], dates: '2026-12-24' }, [{ year: '2026', mon: '12', mday: '24', wday: '2-4' }]],
  ])('%j', (when, expected) => {
    expect(slots(when)).toEqual(expected)
  })

  it.each([
    ['', 'when has from one to 40 parts'],
    ['someday', 'There is no preset "someday": there are christmas_day, may_day.'],
    ['mon-', '"mon-" is no weekday, hours, date or preset.'],
    ['mon-tue-wed', 'is no range of weekdays'],
    ['25:00-26:00', '"25:00-26:00" are no hours'],
    ['09:00', '"09:00" are no hours'],
    ['09:00-09:00', 'are no hours'],
    ['09:60-10:00', 'are no hours'],
    ['24:00-06:00', 'are no hours'],
    ['2026-02-30', '"2026-02-30" is no date'],
    ['02-30', '"02-30" is no date'],
    ['2026-12-26..2026-12-24', 'ends before it begins'],
    ['2026-12-24..12-26', 'is no date'],
    ['may_day tue', 'It never holds'],
    ['may_day 22:00-06:00', 'Hours over midnight'],
    ['02-28 22:00-06:00', 'leap years'],
    ['"><action application="system" data="rm"/>', 'is no weekday, hours, date or preset'],
    [7, 'when is a text'],
    [null, 'when is a text'],
    [['mon'], 'when is a text'],
    [{}, 'when has from one to 40 parts'],
    [{ weekdays: '09:00-10:00' }, 'weekdays may not be "09:00-10:00": write mon-fri or sat,sun.'],
    [{ hours: 9 }, 'hours is a text or a list of texts.'],
    [{ until: 'mon' }, 'when has no "until": it has weekdays, dates, preset, hours.'],
    ['x'.repeat(501), 'when has at most 500 characters.'],
  ])('%j is refused', (when, sentence) => {
    expect(errorOf(when)).toContain(sentence)
  })
})

describe('what the switch is told', () => {
  const anyTime = fc
    .integer({ min: Date.UTC(2023, 0, 1), max: Date.UTC(2029, 11, 31) })
    .map((ms) => DateTime.fromMillis(ms, { zone: 'UTC' }))
  const clock = fc.integer({ min: 0, max: 1439 })
  const text = (minutes: number) =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

  it('hours hold from the first minute up to the last, which they do not include, on their weekdays, over midnight too', () => {
    fc.assert(
      fc.property(
        clock,
        clock,
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 7 }),
        anyTime,
        (from, to, first, last, at) => {
          fc.pre(from !== to)
          const names = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
          const among = (weekday: number) => (weekday - first + 7) % 7 <= (last - first + 7) % 7
          const now = at.hour * 60 + at.minute
          const end = to === 0 ? 1440 : to
          const yesterday = at.minus({ days: 1 }).weekday
          const expected =
            from < end
              ? among(at.weekday) && now >= from && now < end
              : (among(at.weekday) && now >= from) || (among(yesterday) && now < end)
          const when = `${names[first - 1]}-${names[last - 1]} ${text(from)}-${text(to)}`
          expect(holds(when, at.toISO()!), `${when} at ${at.toISO()}`).toBe(expected)
        },
      ),
    )
  })

  it('dates hold from the first to the last, and with hours over midnight up to the morning after', () => {
    fc.assert(
      fc.property(
        anyTime,
        fc.integer({ min: 0, max: 900 }),
        clock,
        clock,
        fc.integer({ min: -3, max: 903 }),
        clock,
        (start, days, from, to, offset, now) => {
          fc.pre(from !== to && to !== 0)
          const [first, last] = [start.startOf('day'), start.startOf('day').plus({ days })]
          const at = first.plus({ days: offset, minutes: now })
          const day = at.startOf('day')
          const within = (one: DateTime) => one >= first && one <= last
          const expected =
            from < to
              ? within(day) && now >= from && now < to
              : (within(day) && now >= from) || (within(day.minus({ days: 1 })) && now < to)
          const when = `${first.toISODate()}..${last.toISODate()} ${text(from)}-${text(to)}`
          expect(holds(when, at.toISO()!), `${when} at ${at.toISO()}`).toBe(expected)
        },
      ),
    )
  })

  it('dates of every year hold in every year, over its end too, and so do their nights', () => {
    const leapDay = anyTime.map((at) => at.set({ year: 2024 }).startOf('day'))
    fc.assert(
      fc.property(leapDay, leapDay, anyTime, fc.boolean(), (first, last, at, night) => {
        const spelled = (day: DateTime) => day.toFormat('MM-dd')
        const when = `${spelled(first)}..${spelled(last)}${night ? ' 12:00-11:00' : ''}`
        if (errorOf(when).includes('leap years')) return
        const among = (day: DateTime) => {
          const [one, from, to] = [day, first, last].map(spelled) as [string, string, string]
          return from <= to ? one >= from && one <= to : one >= from || one <= to
        }
        const afternoon = at.hour >= 12
        const morning = at.hour < 11
        const expected = night ? (afternoon && among(at)) || (morning && among(at.minus({ days: 1 }))) : among(at)
        expect(holds(when, at.toISO()!), `${when} at ${at.toISO()}`).toBe(expected)
      }),
      { numRuns: 300 },
    )
  })

  it('every value is one that the switch reads: a number, a range or a list of numbers', () => {
    const words = fc.constantFrom(
      'mon',
      'fri-mon',
      'sat',
      '09:00-17:00',
      '22:00-05:00',
      '12-24..01-02',
      '2026-02-27..2028-03-01',
      'christmas_day',
    )
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 5 }), (parts) => {
        const when = parts.join(' ')
        if (errorOf(when) !== '') return
        for (const times of slots(when)) {
          for (const [name, value] of Object.entries(times))
            expect(numbersOf(name, value), `${name}=${value}`).toBeDefined()
        }
      }),
    )
  })

  it('no text at all makes it fail in another way than with a sentence', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.jsonValue()), (when) => void errorOf(when)))
  })
})

describe('presets', () => {
  it('are read from settings, and what is none is passed over', () => {
    expect(presetsIn('{"Christmas_Day": {"mday": 25, "mon": "12"}, "x": 1, "y": {"color": "1"}, "z": {}}')).toEqual([
      ['christmas_day', { mday: '25', mon: '12' }],
    ])
    for (const text of ['', 'no', '[]', 'null', '{"a": {"mon": "13"}}']) expect(presetsIn(text)).toEqual([])
  })
})

describe('times of the switch', () => {
  it('are ranges or lists of numbers, for weekdays lists of ranges and names too', () => {
    expect([...numbersOf('wday', 'mon-wed,7')!]).toEqual([2, 3, 4, 7])
    expect([...numbersOf('mday', '1,15')!]).toEqual([1, 15])
    for (const [name, value] of [
      ['mday', '1-3,5'],
      ['mon', '13'],
      ['mon', 'dec'],
      ['minute-of-day', '0-10'],
      ['week', '1'],
      ['hour', '1-2-3'],
    ]) {
      expect(numbersOf(name!, value!), `${name}=${value}`).toBeUndefined()
    }
  })
})
