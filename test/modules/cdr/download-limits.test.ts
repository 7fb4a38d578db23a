/** A download has its time: who reads nothing, or takes too long, is broken off, and the database is left alone. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AppConfig } from '../../../src/app.ts'
import { testApp, testUser, testWorld, type World } from '../../support/app.ts'
import { addCalls } from '../../support/cdrs.ts'
import { addMany, exportsOf, listen, open, quiet, readAll, sleep } from '../../support/downloads.ts'

const limits = (changes: Partial<AppConfig['limits']>): Partial<AppConfig> => ({
  limits: {
    bodyBytes: 2 ** 20,
    requestTimeoutMs: 30_000,
    statementTimeoutMs: 10_000,
    downloadTimeoutMs: 3000,
    ratePerMinute: 0,
    ...changes,
  },
})

let world: World
let url: string
beforeAll(async () => {
  world = await testWorld(limits({}))
  await addMany(world.app.pool, 150_000, { last_arg: `repeat('x', 400)` })
  url = `${await listen(world.app)}/api/xmlcdrs/download/`
}, 120_000)
afterAll(() => world?.close())

it('a client that reads nothing is broken off, and its query is gone', async () => {
  const answer = await open(url, world.admin.token)
  const started = performance.now()
  expect(await quiet(world.app.pool, 200)).toBe(false)
  expect(await quiet(world.app.pool, 5000)).toBe(true)
  expect(performance.now() - started).toBeGreaterThan(2000)
  expect((await readAll(answer)).complete).toBe(false)
})

it('a client that reads too slowly is broken off in the end', async () => {
  const answer = await open(url, world.admin.token)
  const arrived = await readAll(answer, () => sleep(40))
  expect(arrived.complete).toBe(false)
  expect(arrived.bytes).toBeGreaterThan(0)
  expect(await quiet(world.app.pool, 3000)).toBe(true)
})

it('one that is done in time is not', async () => {
  const arrived = await readAll(await open(`${url}?fields=id&ordering=start_stamp`, world.admin.token))
  expect(arrived.complete).toBe(true)
})

it('no transaction of an export outlives it', async () => {
  await quiet(world.app.pool, 3000)
  const { rows } = await world.app.pool.query(
    `SELECT state FROM pg_stat_activity WHERE application_name = 'pbx-api export' AND datname = current_database()
     AND xact_start IS NOT NULL`,
  )
  expect(rows).toEqual([])
})

describe('while the calls are locked', () => {
  let locker: pg.Client
  beforeAll(async () => {
    const { connectionString } = world.app.pool.options as { connectionString: string }
    locker = new pg.Client({ connectionString })
    await locker.connect()
    await locker.query('BEGIN; LOCK TABLE xml_cdrs IN ACCESS EXCLUSIVE MODE')
  })
  afterAll(() => locker.end())

  it('a download that gets no row in its time is broken off', async () => {
    const answer = await open(url, world.admin.token)
    const arrived = await readAll(answer)
    expect([arrived.complete, arrived.text]).toEqual([false, expect.stringMatching(/^(id,.*\r\n)?$/)])
    expect(await quiet(world.app.pool, 3000)).toBe(true)
  })

  it('a client that leaves meanwhile ends it, and does not wait for its time', async () => {
    const started = performance.now()
    const answers = await Promise.all(Array.from({ length: 4 }, () => open(url, world.admin.token)))
    expect(await copies()).toBe(4)
    // Others are waiting for a turn; what ends the first must not wait behind them.
    const waiting = Array.from({ length: 4 }, () => open(url, world.admin.token))
    for (const answer of answers) answer.destroy()
    await Promise.all(waiting)
    expect(await copies()).toBe(4)
    expect(performance.now() - started).toBeLessThan(2500)
    for (const answer of await Promise.all(waiting)) answer.destroy()
    expect(await quiet(world.app.pool, 1500)).toBe(true)
  })
})

/** Exports whose query runs, be it only to wait. */
const copies = async () =>
  (await exportsOf(world.app.pool)).filter(({ state, query }) => state === 'active' && query.startsWith('COPY')).length

it('one that is over before it begins is a 503 and no file', async () => {
  const served = await testApp(limits({ downloadTimeoutMs: 200 }))
  const { connectionString } = served.app.pool.options as { connectionString: string }
  const locker = new pg.Client({ connectionString })
  try {
    await addCalls(served.app.pool, [{ start_stamp: '2026-03-01T10:00:00Z' }])
    const token = (await testUser(served.app, 'root', ['admin_api'], null)).token
    // The first one connects, which alone may take that long.
    await vi.waitFor(async () => {
      expect((await served.call(token, 'GET', '/api/xmlcdrs/download/')).status).toBe(200)
    }, 20_000)
    await locker.connect()
    await locker.query('BEGIN; LOCK TABLE xml_cdrs IN ACCESS EXCLUSIVE MODE')
    const answer = await served.call(token, 'GET', '/api/xmlcdrs/download/')
    expect([answer.status, answer.headers['content-type']]).toEqual([503, 'application/json; charset=utf-8'])
    expect(answer.json.detail).toMatch(/took too long and was stopped\. Narrow it with start_stamp__gte/)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect(answer.headers['content-disposition']).toBeUndefined()
  } finally {
    await locker.end()
    await served.close()
  }
})
