/** A record is stored whenever its call was: its month is made when it is needed, by whichever server needs it first. */
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildApp } from '../../../src/app.ts'
import { prepareMonths } from '../../../src/modules/cdr/chores.ts'
import { databaseOn } from '../../../src/rest/database.ts'
import { testWorld, type World } from '../../support/app.ts'
import { countOf, expectTotalsRight, madeRecord, postRecord, uepoch } from '../../support/records.ts'

let world: World
let replica: FastifyInstance
beforeAll(async () => {
  world = await testWorld()
  replica = await buildApp(world.app.config)
})
afterAll(async () => {
  await replica?.close()
  await world?.close()
})

const partitions = async (): Promise<string[]> => {
  const { rows } = await world.app.pool.query(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'xml_cdrs'::regclass ORDER BY 1`,
  )
  return rows.map(({ name }) => name)
}

/** Where the record of a call that began then was stored, and when it says that it began. */
async function stored(start_uepoch: string, app = world.app) {
  const uuid = crypto.randomUUID()
  expect((await postRecord(app, { body: madeRecord({ uuid, start_uepoch }) })).status).toBe(200)
  const columns = 'tableoid::regclass::text AS partition, start_stamp::text AS start'
  return (await world.app.pool.query(`SELECT ${columns} FROM xml_cdrs WHERE call_uuid = $1`, [uuid])).rows[0]
}

const YEAR = new Date().getUTCFullYear()

describe('a record', () => {
  it.each([
    ['2019', uepoch('2019-03-14T15:09:26Z', 535_897), 'xml_cdrs_2019_03', '2019-03-14 15:09:26.535897+00'],
    ['next year', uepoch(`${YEAR + 1}-12-31T23:59:59Z`), `xml_cdrs_${YEAR + 1}_12`, `${YEAR + 1}-12-31 23:59:59+00`],
    ['1970', '1000001', 'xml_cdrs_before_2000', '1970-01-01 00:00:01.000001+00'],
    ['1999', uepoch('1999-12-31T23:59:59Z', 999_999), 'xml_cdrs_before_2000', '1999-12-31 23:59:59.999999+00'],
    ['2000', uepoch('2000-01-01T00:00:00Z'), 'xml_cdrs_2000_01', '2000-01-01 00:00:00+00'],
    ['the last moment of a month', uepoch('2020-02-29T23:59:59Z', 999_999), 'xml_cdrs_2020_02', undefined],
    ['the first moment of a month', uepoch('2020-03-01T00:00:00Z'), 'xml_cdrs_2020_03', undefined],
    ['the end of an hour that a clock skips', uepoch('2020-03-29T01:30:00Z'), 'xml_cdrs_2020_03', undefined],
    ['the end of numbers', String(Number.MAX_SAFE_INTEGER), 'xml_cdrs_2255_06', '2255-06-05 23:47:34.740991+00'],
  ])('of %s is stored in its month', async (_what, start, partition, moment) => {
    expect(await stored(start)).toEqual({ partition, start: moment ?? expect.any(String) })
    await expectTotalsRight(world.app.pool)
  })

  it('of an id is found again in its month', async () => {
    const body = madeRecord({ start_uepoch: uepoch('2018-05-06T07:08:09Z', 123_456) })
    await postRecord(world.app, { body })
    const { rows } = await world.app.pool.query(
      `SELECT id FROM xml_cdrs WHERE start_stamp < '2019-01-01' AND start_stamp > '2018-01-01'`,
    )
    const found = await world.call(world.acme.minor.token, 'GET', `/api/xmlcdrs/${rows[0].id}/`)
    expect(found.json).toMatchObject({ id: rows[0].id, start_epoch: 1525590489 })
  })
})

it('30 records of 30 months at once are stored', async () => {
  const months = Array.from({ length: 30 }, (_, index) => new Date(Date.UTC(2010, index, 15)).toISOString())
  const rows = await Promise.all(months.map((month) => stored(uepoch(month))))
  expect(rows.map(({ partition }) => partition)).toEqual(
    months.map((month) => `xml_cdrs_${month.slice(0, 4)}_${month.slice(5, 7)}`),
  )
  await expectTotalsRight(world.app.pool)
})

it('two servers that need the same months at once make them, and store every record', async () => {
  const before = await countOf(world.app.pool, 'xml_cdrs')
  for (let month = 0; month < 12; month += 1) {
    const start = new Date(Date.UTC(2005, month, 3)).toISOString()
    await Promise.all(Array.from({ length: 10 }, (_, index) => stored(uepoch(start), index % 2 ? replica : world.app)))
  }
  expect(await countOf(world.app.pool, 'xml_cdrs')).toBe(before + 120)
  await expectTotalsRight(world.app.pool)
})

it('a month is made while others write, and nobody waits for ever', async () => {
  const starts = Array.from({ length: 120 }, (_, index) =>
    new Date(Date.UTC(2006, index % 24, 1 + (index % 9))).toISOString(),
  )
  const rows = await Promise.all([
    ...starts.map((start, index) => stored(uepoch(start), index % 2 ? replica : world.app)),
    ...Array.from({ length: 20 }, (_, index) =>
      world.call(world.admin.token, 'POST', '/api/extensions/', {
        domain_id: world.acme.id,
        extension: `7${index}`,
        password: 'pw',
      }),
    ),
  ])
  expect(rows.slice(120).map((answer) => (answer as { status: number }).status)).toEqual(Array(20).fill(201))
})

describe('months ahead', () => {
  it('are there as soon as a server has started: this one and two more', async () => {
    const names = [0, 1, 2].map((ahead) => {
      const month = new Date(Date.UTC(YEAR, new Date().getUTCMonth() + ahead)).toISOString()
      return `xml_cdrs_${month.slice(0, 4)}_${month.slice(5, 7)}`
    })
    expect(await partitions()).toEqual(expect.arrayContaining(names))
  })

  it.each([
    ['2031-11-30T23:59:59Z', ['xml_cdrs_2031_11', 'xml_cdrs_2031_12', 'xml_cdrs_2032_01']],
    ['2034-01-31T12:00:00Z', ['xml_cdrs_2034_01', 'xml_cdrs_2034_02', 'xml_cdrs_2034_03']],
  ])('of %s are made once, by several at once', async (now, names) => {
    const before = await partitions()
    const database = databaseOn(world.app.pool)
    await Promise.all([1, 2, 3].map(() => prepareMonths(database, new Date(now))))
    await prepareMonths(databaseOn(replica.pool), new Date(now))
    expect(await partitions()).toEqual([...before, ...names].sort())
  })

  it('have what the other months have: indexes, keys, totals', async () => {
    const { rows } = await world.app.pool.query(`
      SELECT c.relname, count(*)::int AS indexes FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      JOIN pg_index x ON x.indrelid = c.oid WHERE i.inhparent = 'xml_cdrs'::regclass GROUP BY 1`)
    expect(new Set(rows.map(({ indexes }) => indexes))).toEqual(new Set([8]))
  })
})
