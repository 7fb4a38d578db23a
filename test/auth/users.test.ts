import type pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { verifyPassword } from '../../src/auth/passwords.ts'
import { createToken, listTokens } from '../../src/auth/tokens.ts'
import { createUser, ensureAdministrator, ensureGroups, setPassword } from '../../src/auth/users.ts'
import { createPool } from '../../src/database/pool.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let pool: pg.Pool

beforeAll(async () => {
  database = await createDatabase()
  pool = createPool({ url: database.url, statementTimeoutMs: 5_000 })
})
afterAll(async () => {
  await pool?.end()
  await database?.drop()
})

it('makes one administrator, however many servers start at once, with a password told once', async () => {
  const made = await Promise.all(Array.from({ length: 5 }, () => ensureAdministrator(pool, { username: 'admin' })))
  expect(made.filter(Boolean)).toEqual([
    { username: 'admin', password: expect.stringMatching(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/) },
  ])
  const { rows } = await pool.query(
    `SELECT username, is_superuser, hash, name FROM users JOIN user_passwords p ON p.user_id = users.id
     JOIN user_groups ug ON ug.user_id = users.id JOIN groups g ON g.id = group_id`,
  )
  expect(rows).toMatchObject([{ username: 'admin', is_superuser: false, name: 'admin_api' }])
  expect((await verifyPassword(made.find(Boolean)!.password!, rows[0].hash)).ok).toBe(true)
})

it('makes no administrator where there is one, under whatever name', async () => {
  expect(await ensureAdministrator(pool, { username: 'other', password: 'kite-lantern-42' })).toBeNull()
  await pool.query('DELETE FROM user_groups')
  expect(await ensureAdministrator(pool, { username: 'admin' })).toBeNull() // the name is somebody's
  await pool.query('UPDATE users SET is_superuser = true')
  expect(await ensureAdministrator(pool, { username: 'other' })).toBeNull()
  await pool.query('DELETE FROM users')
  expect(await ensureAdministrator(pool, { username: 'other', password: 'kite-lantern-42' })).toEqual({
    username: 'other',
  })
})

it('makes the groups once, and uses up no numbers afterwards', async () => {
  const before = (await pool.query('SELECT id, name FROM groups ORDER BY id')).rows
  expect(before.map(({ name }) => name)).toEqual(['user_api', 'minor_admin_api', 'admin_api'])
  await ensureGroups(pool)
  await ensureGroups(pool)
  expect((await pool.query('SELECT id, name FROM groups ORDER BY id')).rows).toEqual(before)
  const { rows } = await pool.query(`INSERT INTO groups (name) VALUES ('next') RETURNING id`)
  expect(rows[0].id).toBe(before.at(-1).id + 1)
})

it('makes a user with profile and groups, or nothing', async () => {
  const id = await createUser(pool, { username: 'anna', groups: ['user_api', 'user_api'], email: 'anna@acme.example' })
  const { rows } = await pool.query('SELECT username, email, domain_id, enabled FROM profiles WHERE user_id = $1', [id])
  expect(rows).toEqual([{ username: 'anna', email: 'anna@acme.example', domain_id: null, enabled: true }])
  await expect(createUser(pool, { username: 'anna' })).rejects.toMatchObject({
    fields: { username: ['A user with that username already exists.'] },
  })
  await expect(createUser(pool, { username: 'bob', groups: ['user_api', 'pilots'] })).rejects.toMatchObject({
    fields: { groups: ['Object with name=pilots does not exist.'] },
  })
  expect((await pool.query(`SELECT 1 FROM users WHERE username = 'bob'`)).rows).toEqual([])
})

it('ends the tokens with the old password, unless they are to stay', async () => {
  const id = await createUser(pool, { username: 'carl', password: 'kite-lantern-42' })
  await createToken(pool, { userId: id })
  await setPassword(pool, id, 'kite-lantern-43', { revoke: false })
  expect(await listTokens(pool, id)).toHaveLength(1)
  await setPassword(pool, id, 'kite-lantern-44')
  expect(await listTokens(pool, id)).toEqual([])
  const { rows } = await pool.query('SELECT hash FROM user_passwords WHERE user_id = $1', [id])
  expect((await verifyPassword('kite-lantern-44', rows[0].hash)).ok).toBe(true)
})

it('is part of the transaction it is given', async () => {
  const client = await pool.connect()
  await client.query('BEGIN')
  await createUser(client, { username: 'dora', password: 'kite-lantern-42' })
  await client.query('ROLLBACK')
  client.release()
  expect((await pool.query(`SELECT 1 FROM users WHERE username = 'dora'`)).rows).toEqual([])
})
