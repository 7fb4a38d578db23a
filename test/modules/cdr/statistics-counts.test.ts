/** What statistics count: at every hour of any zone, and the same from the roll-up as from the calls. */
import fc from 'fast-check'
import { DateTime } from 'luxon'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { statisticsAt } from '../../../src/modules/cdr/statistics/report.ts'
import type { Statistics } from '../../../src/modules/cdr/statistics/summary.ts'
import { hasWholeHours, hoursIn, piecesOf, windowOf } from '../../../src/modules/cdr/statistics/window.ts'
import type { Caller } from '../../../src/rest/caller.ts'
import { rowsFor } from '../../../src/rest/read/plan.ts'
import { testWorld, type World } from '../../support/app.ts'
import { addCalls, type TestCall } from '../../support/calls.ts'

const HOUR = 3_600_000
let world: World
let admin: Caller

beforeAll(async () => {
  world = await testWorld()
  const { id: userId, profileId, userUuid } = world.admin
  const known = { username: 'root', groups: ['admin_api'], domainId: null, tokenId: 0 }
  admin = { ...known, role: 'admin_api', userId, profileId, userUuid }
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.app.pool.query('DELETE FROM xml_cdrs')
})

/** The report as it would be at a moment, in a zone. */
function statistics(now: string, hours: number, timeZone = 'UTC', query: object = {}): Promise<Statistics> {
  const { registry, restHost } = world.app
  return statisticsAt(Date.parse(now), {
    caller: admin,
    services: restHost.services,
    query: { cdr_hours: hours, ...query },
    timeZone,
    rows: (path) => rowsFor(registry.at(path), admin, 'list'),
    change: () => Promise.reject(new Error('there is no row')),
  })
}

const totals = (told: Statistics) =>
  Object.fromEntries(told.hourly.filter(({ total }) => total > 0).map(({ hour, total }) => [hour, total]))
const at = (...times: string[]): TestCall[] => times.map((time) => ({ at: time, answeredAfter: 3, endedAfter: 63 }))

describe('the window', () => {
  test('begins with the first second and ends before the next one', async () => {
    await addCalls(
      world.app,
      at('2026-03-10T08:30:00Z', '2026-03-10T08:30:01Z', '2026-03-10T10:30:00.4Z', '2026-03-10T10:30:01Z'),
    )
    const told = await statistics('2026-03-10T10:30:00.400Z', 2)
    expect(told).toMatchObject({ from: '2026-03-10T08:30:01Z', to: '2026-03-10T10:30:01Z', total_calls: 2 })
    expect((await statistics('2026-03-10T10:30:00Z', 2)).total_calls).toBe(2)
  })

  test('is cut at the hours, without a gap or a piece counted twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1e12, max: 4e12 }), fc.integer({ min: 1, max: 50 }), (now, hours) => {
        const window = windowOf(now, hours)
        const { whole, rest } = piecesOf(window)
        const pieces = [whole, ...rest].filter((one) => one.fromMs < one.toMs).sort((a, b) => a.fromMs - b.fromMs)
        expect(pieces[0]!.fromMs).toBe(window.fromMs)
        expect(pieces.at(-1)!.toMs).toBe(window.toMs)
        for (const [index, piece] of pieces.slice(1).entries()) expect(piece.fromMs).toBe(pieces[index]!.toMs)
        expect([whole.fromMs % HOUR, whole.toMs % HOUR]).toEqual([0, 0])
      }),
    )
  })
})

describe('hours of the day', () => {
  test.each(['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Pacific/Chatham', 'America/St_Johns', 'Australia/Lord_Howe'])(
    'are those of a clock in %s',
    (zone) => {
      const hourOf = hoursIn(zone)
      const moments = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2040, 0, 1) })
      fc.assert(
        fc.property(moments, (ms) => {
          expect(hourOf(ms)).toBe(DateTime.fromMillis(ms, { zone }).hour)
        }),
      )
    },
  )

  test('begin with those of UTC in some zones only', () => {
    const day = { fromMs: Date.UTC(2026, 5, 1), toMs: Date.UTC(2026, 5, 2) }
    expect(['UTC', 'Europe/Berlin', 'America/New_York'].every((zone) => hasWholeHours(zone, day))).toBe(true)
    expect(['Asia/Kolkata', 'Pacific/Chatham'].some((zone) => hasWholeHours(zone, day))).toBe(false)
    const half = { fromMs: Date.UTC(2026, 2, 1), toMs: Date.UTC(2026, 5, 2) }
    expect(hasWholeHours('Australia/Lord_Howe', half)).toBe(false)
  })

  test('a day of 25 hours has the calls of both at two', async () => {
    await addCalls(world.app, at('2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T02:30:00Z'))
    const told = await statistics('2026-10-25T22:00:00Z', 24, 'Europe/Berlin')
    expect(totals(told)).toEqual({ 2: 2, 3: 1 })
  })

  test('a day of 23 hours has none at two', async () => {
    await addCalls(world.app, at('2026-03-29T00:59:59Z', '2026-03-29T01:00:00Z', '2026-03-28T23:30:00Z'))
    const told = await statistics('2026-03-29T22:00:00Z', 24, 'Europe/Berlin')
    expect(totals(told)).toEqual({ 0: 1, 1: 1, 3: 1 })
  })

  test('a window over the change has both offsets', async () => {
    await addCalls(world.app, at('2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z'))
    expect(totals(await statistics('2026-03-30T00:00:00Z', 72, 'Europe/Berlin'))).toEqual({ 13: 1, 14: 1 })
  })

  test.each([
    ['Asia/Kolkata', '2026-06-01T18:29:59Z', 23, '2026-06-01T18:30:00Z', 0],
    ['Pacific/Chatham', '2026-06-01T11:14:59Z', 23, '2026-06-01T11:15:00Z', 0],
    ['Pacific/Chatham', '2026-01-01T10:14:59Z', 23, '2026-01-01T10:15:00Z', 0],
  ])('midnight in %s parts %s at %d from %s at %d', async (zone, before, last, after, first) => {
    await addCalls(world.app, at(before, after))
    const now = new Date(Date.parse(after) + 5 * HOUR).toISOString()
    expect(totals(await statistics(now, 24, zone))).toEqual({ [last]: 1, [first]: 1 })
  })
})

describe('the roll-up', () => {
  const call = fc.record({
    tenant: fc.constantFrom('acme' as const, 'rival' as const, 'none' as const),
    minute: fc.integer({ min: 0, max: 60 * 50 }),
    second: fc.integer({ min: 0, max: 59 }),
    ring: fc.integer({ min: 0, max: 90_000 }).map((ms) => ms / 1000),
    talk: fc.option(fc.integer({ min: 0, max: 4000 })),
    missed: fc.boolean(),
    voicemail: fc.boolean(),
  })
  const START = Date.UTC(2026, 2, 28, 3)

  test.each(['Europe/Berlin', 'Asia/Kolkata', 'America/New_York'])('says what a recount does, in %s', async (zone) => {
    const { acme, rival } = world
    const ids = { acme: acme.id, rival: rival.id, none: null }
    const runs = fc.asyncProperty(
      fc.array(call, { maxLength: 60 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 0, max: 60 * 52 }),
      async (calls, hours, minutes) => {
        await world.app.pool.query('DELETE FROM xml_cdrs')
        const rows = calls.map(({ tenant, minute, second, ring, talk, missed, voicemail }): TestCall => {
          const start = START + minute * 60_000 + second * 1000
          const more = voicemail ? { last_app: 'voicemail', last_arg: 'default a 1' } : {}
          const times = { answeredAfter: talk === null ? null : ring, endedAfter: ring + (talk ?? 0) }
          return { domain: ids[tenant], at: new Date(start), missed, more, ...times }
        })
        if (rows.length > 0) await addCalls(world.app, rows)
        const now = START + minutes * 60_000
        for (const domain of [acme, undefined]) {
          const query = domain ? { cdr_scope: 'domain', cdr_domain: domain.name } : {}
          const told = await statistics(new Date(now).toISOString(), hours, zone, query)
          const counted = rows.filter((row) => !domain || row.domain === domain.id)
          expect(told).toMatchObject(recount(counted, now, hours, zone))
        }
      },
    )
    await fc.assert(runs, { numRuns: 12 })
  })

  test('has no calls but those that are still there', async () => {
    await addCalls(world.app, at('2026-03-10T08:30:00Z', '2026-03-10T09:30:00Z'))
    await world.app.pool.query(`DELETE FROM xml_cdrs WHERE start_stamp < '2026-03-10T09:00:00Z'`)
    expect(totals(await statistics('2026-03-10T12:00:00Z', 24))).toEqual({ 9: 1 })
  })
})

/** The same figures, counted one call at a time. */
function recount(calls: readonly TestCall[], now: number, hours: number, zone: string) {
  const seen = calls.filter(({ at: time }) => {
    const start = (time as Date).getTime()
    return start >= now - hours * HOUR && start < now
  })
  const talked = (row: TestCall) => Math.round(row.endedAfter! - (row.answeredAfter ?? row.endedAfter!))
  const answered = seen.filter((row) => row.answeredAfter !== null && !row.more?.last_app)
  const rings = seen.map((row) => row.answeredAfter ?? row.endedAfter!)
  const one = (value: number) => Math.round(value * 10) / 10
  const sum = (values: number[]) => values.reduce((all, value) => all + value, 0)
  const ofHour = (rows: readonly TestCall[], hour: number) =>
    rows.filter(({ at: time }) => DateTime.fromJSDate(time as Date, { zone }).hour === hour)
  return {
    total_calls: seen.length,
    answered_calls: answered.length,
    missed_calls: seen.filter((row) => row.missed).length,
    average_ring_time: seen.length === 0 ? 0 : expect.closeTo(one(sum(rings) / seen.length), 0.11),
    max_ring_time: expect.closeTo(Math.max(0, ...rings), 0.051),
    average_call_duration: answered.length === 0 ? 0 : one(sum(answered.map(talked)) / answered.length),
    max_call_duration: Math.max(0, ...answered.map(talked)),
    hourly: Array.from({ length: 24 }, (_, hour) => ({
      hour,
      total: ofHour(seen, hour).length,
      answered: ofHour(answered, hour).length,
      missed: ofHour(seen, hour).filter((row) => row.missed).length,
      minutes: one(sum(ofHour(seen, hour).map(talked)) / 60),
    })),
  }
}
