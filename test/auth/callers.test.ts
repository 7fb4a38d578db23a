import type pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { Callers, INVALID_TOKEN, USER_INACTIVE } from '../../src/auth/callers.ts'
import { createToken, revokeToken } from '../../src/auth/tokens.ts'
import { createUser, ensureGroups, setPassword } from '../../src/auth/users.ts'
import { createPool } from '../../src/database/pool.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

const quiet = { info() {}, warn() {} }

let database: TestDatabase
let pool: pg.Pool
let domainId: string
/** Two servers on one database. */
let here: Callers
let there: Callers
let userId: number
let token: { id: number; key: string }
let count = 0

beforeAll(async () => {
  database = await createDatabase()
  pool = createPool({ url: database.url, statementTimeoutMs: 5_000 })
  await ensureGroups(pool)
})
afterAll(async () => {
  await pool?.end()
  await database?.drop()
})
beforeEach(async () => {
  count += 1
  domainId = await newDomain(`d${count}.example`)
  userId = await createUser(pool, { username: `user${count}`, groups: ['minor_admin_api', 'user_api'], domainId })
  token = await createToken(pool, { userId })
  here = newCallers()
  there = newCallers()
  await vi.waitFor(() => expect(here.remembering && there.remembering).toBe(true))
})
afterEach(async () => {
  vi.restoreAllMocks()
  await here.close()
  await there.close()
})

describe('who a token is', () => {
  it('tells user, role, groups, tenant and profile', async () => {
    const { rows } = await pool.query('SELECT id, user_uuid FROM profiles WHERE user_id = $1', [userId])
    expect(await here.find(token.key)).toEqual({
      userId,
      username: `user${count}`,
      role: 'minor_admin_api',
      groups: ['minor_admin_api', 'user_api'],
      domainId,
      userUuid: rows[0].user_uuid,
      profileId: rows[0].id,
      tokenId: token.id,
    })
  })

  it('knows users without profile or group, and superusers', async () => {
    const plain = await createUser(pool, { username: `plain${count}` })
    await pool.query('DELETE FROM profiles WHERE user_id = $1', [plain])
    const one = await createToken(pool, { userId: plain })
    expect(await here.find(one.key)).toMatchObject({ role: null, groups: [], domainId: null, profileId: null })
    const root = await createUser(pool, { username: `root${count}`, isSuperuser: true })
    const two = await createToken(pool, { userId: root })
    expect(await here.find(two.key)).toMatchObject({ role: 'admin_api', groups: [] })
  })

  it('refuses keys that are unknown, malformed or expired', async () => {
    expect(await here.find('f'.repeat(40))).toBe(INVALID_TOKEN)
    expect(await here.find("' OR 1=1 --")).toBe(INVALID_TOKEN)
    const soon = await createToken(pool, { userId, expires: new Date(Date.now() + 300) })
    expect(await here.find(soon.key)).toHaveProperty('userId', userId)
    await new Promise((resolve) => setTimeout(resolve, 320))
    expect(await here.find(soon.key)).toBe(INVALID_TOKEN) // although remembered
  })

  it('shuts administrators of the whole system out with their user or profile, not with their tenant', async () => {
    const admin = await createUser(pool, { username: `admin${count}`, groups: ['admin_api'], domainId })
    const { key } = await createToken(pool, { userId: admin })
    await pool.query('UPDATE domains SET enabled = false WHERE id = $1', [domainId])
    expect(await here.find(key)).toHaveProperty('role', 'admin_api')
    await pool.query('UPDATE profiles SET enabled = false WHERE user_id = $1', [admin])
    await here.settled()
    expect(await here.find(key)).toBe(USER_INACTIVE)
  })
})

describe('what is remembered', () => {
  it('is not asked for twice', async () => {
    await here.find(token.key)
    const query = vi.spyOn(pool, 'query')
    const callers = await Promise.all([here.find(token.key), here.find(token.key)])
    expect(query).not.toHaveBeenCalled()
    expect(callers[0]).toBe(callers[1])
  })

  it('is bounded; the one longest unused goes', async () => {
    const small = newCallers({ capacity: 2 })
    await vi.waitFor(() => expect(small.remembering).toBe(true))
    const [a, b, c] = [await createToken(pool, { userId }), await createToken(pool, { userId }), token]
    for (const { key } of [a, b, a, c]) await small.find(key)
    const query = vi.spyOn(pool, 'query')
    await small.find(a.key)
    await small.find(c.key)
    expect(query).not.toHaveBeenCalled()
    await small.find(b.key)
    expect(query).toHaveBeenCalled()
    await small.close()
  })

  const role = (caller: unknown) => (caller as { role: string | null }).role
  it.each<[string, () => Promise<unknown>, (found: unknown) => void]>([
    ['a revoked token', () => revokeToken(pool, token.id), (found) => expect(found).toBe(INVALID_TOKEN)],
    [
      'an expiry',
      () => change('tokens SET expires = now()', 'id', token.id),
      (found) => expect(found).toBe(INVALID_TOKEN),
    ],
    [
      'a new password',
      () => setPassword(pool, userId, 'kite-lantern-42'),
      (found) => expect(found).toBe(INVALID_TOKEN),
    ],
    ['a disabled user', () => change('users SET is_active = false'), (found) => expect(found).toBe(USER_INACTIVE)],
    [
      'a deleted user',
      () => pool.query('DELETE FROM users WHERE id = $1', [userId]),
      (found) => expect(found).toBe(INVALID_TOKEN),
    ],
    [
      'a disabled profile',
      () => change('profiles SET enabled = false', 'user_id'),
      (found) => expect(found).toBe(USER_INACTIVE),
    ],
    [
      'a disabled domain',
      () => change('domains SET enabled = false', 'id', domainId),
      (found) => expect(found).toBe(USER_INACTIVE),
    ],
    [
      'a deleted domain',
      () => pool.query('DELETE FROM domains WHERE id = $1', [domainId]),
      (found) => expect(found).toMatchObject({ domainId: null }),
    ],
    [
      'another domain',
      () => change('profiles SET domain_id = NULL', 'user_id'),
      (found) => expect(found).toMatchObject({ domainId: null }),
    ],
    [
      'another name',
      () => change(`users SET username = 'renamed' || id`),
      (found) => expect(found).toMatchObject({ username: `renamed${userId}` }),
    ],
    ['superuser', () => change('users SET is_superuser = true'), (found) => expect(role(found)).toBe('admin_api')],
    [
      'a lost group',
      () =>
        pool.query(
          `DELETE FROM user_groups USING groups WHERE id = group_id AND user_id = $1 AND name = 'minor_admin_api'`,
          [userId],
        ),
      (found) => expect(role(found)).toBe('user_api'),
    ],
    [
      'a gained group',
      () => pool.query(`INSERT INTO user_groups SELECT $1, id FROM groups WHERE name = 'admin_api'`, [userId]),
      (found) => expect(role(found)).toBe('admin_api'),
    ],
    [
      'a new profile',
      () => pool.query('DELETE FROM profiles WHERE user_id = $1', [userId]),
      (found) => expect(found).toMatchObject({ profileId: null }),
    ],
  ])('is forgotten on every server for %s', async (_change, act, check) => {
    await Promise.all([here.find(token.key), there.find(token.key)])
    await act()
    await here.settled()
    check(await here.find(token.key))
    await there.settled()
    check(await there.find(token.key))
  })

  it('is forgotten when a group gets another name, and nothing else is for a mere login or use', async () => {
    await here.find(token.key)
    await pool.query('UPDATE users SET last_login = now()')
    await pool.query(`UPDATE profiles SET status = 'Available', updated = now()`)
    await pool.query('UPDATE tokens SET last_used = now()')
    await here.settled()
    const query = vi.spyOn(pool, 'query')
    await here.find(token.key)
    expect(query).not.toHaveBeenCalled()
    await pool.query(`UPDATE groups SET name = 'retired' WHERE name = 'minor_admin_api'`)
    await here.settled()
    expect(await here.find(token.key)).toMatchObject({ role: 'user_api' })
    await pool.query(`UPDATE groups SET name = 'minor_admin_api' WHERE name = 'retired'`)
  })

  it('does not come from a lookup that a change overtook', async () => {
    const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>
    let release: (() => void) | undefined
    vi.spyOn(pool, 'query').mockImplementationOnce((async (...args: unknown[]) => {
      const old = await query(...args)
      await new Promise<void>((resolve) => (release = resolve))
      return old
    }) as never)
    const early = here.find(token.key)
    await vi.waitFor(() => expect(release).toBeDefined())
    await revokeToken(pool, token.id)
    await here.settled()
    release?.()
    expect(await early).toHaveProperty('userId', userId) // it asked before
    expect(await here.find(token.key)).toBe(INVALID_TOKEN)
  })
})

describe('a server that cannot listen', () => {
  it('remembers nothing until it listens again', async () => {
    await here.find(token.key)
    await pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'pbx-api listener' AND datname = current_database()`)
    await vi.waitFor(() => expect(here.remembering).toBe(false), { interval: 1 })
    await change('users SET is_active = false')
    expect(await here.find(token.key)).toBe(USER_INACTIVE)
    await change('users SET is_active = true')
    await vi.waitFor(() => expect(here.remembering).toBe(true), { timeout: 5_000 })
    await here.find(token.key)
    const query = vi.spyOn(pool, 'query')
    await here.find(token.key)
    expect(query).not.toHaveBeenCalled()
  })

  it('serves all the same', async () => {
    const warn = vi.fn()
    const deaf = new Callers(pool, { connection: { host: '127.0.0.1', port: 1 }, log: { ...quiet, warn } })
    await vi.waitFor(() => expect(warn).toHaveBeenCalledOnce())
    expect(await deaf.find(token.key)).toHaveProperty('userId', userId)
    await revokeToken(pool, token.id)
    await deaf.settled()
    expect(await deaf.find(token.key)).toBe(INVALID_TOKEN)
    await deaf.close()
  })

  it('forgets all when it does not hear itself within a second', async () => {
    await here.find(token.key)
    vi.spyOn(pool, 'query').mockImplementationOnce((() => new Promise(() => {})) as never)
    const start = performance.now()
    await here.settled()
    expect(performance.now() - start).toBeLessThan(1_500)
    const query = vi.spyOn(pool, 'query')
    await here.find(token.key)
    expect(query).toHaveBeenCalled()
  })
})

describe('last_used', () => {
  const lastUsed = async () =>
    (await pool.query('SELECT last_used FROM tokens WHERE id = $1', [token.id])).rows[0].last_used

  it('is noted once a minute, and a failure to do so is no failure of the request', async () => {
    const query = vi.spyOn(pool, 'query')
    for (let use = 0; use < 5; use += 1) await here.find(token.key)
    expect(query).toHaveBeenCalledTimes(2) // find, note
    await vi.waitFor(async () => expect(await lastUsed()).toBeInstanceOf(Date))
    const first = await lastUsed()
    await there.find(token.key)
    await there.close()
    expect(await lastUsed()).toEqual(first)

    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000)
    query.mockRejectedValueOnce(new Error('read-only') as never)
    expect(await here.find(token.key)).toHaveProperty('userId', userId)
  })
})

function newCallers(options: { capacity?: number } = {}): Callers {
  return new Callers(pool, { connection: { connectionString: database.url }, log: quiet, ...options })
}

async function newDomain(name: string): Promise<string> {
  const { rows } = await pool.query('INSERT INTO domains (name, portal_name) VALUES ($1, $1) RETURNING id', [name])
  return rows[0].id
}

function change(update: string, column = 'id', value: unknown = userId) {
  return pool.query(`UPDATE ${update} WHERE ${column} = $1`, [value])
}
