import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Lane } from '../../src/database/lane.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let lane: Lane

beforeAll(async () => {
  database = await createDatabase('nothing')
  lane = new Lane({ url: database.url, statementTimeoutMs: 2000 })
})
afterAll(async () => {
  await lane?.close()
  await database?.drop()
})

const echo = (text: string) => lane.query('SELECT $1::text, NULL, 7, true', [text], 'echo')

test('a hundred reads at once each get their own answer, as PostgreSQL writes it', async () => {
  const texts = Array.from({ length: 100 }, (_one, index) => `${index} "é", \\ 😀`)
  expect(await Promise.all(texts.map(echo))).toEqual(texts.map((text) => [[text, null, '7', 't']]))
})

test('a statement that fails fails alone, prepared or not', async () => {
  const answers = await Promise.allSettled([
    echo('before'),
    lane.query('SELECT 1 / $1::int', [0], 'broken'),
    lane.query('SELECT nonsense', [], undefined),
    lane.query('SELECT 1 / $1::int', [1], 'broken'),
    echo('after'),
  ])
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled', 'fulfilled'])
})

test('a value that PostgreSQL cannot hold is the error of its statement', async () => {
  await expect(lane.query('SELECT $1::text', ['\0'], undefined)).rejects.toMatchObject({ code: '22021' })
  expect(await echo('still')).toEqual([['still', null, '7', 't']])
})

test('a statement that takes too long is stopped, and holds up the others no longer than that', async () => {
  const slow = lane.query('SELECT pg_sleep(30)', [], undefined)
  const behind = Promise.all([echo('one'), echo('two')])
  await expect(slow).rejects.toMatchObject({ code: '57014' })
  expect(await behind).toHaveLength(2)
})

test('lost connections reject what is under way and are made anew', async () => {
  const underWay = lane.query('SELECT pg_sleep(1)', [], undefined)
  const lost = expect(underWay).rejects.toThrow()
  const admin = new pg.Client({ connectionString: database.url })
  await admin.connect()
  await expect.poll(async () => (await backends(admin)).length).toBeGreaterThan(1)
  await admin.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [await backends(admin)])
  await lost
  await expect.poll(() => echo('again').catch(() => null)).toEqual([['again', null, '7', 't']])
  await Promise.all(Array.from({ length: 10 }, () => echo('and again')))
  expect((await backends(admin)).length).toBeLessThanOrEqual(2)
  await admin.end()
})

async function backends(admin: pg.Client): Promise<number[]> {
  const { rows } = await admin.query(
    'SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  )
  return rows.map(({ pid }) => pid as number)
}

test('connections that are lost while the lane closes do no harm', async () => {
  const admin = new pg.Client({ connectionString: database.url })
  await admin.connect()
  for (let round = 0; round < 20; round += 1) {
    const other = new Lane({ url: database.url, statementTimeoutMs: 2000 })
    await Promise.all([1, 2].map(() => other.query('SELECT 1', [], undefined)))
    const lost = admin.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    )
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 3))
    await other.close()
    await lost
  }
  await admin.end()
})
