import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Announcement, announce } from '../../../src/modules/events/announce.ts'
import { connection } from '../../../src/rest/database.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
let pool: pg.Pool
const domainId = randomUUID()

beforeAll(async () => {
  database = await createDatabase()
  pool = new pg.Pool({ connectionString: database.url })
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

const ringing = (name: string): Announcement => ({
  type: 'call.ringing',
  domain_id: domainId,
  extension_ids: [],
  data: { name },
})

const number = async () => (await pool.query('SELECT pbx_events_number(100)::int AS last')).rows[0].last as number

async function namesAfter(position: number): Promise<string[]> {
  const { rows } = await pool.query(`SELECT data->>'name' AS name FROM events WHERE position > $1 ORDER BY position`, [
    position,
  ])
  return rows.map((row) => row.name as string)
}

test('an event that is committed late comes after all that were seen before, whatever their ids', async () => {
  const [late, early] = [await pool.connect(), await pool.connect()]
  await late.query('BEGIN')
  await announce(connection(late), [ringing('late 1'), ringing('late 2')])
  await early.query('BEGIN')
  await announce(connection(early), [ringing('early')])
  await early.query('COMMIT')
  const seen = await number()
  expect(await namesAfter(0)).toEqual(['early'])
  await late.query('COMMIT')
  await number()
  expect(await namesAfter(seen)).toEqual(['late 1', 'late 2'])
  for (const client of [late, early]) client.release()
})

test('events are numbered once, however many servers do it at the same time', async () => {
  const before = await number()
  const work = Array.from({ length: 30 }, async (_, index) => {
    await announce(connection(pool), [ringing(`a${index}`), ringing(`b${index}`)])
    await number()
  })
  await Promise.all(work)
  const { rows } = await pool.query('SELECT position::int FROM events WHERE position > $1 ORDER BY position', [before])
  expect(rows.map((row) => row.position)).toEqual(Array.from({ length: 60 }, (_, index) => before + 1 + index))
})

test('what an event tells is stored whatever it holds, but for what PostgreSQL has no word for', async () => {
  const before = await number()
  await announce(connection(pool), [{ ...ringing('a\0b\ud800'), extension_ids: [domainId] }])
  await number()
  expect(await namesAfter(before)).toEqual(['ab\ufffd'])
  const { rows } = await pool.query('SELECT extension_ids FROM events ORDER BY position DESC LIMIT 1')
  expect(rows).toEqual([{ extension_ids: [domainId] }])
})

test('who listens is woken by the commit', async () => {
  const client = await pool.connect()
  await client.query('LISTEN pbx_events')
  const heard = new Promise((resolve) => client.once('notification', resolve))
  await announce(connection(pool), [ringing('heard')])
  await heard
  client.release(true)
})
