import fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createToken } from '../../src/auth/tokens.ts'
import { createUser, ensureGroups, setPassword } from '../../src/auth/users.ts'
import { readConfig } from '../../src/config.ts'
import authentication from '../../src/plugins/authentication.ts'
import bodies from '../../src/plugins/bodies.ts'
import databasePlugin from '../../src/plugins/database.ts'
import errors from '../../src/plugins/errors.ts'
import permissions from '../../src/plugins/permissions.ts'
import signIn from '../../src/plugins/sign-in.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

const PASSWORD = 'kite-lantern-42'
const DJANGO_PASSWORD = 'correct horse battery'
const DJANGO_HASH = 'pbkdf2_sha256$1000$seasalt$DrdiWD40lyBuydnjvZiDrdQMx1S1mOA9O0QYex0R6ww='

let database: TestDatabase
let app: FastifyInstance
let domainId: string
let userId: number

beforeAll(async () => {
  database = await createDatabase()
  app = await appWith({})
  await ensureGroups(app.pool)
  const domain = `INSERT INTO domains (name, portal_name) VALUES ('acme.example', 'acme.example') RETURNING id`
  domainId = (await app.pool.query(domain)).rows[0].id
  const groups = ['user_api', 'minor_admin_api']
  userId = await createUser(app.pool, { username: 'anna', password: PASSWORD, groups, domainId })
  await createUser(app.pool, { username: 'nobody', password: PASSWORD })
})
afterAll(async () => {
  await app?.close()
  await database?.drop()
})
let address = ''
let count = 0
beforeEach(() => {
  count += 1
  address = `10.0.0.${count}` // failures of one test are not another's
})
afterEach(() => vi.restoreAllMocks())

describe('login', () => {
  it('gives a token that works, and tells who has it', async () => {
    const answer = await login({ username: 'anna', password: PASSWORD })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.json()).toEqual({
      token: expect.stringMatching(/^[0-9a-f]{40}$/),
      expires_at: null,
      user: { id: userId, username: 'anna', groups: ['minor_admin_api', 'user_api'], domain_id: domainId },
    })
    const { token, user } = answer.json()
    expect((await as(token, 'GET', '/api-auth/user/')).json()).toEqual({
      ...user,
      role: 'minor_admin_api',
      token: { name: 'login', created: expect.stringMatching(/^\d{4}-.*Z$/), expires_at: null },
    })
    const { rows } = await app.pool.query('SELECT last_login FROM users WHERE id = $1', [userId])
    expect(Date.now() - rows[0].last_login.getTime()).toBeLessThan(10_000)
  })

  it('takes a form, spaces around the name, and users without a role', async () => {
    const payload = 'username=+nobody+&password=kite-lantern-42&grant_type=&client_id=swagger'
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await send('POST', '/api-auth/login/', { payload, headers })
    expect(answer.json()).toMatchObject({ user: { username: 'nobody', groups: [], domain_id: null } })
    expect(answer.json()).not.toHaveProperty('access_token')
  })

  it('serves an OAuth2 password flow', async () => {
    const { token, access_token, token_type } = (
      await login({ grant_type: 'password', username: 'anna', password: PASSWORD, scope: '' })
    ).json()
    expect(access_token).toBe(token)
    expect((await as(access_token, 'GET', '/api-auth/user/', token_type)).statusCode).toBe(200)
  })

  it('ends tokens after TOKEN_TTL_DAYS', async () => {
    const other = await appWith({ TOKEN_TTL_DAYS: '7' })
    const payload = { username: 'anna', password: PASSWORD, grant_type: 'password' }
    const answer = (await other.inject({ method: 'POST', url: '/api-auth/login/', payload })).json()
    await other.close()
    expect(answer.expires_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(Math.round((Date.parse(answer.expires_at) - Date.now()) / 86_400_000)).toBe(7)
    expect(answer.expires_in).toBeGreaterThan(604_700)
  })

  it.each([
    [{}, { username: ['This field is required.'], password: ['This field is required.'] }],
    [
      { username: ' ', password: '' },
      { username: ['This field may not be blank.'], password: ['This field may not be blank.'] },
    ],
    [
      { username: null, password: ['x'] },
      { username: ['This field may not be null.'], password: ['Not a valid string.'] },
    ],
    [{ username: 'a\0b', password: 'x' }, { username: ['Null characters are not allowed.'] }],
    [[], { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] }],
  ])('refuses %j by field', async (body, fields) => {
    const answer = await login(body)
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toEqual({ ...fields, error: 400, message: 'Bad Request', detail: fields })
  })

  it.each([
    ['a wrong password', 'anna', 'kite-lantern-43', ''],
    ['another case of the password', 'anna', PASSWORD.toUpperCase(), ''],
    ['an unknown user', 'ghost', PASSWORD, ''],
    ['a disabled user', 'anna', PASSWORD, 'users SET is_active'],
    ['a disabled profile', 'anna', PASSWORD, 'profiles SET enabled'],
    ['a disabled domain', 'anna', PASSWORD, 'domains SET enabled'],
    ['an overlong name', 'x'.repeat(10_000), PASSWORD, ''],
  ])('refuses %s, not telling why', async (_what, username, password, disable) => {
    if (disable) await app.pool.query(`UPDATE ${disable} = false`)
    const answer = await login({ username, password })
    if (disable) await app.pool.query(`UPDATE ${disable} = true`)
    expect(answer.statusCode).toBe(401)
    expect(answer.headers['www-authenticate']).toBe('Token')
    expect(answer.json()).toEqual({
      error: 401,
      message: 'Unauthorized',
      detail: 'Unable to log in with provided credentials.',
    })
  })

  it('refuses a user whose password cannot be used', async () => {
    await createUser(app.pool, { username: 'machine' })
    expect((await login({ username: 'machine', password: PASSWORD })).statusCode).toBe(401)
    await app.pool.query(`INSERT INTO user_passwords SELECT id, '!unusable' FROM users WHERE username = 'machine'`)
    expect((await login({ username: 'machine', password: '!unusable' })).statusCode).toBe(401)
  })

  it("upgrades a Django user's hash at the first login, once for logins at the same time", async () => {
    const id = await createUser(app.pool, { username: 'django' })
    await app.pool.query('INSERT INTO user_passwords VALUES ($1, $2)', [id, DJANGO_HASH])
    expect((await login({ username: 'django', password: 'wrong' })).statusCode).toBe(401)
    const body = { username: 'django', password: DJANGO_PASSWORD }
    const answers = await Promise.all([
      login(body),
      send('POST', '/api-auth/login/', { payload: body, remoteAddress: '10.9.9.9' }),
    ])
    expect(answers.map((answer) => answer.statusCode)).toEqual([200, 200])
    const { rows } = await app.pool.query('SELECT hash FROM user_passwords WHERE user_id = $1', [id])
    expect(rows[0].hash).toMatch(/^\$argon2id\$/)
    expect((await login(body)).statusCode).toBe(200)
  })

  it('leaves no token behind when the password changes meanwhile', async () => {
    const id = await createUser(app.pool, { username: 'racer', password: PASSWORD })
    const before = login({ username: 'racer', password: PASSWORD })
    await Promise.all([before, setPassword(app.pool, id, 'another-lantern-43')])
    const { rows } = await app.pool.query('SELECT created FROM tokens WHERE user_id = $1', [id])
    expect(rows).toEqual([])
    if ((await before).statusCode === 200) {
      await app.callers.settled()
      expect((await as((await before).json().token, 'GET', '/api-auth/user/')).statusCode).toBe(401)
    }
  })
})

describe('failed logins', () => {
  it('are ten a minute for an address and a user, whatever the case of the name', async () => {
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      const username = attempt % 2 ? 'anna' : 'ANNA'
      expect((await login({ username, password: 'wrong' })).statusCode).toBe(401)
    }
    const answer = await login({ username: 'anna', password: PASSWORD }) // even the right one
    expect(answer.statusCode).toBe(429)
    const seconds = Number(answer.headers['retry-after'])
    expect(seconds).toBeGreaterThan(50)
    expect(seconds).toBeLessThanOrEqual(60)
    expect(answer.json().detail).toBe(`Request was throttled. Expected available in ${seconds} seconds.`)
    expect((await login({ username: 'nobody', password: PASSWORD })).statusCode).toBe(200)
    address = '10.1.0.1'
    expect((await login({ username: 'anna', password: PASSWORD })).statusCode).toBe(200)
  })

  it('are counted when they come at once, and right ones are not', async () => {
    const right = await Promise.all(Array.from({ length: 12 }, () => login({ username: 'anna', password: PASSWORD })))
    expect(right.map((answer) => answer.statusCode)).toEqual(Array(12).fill(200))
    const wrong = await Promise.all(Array.from({ length: 15 }, () => login({ username: 'anna', password: 'wrong' })))
    expect(wrong.map((answer) => answer.statusCode)).toEqual([...Array(10).fill(401), ...Array(5).fill(429)])
  })

  it('are forgotten by a login that succeeds', async () => {
    for (let attempt = 1; attempt <= 9; attempt += 1) await login({ username: 'anna', password: 'wrong' })
    expect((await login({ username: 'anna', password: PASSWORD })).statusCode).toBe(200)
    expect((await login({ username: 'anna', password: 'wrong' })).statusCode).toBe(401)
    expect((await login({ username: 'anna', password: PASSWORD })).statusCode).toBe(200)
  })
})

describe('a token', () => {
  it('ends at logout, and no other does', async () => {
    const [one, two] = [await newToken(), await newToken()]
    expect((await as(one, 'POST', '/api-auth/logout/')).statusCode).toBe(204)
    const after = await as(one, 'GET', '/api-auth/user/')
    expect(after.statusCode).toBe(401)
    expect(after.json().detail).toBe('Invalid token.')
    expect((await as(two, 'GET', '/api-auth/user/')).statusCode).toBe(200)
  })

  it('is exchanged for a new one of the same name and lifetime', async () => {
    const expires = new Date(Date.now() + 3_600_000)
    const { key } = await createToken(app.pool, { userId, name: 'panel', expires })
    const answer = await as(key, 'POST', '/api-auth/rotate/')
    expect(answer.statusCode).toBe(200)
    const { token, expires_at, user } = answer.json()
    expect(token).not.toBe(key)
    expect(user).toMatchObject({ id: userId, username: 'anna' })
    expect(Math.abs(Date.parse(expires_at) - Date.now() - 3_600_000)).toBeLessThan(5_000)
    expect((await as(key, 'GET', '/api-auth/user/')).statusCode).toBe(401)
    expect((await as(token, 'GET', '/api-auth/user/')).json().token).toMatchObject({ name: 'panel', expires_at })
  })

  it('is exchanged once, however many ask', async () => {
    const key = await newToken()
    const answers = await Promise.all(Array.from({ length: 5 }, () => as(key, 'POST', '/api-auth/rotate/')))
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 401, 401, 401, 401])
  })

  it.each([
    [undefined, 'Authentication credentials were not provided.'],
    ['Basic YW5uYTpzZWNyZXQ=', 'Authentication credentials were not provided.'],
    ['Token', 'Invalid token header. No credentials provided.'],
    ['token a b', 'Invalid token header. Token string should not contain spaces.'],
    [`Token ${'0'.repeat(40)}`, 'Invalid token.'],
    ['Bearer short', 'Invalid token.'],
  ])('must be told as DRF wants: %s', async (authorization, detail) => {
    const answer = await send('GET', '/api-auth/user/', { headers: authorization ? { authorization } : {} })
    expect(answer.statusCode).toBe(401)
    expect(answer.headers['www-authenticate']).toBe('Token')
    expect(answer.json()).toEqual({ error: 401, message: 'Unauthorized', detail })
  })

  it.each(['Token', 'token', 'BEARER'])('may come with the scheme %s', async (scheme) => {
    expect((await as(await newToken(), 'GET', '/api-auth/user/', scheme)).statusCode).toBe(200)
  })
})

it('answers 405 to other methods', async () => {
  const answer = await send('GET', '/api-auth/login/')
  expect(answer.statusCode).toBe(405)
  expect(answer.headers.allow).toBe('POST, OPTIONS')
  expect((await send('DELETE', '/api-auth/user/')).statusCode).toBe(401)
  expect((await as(await newToken(), 'DELETE', '/api-auth/user/')).headers.allow).toBe('GET, HEAD, OPTIONS')
})

async function appWith(environment: Record<string, string>): Promise<FastifyInstance> {
  const made = fastify()
  made.decorate('config', { ...readConfig(environment), databaseUrl: database.url })
  for (const plugin of [errors, databasePlugin, authentication, permissions, bodies, signIn])
    await made.register(plugin)
  await made.ready()
  return made
}

function send(method: 'GET' | 'POST' | 'DELETE', url: string, options: InjectOptions = {}) {
  return app.inject({ method, url, remoteAddress: address, ...options })
}

function login(body: unknown) {
  const headers = { 'content-type': 'application/json' }
  return send('POST', '/api-auth/login/', { headers, payload: JSON.stringify(body) })
}

function as(key: string, method: 'GET' | 'POST' | 'DELETE', url: string, scheme = 'Token') {
  return send(method, url, { headers: { authorization: `${scheme} ${key}` } })
}

async function newToken(): Promise<string> {
  return (await createToken(app.pool, { userId })).key
}
