/** Call records that are older than they are kept go by whole months, with all that was told of them. */
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { buildApp } from '../../../src/app.ts'
import { choresOf, dropOld } from '../../../src/modules/cdr/chores.ts'
import { type Database, databaseOn } from '../../../src/rest/database.ts'
import { testWorld, type World } from '../../support/app.ts'
import { expectTotalsRight, madeRecord, postRecord, uepoch } from '../../support/records.ts'

let world: World
let database: Database
let reader: pg.Client
beforeAll(async () => {
  world = await testWorld()
  database = databaseOn(world.app.pool)
  reader = new pg.Client({ connectionString: world.app.config.databaseUrl })
  await reader.connect()
})
afterAll(async () => {
  await reader?.end()
  await world?.close()
})
afterEach(async () => {
  for (const table of ['xml_cdrs', 'cdr_rejects', 'call_timeline']) await world.app.pool.query(`DELETE FROM ${table}`)
})

const NOW = new Date('2024-07-20T12:00:00Z')
const STARTS = [
  '1970-01-01T00:00:01Z',
  '2023-12-31T23:59:59Z',
  '2024-05-01T00:00:00Z',
  '2024-05-31T23:59:59Z',
  '2024-06-01T00:00:00Z',
  '2024-06-20T00:00:00Z',
  '2024-07-20T00:00:00Z',
]
const postAll = () =>
  Promise.all(STARTS.map((start) => postRecord(world.app, { body: madeRecord({ start_uepoch: uepoch(start) }) })))

const left = async (): Promise<string[]> => {
  const { rows } = await world.app.pool.query('SELECT start_stamp FROM xml_cdrs ORDER BY 1')
  return rows.map(({ start_stamp }) => start_stamp.toISOString().replace('.000', ''))
}
const hasMonth = async (month: string): Promise<boolean> =>
  (await world.app.pool.query(`SELECT to_regclass($1) IS NOT NULL AS there`, [`xml_cdrs_${month}`])).rows[0].there

describe('the retention', () => {
  it('of calls of a clock that was never set goes by when they came', async () => {
    const start = '1970-01-01T00:00:01Z'
    for (const channel of [1, 2])
      await postRecord(world.app, { body: madeRecord({ start_uepoch: uepoch(start), channel: String(channel) }) })
    expect(await left()).toEqual([start, start])
    await world.app.pool.query(
      `UPDATE xml_cdrs SET created = '2024-05-01T00:00:00Z' WHERE id = (SELECT id FROM xml_cdrs LIMIT 1)`,
    )
    await dropOld(database, 30, NOW)
    expect(await left()).toEqual([start])
    await expectTotalsRight(world.app.pool)
  })

  it.each([
    // Until 20 June: May is over by then, June is not.
    [30, STARTS.filter((start) => start < '2000' || start >= '2024-06')],
    [50, STARTS.filter((start) => start < '2000' || start >= '2024-05-02' || start.startsWith('2024-05'))],
    [49, STARTS.filter((start) => start < '2000' || start >= '2024-06')],
    [3650, STARTS],
  ])('of %i days drops only months that lie before it as a whole', async (days, kept) => {
    // 50 days before is 31 May, 49 are 1 June, to the hour.
    await postAll()
    await dropOld(database, days, days === 49 ? new Date('2024-07-20T00:00:00Z') : NOW)
    expect(await left()).toEqual(kept)
    await expectTotalsRight(world.app.pool)
  })

  it('gives the room of the month back, and a record of it that comes late makes it anew', async () => {
    await postAll()
    await dropOld(database, 30, NOW)
    expect([await hasMonth('2024_05'), await hasMonth('2024_06')]).toEqual([false, true])
    const start_uepoch = uepoch('2024-05-05T00:00:00Z')
    expect((await postRecord(world.app, { body: madeRecord({ start_uepoch }) })).status).toBe(200)
    expect(await hasMonth('2024_05')).toBe(true)
    await expectTotalsRight(world.app.pool)
  })

  it('takes rejects and events from before it', async () => {
    const { pool } = world.app
    for (const body of ['old', 'new']) await postRecord(world.app, { body })
    await pool.query(`UPDATE cdr_rejects SET created = '2024-06-20T11:59:59Z' WHERE record = 'old'`)
    await pool.query(`UPDATE cdr_rejects SET created = '2024-06-20T12:00:01Z' WHERE record = 'new'`)
    const event = (sequence: number, epoch: string) =>
      pool.query(
        'INSERT INTO call_timeline (event_sequence, event_epoch, core_uuid, event_name) VALUES ($1, $2, gen_random_uuid(), $3)',
        [sequence, epoch, 'CHANNEL_CREATE'],
      )
    await event(1, uepoch('2024-06-20T11:59:59Z'))
    await event(2, uepoch('2024-06-20T12:00:01Z'))
    await event(3, '0')
    await dropOld(database, 30, NOW)
    expect((await pool.query('SELECT record FROM cdr_rejects')).rows).toEqual([{ record: 'new' }])
    const { rows } = await pool.query('SELECT event_sequence::int AS n FROM call_timeline ORDER BY 1')
    expect(rows).toEqual([{ n: 2 }, { n: 3 }])
  })

  it('may be kept by two servers at once', async () => {
    await postAll()
    const dropped = await Promise.allSettled([1, 2, 3].map(() => dropOld(database, 30, NOW)))
    expect(dropped.some(({ status }) => status === 'fulfilled')).toBe(true)
    await dropOld(database, 30, NOW)
    expect((await left())[1]).toBe('2024-06-01T00:00:00Z')
    await expectTotalsRight(world.app.pool)
  })
})

describe('a month in use', () => {
  it('makes the drop fail soon, keeps no record waiting longer, and is dropped the next time', async () => {
    await postAll()
    await reader.query('BEGIN; SELECT count(*) FROM xml_cdrs')
    const begun = Date.now()
    const failed = expect(dropOld(database, 30, NOW)).rejects.toThrow('lock timeout')
    const late = Array.from({ length: 20 }, () => postRecord(world.app, { body: madeRecord() }))
    expect((await Promise.all(late)).map(({ status }) => status)).toEqual(Array(20).fill(200))
    await failed
    expect(Date.now() - begun).toBeLessThan(6000)
    expect(await left()).toHaveLength(STARTS.length + 20)

    await reader.query('COMMIT')
    await dropOld(database, 30, NOW)
    expect((await left()).slice(0, 4)).toEqual([STARTS[0], ...STARTS.slice(4)])
    await expectTotalsRight(world.app.pool)
  })
})

describe('the server', () => {
  const names = (retentionDays: number | null) => choresOf(database, retentionDays).map(({ name }) => name)

  it('keeps records for ever unless it is told otherwise', () => {
    expect(names(null)).toEqual(['months of call records'])
    expect(names(30)).toEqual(['months of call records', 'old call records'])
  })

  it('drops what is too old when it starts, and starts though it cannot', async () => {
    await postAll()
    const { config } = world.app
    const start = async () => (await buildApp({ ...config, cdr: { ...config.cdr, retentionDays: 1 } })).close()
    await reader.query('BEGIN; SELECT count(*) FROM xml_cdrs')
    await start()
    expect(await left()).toEqual(STARTS)
    await reader.query('COMMIT')
    await start()
    expect(await left()).toEqual([STARTS[0]])
  })
})
