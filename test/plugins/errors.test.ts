/** Every error has one shape, and tells no more than its reader may know. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Answer, testApp, testUser, testWorld, type World } from '../support/app.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

const id = '00000000-0000-4000-8000-00000000dead'

describe('a refusal', () => {
  it.each<[number, string, string, string, unknown, Record<string, string>]>([
    [404, 'Not found.', 'GET', '/nothing/here', undefined, {}],
    [404, 'Not found.', 'POST', '/api/nothing/', {}, {}],
    [404, 'Not found.', 'GET', `/api/extensions/${id}/`, undefined, {}],
    [404, 'Invalid page.', 'GET', '/api/extensions/?page=2', undefined, {}],
    [404, 'Not found.', 'GET', '/api/extensions/?format=xml', undefined, {}],
    [405, 'Method "DELETE" not allowed.', 'DELETE', '/api/extensions/', undefined, {}],
    [405, 'Method "POST" not allowed.', 'POST', `/api/extensions/${id}/`, {}, {}],
    [405, 'Method "PUT" not allowed.', 'PUT', `/api/customerextensions/${id}/`, {}, {}],
    [406, 'Could not satisfy the request Accept header.', 'GET', '/api/extensions/', undefined, { accept: 'a/b' }],
    [413, 'The request body is too large.', 'POST', '/api/extensions/', { a: 'x'.repeat(2 ** 21) }, {}],
    [
      415,
      'Unsupported media type "text/plain" in request.',
      'POST',
      '/api/extensions/',
      'x',
      { 'content-type': 'text/plain' },
    ],
    [
      400,
      'JSON parse error - Unexpected end of JSON input',
      'POST',
      '/api/extensions/',
      '[',
      { 'content-type': 'application/json' },
    ],
    [400, "'/api/%ff/' is not a valid url component", 'GET', '/api/%ff/', undefined, {}],
  ])('%d %s', async (status, detail, method, url, body, headers) => {
    const answer = await world.call(world.admin.token, method, url, body, headers)
    expectShape(answer, status, detail)
  })

  it('with 405 names the methods there are', async () => {
    const call = (method: string, url: string) => world.call(world.admin.token, method, url)
    expect((await call('PUT', '/api/extensions/')).headers.allow).toBe('GET, HEAD, POST, PATCH, OPTIONS')
    expect((await call('POST', `/api/extensions/${id}/`)).headers.allow).toBe('GET, HEAD, PUT, PATCH, DELETE, OPTIONS')
    expect((await call('POST', '/api/customerextensions/')).headers.allow).toBe('GET, HEAD, OPTIONS')
    expect((await call('DELETE', `/api/gateways/${id}/start/`)).headers.allow).toBe('POST')
  })

  it("with 401 names the way in, in DRF's words", async () => {
    for (const [authorization, detail] of [
      ['', 'Authentication credentials were not provided.'],
      ['Basic eDp5', 'Authentication credentials were not provided.'],
      ['Token', 'Invalid token header. No credentials provided.'],
      ['Token a b', 'Invalid token header. Token string should not contain spaces.'],
      ['Token nosuch', 'Invalid token.'],
      [`Bearer ${'0'.repeat(40)}`, 'Invalid token.'],
    ] as const) {
      const answer = await world.call(null, 'GET', '/api/extensions/', undefined, { authorization })
      expectShape(answer, 401, detail)
      expect(answer.headers['www-authenticate']).toBe('Token')
    }
  })

  it('comes in the order of DRF: who, whether at all, which method, which row, what', async () => {
    const { user, minor } = world.acme
    expectShape(await world.call(null, 'PUT', '/api/domains/'), 401)
    expectShape(await world.call(user.token, 'PUT', '/api/domains/'), 403)
    expectShape(await world.call(minor.token, 'PUT', '/api/domains/'), 405)
    expectShape(await world.call(minor.token, 'PATCH', `/api/domains/${id}/`, { name: null }), 404)
    expectShape(await world.call(world.nobody.token, 'GET', '/api/extensions/'), 403)
  })

  it('of a value tells each field at the top level as well, unless an error has that name itself', async () => {
    const answer = await world.call(world.admin.token, 'POST', '/api/gateways/', { gateway: '', enabled: 'x' })
    const fields = {
      gateway: ['This field may not be blank.'],
      proxy: ['This field is required.'],
      enabled: ['"x" is not a valid choice.'],
    }
    expect(answer.json).toEqual({ ...fields, error: 400, message: 'Bad Request', detail: fields })
    const strict = { prefer: 'handling=strict' }
    const body = JSON.parse('{"error": 1, "detail": 2, "__proto__": 3, "gateway": "g", "proxy": "p"}') as unknown
    const unknown = (await world.call(world.admin.token, 'POST', '/api/gateways/', body, strict)).json
    const sentence = ['Unknown field.']
    expect(unknown).toMatchObject({ error: 400, message: 'Bad Request', detail: { error: sentence, detail: sentence } })
    expect(Object.getOwnPropertyDescriptor(unknown, '__proto__')?.value).toEqual(sentence)
    expect(Object.keys(unknown.detail)).toEqual(['error', 'detail', '__proto__'])
  })

  it('of a parameter is told of single rows too, whatever its name', async () => {
    for (const name of ['nosuch', '__proto__', 'constructor']) {
      const url = `/api/domains/${world.acme.id}/?${name}=1`
      expect((await world.call(world.admin.token, 'GET', url)).status).toBe(200)
      const strict = await world.call(world.admin.token, 'GET', url, undefined, { prefer: 'handling=strict' })
      expectShape(strict, 400)
      expect(Object.keys(strict.json.detail)).toEqual([name])
    }
  })
})

describe('an error of ours', () => {
  const secret = 'password=hunter2 at /srv/pbx/src/app.ts'

  it('is told as a request id and nothing else', async () => {
    const failure = Object.assign(new Error(secret), { code: 'XX000', detail: secret })
    const fail = (...given: unknown[]) => (given.at(-1) as (error: Error) => void)(failure)
    const broken = vi.spyOn(world.app.pool, 'query').mockImplementation(fail as never)
    const authorization = `Token ${world.admin.token}`
    const answer = await world.app.inject({ url: '/api/extensions/', headers: { authorization } })
    broken.mockRestore()
    const { request_id, detail, ...rest } = answer.json()
    expect(answer.statusCode).toBe(500)
    expect(rest).toEqual({ error: 500, message: 'Internal Server Error' })
    expect(request_id).toBe(answer.headers['x-request-id'])
    expect(detail).toBe(`The server made an error. Its log has the details under the request id ${request_id}.`)
    expect(answer.body).not.toContain('hunter2')
  })
})

describe('a database in trouble', () => {
  it('that is slow is a 503 with Retry-After once STATEMENT_TIMEOUT_MS is over', async () => {
    const quick = await testApp({ limits: { ...world.app.config.limits, statementTimeoutMs: 200 } })
    const { token } = await testUser(quick.app, 'root', ['admin_api'], null)
    const holder = new pg.Client({ connectionString: quick.app.config.databaseUrl })
    await holder.connect()
    try {
      await holder.query('BEGIN; LOCK TABLE extensions IN ACCESS EXCLUSIVE MODE')
      for (const [method, url, body] of [
        ['GET', '/api/extensions/', undefined],
        ['GET', `/api/extensions/${id}/`, undefined],
        ['POST', '/api/extensions/', { domain_id: id, extension: '1', password: 'x' }],
        ['DELETE', `/api/extensions/${id}/`, undefined],
      ] as const) {
        const answer = await quick.call(token, method, url, body)
        expectShape(answer, 503)
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
      }
      await holder.query('ROLLBACK')
      expect((await quick.call(token, 'GET', '/api/extensions/')).status, 'the connections work again').toBe(200)
    } finally {
      await holder.end()
      await quick.close()
    }
  })

  it('that is gone is a 503, and the server recovers by itself', async () => {
    const lost = await testApp()
    const { token } = await testUser(lost.app, 'root', ['admin_api'], null)
    const url = new URL(lost.app.config.databaseUrl)
    const name = url.pathname.slice(1)
    const other = new pg.Client({ connectionString: world.app.config.databaseUrl })
    await other.connect()
    try {
      const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`
      await other.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`)
      await other.query(end)
      // First the connections break, then no new ones are to be had.
      for (let round = 0; round < 8; round += 1) {
        const answer = await lost.call(token, 'GET', '/api/extensions/')
        expectShape(answer, 503)
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
        expect(answer.text).not.toMatch(/test_|postgres|FATAL/i)
      }
      expect((await lost.call(null, 'GET', '/readyz')).json).toEqual({ status: 'unavailable', database: 'unreachable' })
      expect((await lost.call(null, 'GET', '/healthz')).status).toBe(200)
      await other.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`)
      expect((await lost.call(token, 'GET', '/api/extensions/')).status).toBe(200)
      expect((await lost.call(null, 'GET', '/readyz')).json).toEqual({ status: 'ok', database: 'ok' })
    } finally {
      await other.end()
      await lost.close()
    }
  })
})

function expectShape(answer: Answer, status: number, detail?: string): void {
  expect(answer.status, answer.text).toBe(status)
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
  expect(answer.json).toMatchObject({ error: status, message: expect.any(String) })
  if (detail === undefined) return
  expect(answer.json.detail).toBe(detail)
  expect(Object.keys(answer.json)).toEqual(['error', 'message', 'detail'])
}
