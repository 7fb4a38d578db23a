/** What the server itself has to tell: events that follow from rows, whoever writes them. */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
let pool: pg.Pool
const [domainId, extensionId, boxId] = [randomUUID(), randomUUID(), randomUUID()]

beforeAll(async () => {
  database = await createDatabase()
  pool = new pg.Pool({ connectionString: database.url })
  await pool.query(`INSERT INTO domains (id, name, portal_name) VALUES ($1, 'acme.example', 'portal')`, [domainId])
  const extension = `INSERT INTO extensions (id, domain_id, extension, password) VALUES ($1, $2, '1001', 'pw')`
  await pool.query(extension, [extensionId, domainId])
  await pool.query(`INSERT INTO voicemails (id, extension_id) VALUES ($1, $2)`, [boxId, extensionId])
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

/** The events since this was called last. */
async function news(): Promise<Record<string, unknown>[]> {
  const { rows } = await pool.query('DELETE FROM events RETURNING id, type, domain_id, extension_ids, data')
  return rows.sort((a, b) => a.id - b.id).map(({ id: _id, ...row }) => row)
}
const leave = (client: pg.Pool | pg.PoolClient, status = 'new', urgent = false) => {
  const text = `INSERT INTO voicemail_messages (voicemail_id, filename, name, status, urgent)
    VALUES ($1, 'a.wav', 'a', $2, $3) RETURNING id`
  return client.query<{ id: string }>(text, [boxId, status, urgent])
}
const counts = async () =>
  (await news()).map(({ type, data }) => {
    const { new: fresh, read, saved, urgent } = data as Record<string, number>
    return `${type} ${fresh} ${read} ${saved} ${urgent}`
  })

test('a new call record is told to its tenant and its extension, one that is there already is not', async () => {
  const id = randomUUID()
  const insert = `INSERT INTO xml_cdrs (id, domain_id, extension_id, direction, start_stamp, end_stamp, hangup_cause)
    SELECT i, $2, e, 'inbound', date_trunc('second', now()), date_trunc('second', now()) + interval '0.5 seconds',
      'NORMAL_CLEARING' FROM unnest($1::uuid[], $3::uuid[]) n(i, e) ON CONFLICT DO NOTHING`
  await pool.query(`SELECT pbx_cdr_prepare_month(now())`)
  await pool.query(insert, [[id, randomUUID()], domainId, [extensionId, null]])
  const told = await news()
  expect(told).toHaveLength(2)
  expect(told[0]).toMatchObject({
    type: 'cdr.created',
    domain_id: domainId,
    extension_ids: [extensionId],
    data: { id, extension_id: extensionId, direction: 'inbound', hangup_cause: 'NORMAL_CLEARING', answer_stamp: null },
  })
  const { start_stamp, end_stamp } = told[0]!.data as Record<string, string>
  expect(start_stamp).toMatch(/T\d\d:\d\d:\d\dZ$/)
  expect(end_stamp).toMatch(/T\d\d:\d\d:\d\d\.500000Z$/)
  expect(told[1]).toMatchObject({ extension_ids: [] })
  await pool.query(insert.replace('now()', `'${start_stamp}'::timestamptz`), [[id], domainId, [extensionId]])
  expect(await news()).toEqual([])
})

test('call records of long ago, brought over from elsewhere, are no news', async () => {
  await pool.query(`SELECT pbx_cdr_prepare_month('2026-01-01')`)
  await pool.query(`INSERT INTO xml_cdrs (domain_id, start_stamp) VALUES ($1, '2026-01-05')`, [domainId])
  expect(await news()).toEqual([])
})

test('a box tells what it holds whenever that changes', async () => {
  const { rows } = await leave(pool)
  expect(await news()).toEqual([
    {
      type: 'voicemail.counts',
      domain_id: domainId,
      extension_ids: [extensionId],
      data: {
        voicemail_id: boxId,
        extension_id: extensionId,
        extension: '1001',
        new: 1,
        read: 0,
        saved: 0,
        urgent: 0,
      },
    },
  ])
  await leave(pool, 'new', true)
  const set = (column: string, value: string) =>
    pool.query(`UPDATE voicemail_messages SET ${column} = $2 WHERE id = $1`, [rows[0]!.id, value])
  await set('status', 'read')
  await set('transcription', 'hello')
  await set('status', 'saved')
  await pool.query('DELETE FROM voicemail_messages')
  await pool.query('DELETE FROM voicemail_messages')
  expect(await counts()).toEqual([
    'voicemail.counts 2 0 0 1',
    'voicemail.counts 1 1 0 1',
    'voicemail.counts 1 0 1 1',
    'voicemail.counts 0 0 0 0',
  ])
})

test('of messages that are left at the same time, the one that is committed last tells of both', async () => {
  const [first, second] = [await pool.connect(), await pool.connect()]
  await first.query('BEGIN')
  await leave(first)
  await second.query('BEGIN')
  const waiting = leave(second)
  await first.query('COMMIT')
  await waiting
  await second.query('COMMIT')
  for (const client of [first, second]) client.release()
  expect(await counts()).toEqual(['voicemail.counts 1 0 0 0', 'voicemail.counts 2 0 0 0'])
})

test('what goes with its box or its tenant has nobody to be told to', async () => {
  await leave(pool)
  await news()
  await pool.query('DELETE FROM domains')
  expect(await news()).toEqual([])
})
