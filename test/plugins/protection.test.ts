/** Browsers, crowds and proxies: what they may do, and what is believed of them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AppConfig } from '../../src/app.ts'
import { testWorld, type World } from '../support/app.ts'
import { block, crowd, startSampled, turn } from '../support/busy.ts'

let world: World
afterEach(() => world?.close())

const start = async (changes: Partial<AppConfig>) => {
  world = await testWorld(changes)
}

describe('browsers of CORS_ORIGINS', () => {
  const origin = 'https://panel.example.com'
  const ask = { origin, 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'authorization' }

  it('ask first without a token, and read answers and errors', async () => {
    await start({ corsOrigins: [origin] })
    const preflight = await world.call(null, 'OPTIONS', '/api/extensions/', undefined, ask)
    expect(preflight.status).toBe(204)
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-headers': 'authorization',
      'access-control-max-age': '600',
    })
    expect(preflight.headers['access-control-allow-methods']).toContain('PATCH')
    for (const [token, status] of [
      [world.admin.token, 200],
      [null, 401],
    ] as const) {
      const answer = await world.call(token, 'GET', '/api/extensions/', undefined, { origin })
      expect(answer.status).toBe(status)
      expect(answer.headers['access-control-allow-origin']).toBe(origin)
      expect(answer.headers['access-control-expose-headers']).toContain('X-Request-Id')
    }
    const other = await world.call(null, 'OPTIONS', '/api/extensions/', undefined, {
      ...ask,
      origin: 'https://evil.example',
    })
    expect(other.headers['access-control-allow-origin']).not.toBe('https://evil.example')
  })

  it('OPTIONS that no browser sent ahead gives the metadata to who may have it', async () => {
    await start({ corsOrigins: [origin] })
    expect((await world.call(null, 'OPTIONS', '/api/extensions/')).status).toBe(401)
    expect((await world.call(world.acme.user.token, 'OPTIONS', '/api/domains/')).status).toBe(403)
    const { json, headers } = await world.call(world.admin.token, 'OPTIONS', '/api/extensions/')
    expect(headers.allow).toBe('GET, HEAD, POST, PATCH, OPTIONS')
    expect(json).toMatchObject({ name: 'Extensions List', parses: expect.arrayContaining(['application/json']) })
    expect(json.actions.POST).toMatchObject({
      extension: { type: 'string', required: true, read_only: false, max_length: 32 },
      id: { read_only: true },
    })
    const asUser = await world.call(world.acme.user.token, 'OPTIONS', '/api/extensions/')
    expect(asUser.json.actions).toBeUndefined()
  })

  it('are none unless they are named', async () => {
    await start({})
    const answer = await world.call(null, 'OPTIONS', '/api/extensions/', undefined, ask)
    expect(answer.status).toBe(401)
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  })
})

describe('RATE_LIMIT_MAX', () => {
  it('is per caller; over it is a 429 in the shape of all errors', async () => {
    await start({})
    const { limits } = world.app.config
    await world.close()
    await start({ limits: { ...limits, ratePerMinute: 5 } })
    const list = (token: string | null) => world.call(token, 'GET', '/api/extensions/')
    for (let count = 0; count < 5; count += 1) expect((await list(world.admin.token)).status).toBe(200)
    const refused = await list(world.admin.token)
    expect(refused.status).toBe(429)
    const seconds = Number(refused.headers['retry-after'])
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(60)
    expect(refused.json).toEqual({
      error: 429,
      message: 'Too Many Requests',
      detail: `Request was throttled. Expected available in ${seconds} seconds.`,
    })
    expect((await list(world.acme.minor.token)).status, 'others are not held up').toBe(200)
    for (let count = 0; count < 20; count += 1) {
      expect((await world.call(null, 'GET', '/healthz')).status, 'probes are never refused').toBe(200)
    }
  })
})

describe('behind a proxy', () => {
  const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'pbx.example.com', host: 'inside:8000' }
  const url = async (headers: Record<string, string> = forwarded) => {
    const { json } = await world.call(world.admin.token, 'GET', `/api/domains/${world.acme.id}/`, undefined, headers)
    return json.url.replace(world.acme.id, 'ID')
  }

  it.each<[string, Partial<AppConfig>, string]>([
    ['that is not trusted', {}, 'http://inside:8000/api/domains/ID/'],
    ['that is trusted', { trustProxy: true }, 'https://pbx.example.com/api/domains/ID/'],
    ['whose address is trusted', { trustProxy: ['127.0.0.1'] }, 'https://pbx.example.com/api/domains/ID/'],
    ['whose address is another', { trustProxy: ['10.0.0.0/8'] }, 'http://inside:8000/api/domains/ID/'],
    ['that is one hop away', { trustProxy: 1 }, 'https://pbx.example.com/api/domains/ID/'],
    [
      'with PUBLIC_URL',
      { trustProxy: true, publicUrl: 'https://a.example/pbx' },
      'https://a.example/pbx/api/domains/ID/',
    ],
  ])('%s, links are right', async (_what, changes, expected) => {
    await start(changes)
    expect(await url()).toBe(expected)
    const base = expected.replace(/\/api\/.*/, '')
    const { token } = world.admin
    const index = await world.call(token, 'GET', '/api/', undefined, forwarded)
    expect(index.json.extensions).toBe(`${base}/api/extensions/`)
    const page = await world.call(token, 'GET', '/api/users/?page_size=2', undefined, forwarded)
    expect(page.json.next).toBe(`${base}/api/users/?page_size=2&page=2`)
    expect(page.json.results[0].url.startsWith(`${base}/api/users/`)).toBe(true)
    const body = { name: 'new.example' }
    const made = await world.call(token, 'POST', '/api/domains/', body, forwarded)
    expect(made.headers.location).toBe(made.json.url)
    expect(made.headers.location).toBe(`${base}/api/domains/${made.json.id}/`)
  })
})

describe('every answer', () => {
  beforeEach(() => start({}))

  it('carries a request id of ours and headers that keep browsers from guessing', async () => {
    const ids = new Set<unknown>()
    for (const path of ['/api/', '/nothing', '/healthz', '/api/extensions/?page=9']) {
      const { headers } = await world.call(world.admin.token, 'GET', path, undefined, { 'x-request-id': 'theirs' })
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['x-frame-options']).toBeDefined()
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
      ids.add(headers['x-request-id'])
    }
    expect(ids.size).toBe(4)
  })
})

describe('back-pressure', () => {
  it('turns requests away from a server that cannot keep up, but no probe', async () => {
    const sampled = await startSampled(() => start({}))
    await crowd(sampled)
    const refused = await world.call(world.admin.token, 'GET', '/api/')
    expect(refused.status).toBe(503)
    expect(refused.headers['retry-after']).toBe('5')
    expect(refused.json).toEqual({
      error: 503,
      message: 'Service Unavailable',
      detail: 'The server is busy. Try again soon.',
    })
    expect((await world.call(null, 'GET', '/nothing')).status).toBe(503)
    for (const path of ['/healthz', '/readyz', '/metrics', '/healthz?from=a', '/healthz/']) {
      expect((await world.call(null, 'GET', path)).status, path).toBe(200)
    }
    await turn(100)
    sampled()
    expect((await world.call(world.admin.token, 'GET', '/api/')).status, 'later').toBe(200)
  })

  it('turns nobody away for one pause, even one that is longer than a sample', async () => {
    const sampled = await startSampled(() => start({}))
    block(3000)
    // The timer that ends the sample may come before the clock that measures it, or after.
    sampled()
    expect((await world.call(world.admin.token, 'GET', '/api/')).status).toBe(200)
    await turn(100)
    sampled()
    expect((await world.call(world.admin.token, 'GET', '/api/')).status).toBe(200)
  })
})
