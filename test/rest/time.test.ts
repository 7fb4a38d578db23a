/** Points in time: the same to the microsecond, whatever the time zone of server, database or caller. */
import fc from 'fast-check'
import { Settings } from 'luxon'
import { afterEach, describe, expect, it } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { createPool } from '../../src/database/pool.ts'
import { datetimeParser, readDay } from '../../src/rest/values/time.ts'
import { type TestApp, testApp, testUser } from '../support/app.ts'
import { createDatabase } from '../support/database.ts'

afterEach(() => {
  Settings.now = () => Date.now()
})

const instant = fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2100, 0) }).map((ms) => Math.floor(ms / 1000) * 1000)
const micros = fc.integer({ min: 0, max: 999_999 }).map((n) => String(n).padStart(6, '0'))
const twoDigits = (n: number) => String(n).padStart(2, '0')

describe('a time with an offset', () => {
  it('is that moment in UTC, to the microsecond', () => {
    const parse = datetimeParser('Europe/London')
    fc.assert(
      fc.property(instant, micros, fc.integer({ min: -14 * 60, max: 14 * 60 }), (ms, fraction, offset) => {
        const local = new Date(ms + offset * 60_000).toISOString().slice(0, 19)
        const sign = offset < 0 ? '-' : '+'
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map(twoDigits)
        const value = `${new Date(ms).toISOString().slice(0, 19)}.${fraction}Z`
        for (const written of [`${hours}:${minutes}`, `${hours}${minutes}`]) {
          expect(parse(`${local}.${fraction}${sign}${written}`)).toEqual({ ok: true, value })
          expect(parse(` ${local.replace('T', ' ')}.${fraction} ${sign}${written} `)).toEqual({ ok: true, value })
        }
      }),
    )
    expect(parse('2024-07-01T12:00z')).toEqual({ ok: true, value: '2024-07-01T12:00:00Z' })
    expect(parse('2024-07-01T12:00:00.1234567Z')).toEqual({ ok: true, value: '2024-07-01T12:00:00.123456Z' })
  })
})

describe('a time without an offset is in TIME_ZONE', () => {
  it.each(['UTC', 'Europe/London', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Chatham'])('%s', (zone) => {
    const parse = datetimeParser(zone)
    fc.assert(
      fc.property(instant, micros, (ms, fraction) => {
        const local = wallClock(ms, zone)
        const result = parse(`${local}.${fraction}`) as { ok: true; value: string }
        // An hour that happens twice has two moments: ours is the same one, or the other of that wall clock.
        expect(wallClock(Date.parse(`${result.value.slice(0, 19)}Z`), zone)).toBe(local)
        expect(result.value.slice(19)).toBe(`.${fraction}Z`)
      }),
    )
  })

  it.each([
    ['the hour before summer time', '2024-03-31T00:59:59', '2024-03-31T00:59:59Z'],
    ['the gap, read as Python does', '2024-03-31T01:30:00', '2024-03-31T01:30:00Z'],
    ['summer', '2024-07-01T12:00:00', '2024-07-01T11:00:00Z'],
    ['a date alone', '2024-07-01', '2024-06-30T23:00:00Z'],
    ['the hour that comes twice: the first time', '2024-10-27T01:30:00', '2024-10-27T00:30:00Z'],
    ['the hour after', '2024-10-27T02:00:00', '2024-10-27T02:00:00Z'],
  ])('%s in London, whenever it is asked', (_what, text, value) => {
    for (const now of ['2024-01-15T00:00:00Z', '2024-07-15T00:00:00Z']) {
      Settings.now = () => Date.parse(now)
      expect(datetimeParser('Europe/London')(text), now).toEqual({ ok: true, value })
    }
  })

  it.each([
    '',
    'now',
    '2024',
    '2024-1-1',
    '2024-02-30',
    '2023-02-29T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01T25:00',
    '2024-01-01T12:60',
    '2024-01-01T12:00:60Z',
    '2024-01-01T12',
    '2024-01-01T12:00+25:00',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '10000-01-01T00:00:00Z',
    '2024-W01-1',
    'infinity',
    5,
    true,
    [],
    {},
  ])('%j is no time', (input) => {
    expect(datetimeParser('UTC')(input).ok).toBe(false)
  })
})

describe('a day', () => {
  it.each([
    ['Europe/London', '2024-07-01', '2024-06-30T23:00:00', '2024-07-01T23:00:00'],
    ['Europe/London', '2024-10-27', '2024-10-26T23:00:00', '2024-10-28T00:00:00'],
    // Midnight does not exist: the day begins at one o'clock, and the next at midnight.
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00', '2018-11-05T02:00:00'],
    // Midnight comes twice: the day begins with the first.
    ['America/Havana', '2024-11-03', '2024-11-03T04:00:00', '2024-11-04T05:00:00'],
    ['UTC', '9999-12-31', '9999-12-31T00:00:00', '10000-01-01T00:00:00'],
  ])('in %s, %s lasts from %s to %s', (zone, day, from, to) => {
    for (const now of ['2024-01-15T00:00:00Z', '2024-07-15T00:00:00Z']) {
      Settings.now = () => Date.parse(now)
      expect(readDay(day, zone), now).toEqual({ from: `${from}Z`, to: `${to}Z` })
    }
  })

  it('is nothing else', () => {
    for (const text of ['', '2024-02-30', '2024-01-01T00:00', '0000-01-01', 'today']) {
      expect(readDay(text, 'UTC')).toBeUndefined()
    }
    expect(readDay('0001-01-01', 'Europe/Berlin'), 'its first moment is before the first year').toBeUndefined()
  })
})

describe('in the database', () => {
  let served: TestApp | undefined
  afterEach(async () => {
    await served?.close()
    served = undefined
  })

  const stored = '2024-07-01 12:00:00.123456+00'
  const shown = '2024-07-01T12:00:00.123456Z'

  it('a time reads back the same where server, database and session would rather have another zone and style', async () => {
    served = await testApp({ timeZone: 'Europe/London' })
    const first = served
    const { databaseUrl } = first.app.config
    const name = new URL(databaseUrl).pathname.slice(1)
    await first.app.pool.query(`ALTER DATABASE ${name} SET timezone = 'Asia/Tokyo'`)
    await first.app.pool.query(`ALTER DATABASE ${name} SET datestyle = 'German'`)
    const admin = await testUser(first.app, 'root', ['admin_api'], null)
    const app = await buildApp({ ...first.app.config, timeZone: 'Europe/London' })
    try {
      const { rows } = await app.pool.query('SHOW timezone')
      expect(rows[0].TimeZone).toBe('UTC')
      const authorization = `Token ${admin.token}`
      const made = await app.inject({
        method: 'POST',
        url: '/api/domains/',
        headers: { authorization },
        payload: { name: 'a.example' },
      })
      await app.pool.query('UPDATE domains SET created = $1', [stored])
      const get = (query: string) => app.inject({ url: `/api/domains/?${query}`, headers: { authorization } })
      expect(made.json().updated).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/)
      expect((await get('')).json().results[0].created).toBe(shown)
      for (const [query, count] of [
        [`created=${shown}`, 1],
        ['created=2024-07-01T13:00:00.123456', 1],
        [`created__lt=${shown}`, 0],
        [`created__lte=${shown}`, 1],
        ['created__date=2024-07-01', 1],
        ['created__date=2024-06-30', 0],
        ['created__range=2024-07-01,2024-07-02', 1],
      ] as const) {
        expect((await get(query)).json(), query).toMatchObject({ count })
      }
      await app.pool.query(`UPDATE domains SET created = '2024-07-01 12:00:00+00'`)
      expect((await get('format=csv&fields=created')).body).toBe('created\r\n2024-07-01T12:00:00Z\r\n')
    } finally {
      await app.close()
    }
  })

  it('every connection of a pool is in UTC, whatever the URL says', async () => {
    const database = await createDatabase('nothing')
    const url = `${database.url}?options=${encodeURIComponent('-c TimeZone=Asia/Tokyo -c DateStyle=German')}`
    const pool = createPool({ url, statementTimeoutMs: 1000, max: 3 })
    try {
      const clients = await Promise.all([pool.connect(), pool.connect(), pool.connect()])
      const sql = `SELECT now()::text AS now, '${stored}'::timestamptz::text AS stored`
      const answers = await Promise.all(clients.map((client) => client.query(sql)))
      for (const client of clients) client.release()
      for (const { rows } of answers) {
        expect(rows[0].now).toMatch(/^\d{4}-\d\d-\d\d .*\+00$/)
        expect(rows[0].stored).toBe(stored)
      }
    } finally {
      await pool.end()
      await database.drop()
    }
  })
})

/** What a clock on the wall of a zone shows at a moment, from the platform's own tables. */
function wallClock(ms: number, timeZone: string): string {
  return new Date(ms).toLocaleString('sv-SE', { timeZone }).replace(' ', 'T')
}
