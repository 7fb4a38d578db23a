import { createHash } from 'node:crypto'
import type pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createToken, expiryAfter, findToken, importToken, listTokens, revokeToken } from '../../src/auth/tokens.ts'
import { createUser } from '../../src/auth/users.ts'
import { createPool } from '../../src/database/pool.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let pool: pg.Pool
let userId: number

beforeAll(async () => {
  database = await createDatabase()
  pool = createPool({ url: database.url, statementTimeoutMs: 5_000 })
  userId = await createUser(pool, { username: 'anna' })
})
afterAll(async () => {
  await pool?.end()
  await database?.drop()
})

it('keeps only the SHA-256 of a key of 40 hex digits', async () => {
  const expires = expiryAfter(30)
  const token = await createToken(pool, { userId, name: 'laptop', expires })
  expect(token.key).toMatch(/^[0-9a-f]{40}$/)
  const { rows } = await pool.query('SELECT * FROM tokens WHERE id = $1', [token.id])
  expect(rows).toEqual([
    {
      id: token.id,
      user_id: userId,
      key_hash: createHash('sha256').update(token.key).digest(),
      name: 'laptop',
      created: expect.any(Date),
      expires,
      last_used: null,
    },
  ])
  expect(JSON.stringify(rows)).not.toContain(token.key)
})

it('makes another key each time, and lists a user’s tokens', async () => {
  const one = await createToken(pool, { userId })
  const two = await createToken(pool, { userId, name: 'two' })
  expect(one.key).not.toBe(two.key)
  const listed = await listTokens(pool, userId)
  expect(listed.slice(-2)).toMatchObject([
    { id: one.id, name: '', expires: null, lastUsed: null },
    { id: two.id, name: 'two', expires: null, lastUsed: null },
  ])
  expect(await listTokens(pool, userId + 1)).toEqual([])
})

it('revokes once', async () => {
  const { id } = await createToken(pool, { userId })
  expect(await revokeToken(pool, id)).toBe(true)
  expect(await revokeToken(pool, id)).toBe(false)
  expect(await findToken(pool, id)).toBeUndefined()
})

it("takes over DjangoPBX's keys as they are, and nothing that is none", async () => {
  const key = '9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b'
  const id = await importToken(pool, userId, key)
  expect(await findToken(pool, id)).toMatchObject({ name: 'imported', expires: null })
  await expect(importToken(pool, userId, key.toUpperCase())).rejects.toThrow(RangeError)
  await expect(importToken(pool, userId, 'secret')).rejects.toThrow(RangeError)
})

it('counts expiry in days from now, to the second', () => {
  expect(expiryAfter(null)).toBeNull()
  expect(expiryAfter(2, Date.UTC(2026, 0, 30, 12, 0, 0, 1))?.toISOString()).toBe('2026-02-01T12:00:01.000Z')
})
