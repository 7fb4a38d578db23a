import cors from '@fastify/cors'
import fastify, { type FastifyInstance } from 'fastify'
import plugin from 'fastify-plugin'
import { afterEach, beforeEach, expect, it } from 'vitest'
import errors from '../../src/plugins/errors.ts'
import permissions, { type RouteAccess } from '../../src/plugins/permissions.ts'
import type { Caller } from '../../src/rest/caller.ts'
import { notAuthenticated } from '../../src/rest/errors.ts'

let app: FastifyInstance
/** In place of a database: the token is the name of a role. */
const authentication = plugin(
  async (made: FastifyInstance) => {
    made.decorate('authenticate', async ({ headers }) => {
      if (!headers.authorization) throw notAuthenticated()
      return { role: headers.authorization === 'none' ? null : headers.authorization } as Caller
    })
  },
  { name: 'authentication' },
)

beforeEach(async () => {
  app = fastify({ routerOptions: { ignoreTrailingSlash: true } })
  await app.register(errors)
  await app.register(cors, { origin: ['https://panel.example.com'] })
  await app.register(authentication)
  await app.register(permissions)
})
afterEach(() => app.close())

it.each<[RouteAccess, Record<string, number>]>([
  ['public', { '': 200, none: 200, user_api: 200, minor_admin_api: 200, admin_api: 200 }],
  ['signed in', { '': 401, none: 200, user_api: 200, minor_admin_api: 200, admin_api: 200 }],
  [['admin_api', 'user_api'], { '': 401, none: 403, user_api: 200, minor_admin_api: 403, admin_api: 200 }],
  [[], { '': 401, none: 403, user_api: 403, minor_admin_api: 403, admin_api: 403 }],
])('access %j: %j', async (access, expected) => {
  app.route({ method: ['GET', 'PUT'], url: '/api/things/', config: { access }, handler: async () => 'yes' })
  for (const [authorization, status] of Object.entries(expected)) {
    for (const [method, url] of [
      ['GET', '/api/things/'],
      ['HEAD', '/api/things'],
      ['PUT', '/api/things/'],
    ] as const) {
      const answer = await app.inject({ method, url, headers: authorization ? { authorization } : {} })
      expect(answer.statusCode, `${method} ${authorization}`).toBe(status)
    }
  }
})

it.each(['/api', '/api/', '/api/things/', '/api/things/:id/', '/api-auth/login/'])(
  'a route %s must say',
  async (url) => {
    app.get(url, async () => 'open')
    await expect(app.ready()).rejects.toThrow(`The route GET ${url} does not say in config.access`)
  },
)

it.each(['/healthz', '/apiary', '/docs/api/'])('a route %s need not say, and may', async (url) => {
  app.get(url, async () => 'open')
  app.get(`${url}/secret`, { config: { access: ['admin_api'] } }, async () => 'closed')
  expect((await app.inject(url)).statusCode).toBe(200)
  expect((await app.inject(`${url}/secret`)).statusCode).toBe(401)
})

it('is closed to everybody on a route that was there before the check and does not say', async () => {
  const early = fastify()
  early.get('/api/early/', async () => 'forgotten')
  for (const part of [errors, authentication, permissions]) await early.register(part)
  expect((await early.inject('/api/early/')).statusCode).toBe(401)
  const headers = { authorization: 'admin_api' }
  expect((await early.inject({ url: '/api/early/', headers })).statusCode).toBe(403)
  await early.close()
})

it('needs no token for a path that is not there, and none for a preflight', async () => {
  app.options('/api/things/', { config: { access: [] } }, async () => 'metadata')
  expect((await app.inject('/api/nothing/')).statusCode).toBe(404)
  const preflight = { origin: 'https://panel.example.com', 'access-control-request-method': 'POST' }
  const answer = await app.inject({ method: 'OPTIONS', url: '/api/things/', headers: preflight })
  expect(answer.statusCode).toBe(204)
  expect(answer.headers['access-control-allow-origin']).toBe('https://panel.example.com')
})
