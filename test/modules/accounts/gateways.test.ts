/** SIP trunks: a tenant's own, and those that all share. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testWorld, type World } from '../../support/app.ts'

let world: World
let own: string
let theirs: string
let shared: string

beforeAll(async () => {
  world = await testWorld()
  const { gateway } = world.app.prisma
  const data = { proxy: 'sip.provider.com', password: 'secret' }
  own = (await gateway.create({ data: { ...data, gateway: 'own', domain_id: world.acme.id } })).id
  theirs = (await gateway.create({ data: { ...data, gateway: 'theirs', domain_id: world.rival.id } })).id
  shared = (await gateway.create({ data: { ...data, gateway: 'shared' } })).id
})
afterAll(() => world?.close())

const asMinor = (method: string, url: string, body?: unknown) => world.call(world.acme.minor.token, method, url, body)

it('is made as the guide shows', async () => {
  const body = {
    domain_id: world.acme.id,
    gateway: 'provider-trunk',
    username: 'trunk-username',
    password: 'trunk-password',
    proxy: 'sip.provider.com',
    register: true,
    enabled: true,
  }
  const answer = await world.call(world.admin.token, 'POST', '/api/gateways/', body)
  expect(answer.status).toBe(201)
  expect(answer.json).toMatchObject({ ...body, profile: 'external', context: 'public', expire_seconds: 1800 })
  expect((await asMinor('DELETE', `/api/gateways/${answer.json.id}/`)).status).toBe(204)
})

describe('a minor administrator', () => {
  it('has those of its domain, which its new ones join', async () => {
    expect((await asMinor('GET', '/api/gateways/')).json).toMatchObject({ count: 1, results: [{ id: own }] })
    expect((await asMinor('GET', `/api/gateways/${own}/`)).json.password).toBe('secret')
    const made = await asMinor('POST', '/api/gateways/', { gateway: 'g', proxy: 'p' })
    expect(made.json.domain_id).toBe(world.acme.id)
    await asMinor('DELETE', `/api/gateways/${made.json.id}/`)
  })

  it.each(['GET', 'PUT', 'PATCH', 'DELETE'])(
    '%s: a shared one is a 403, one of another domain a 404',
    async (method) => {
      const body = method === 'GET' ? undefined : { gateway: 'g', proxy: 'p' }
      expect((await asMinor(method, `/api/gateways/${shared}/`, body)).status).toBe(403)
      expect((await asMinor(method, `/api/gateways/${theirs}/`, body)).status).toBe(404)
    },
  )

  it('makes none that is shared or of another domain, nor makes its own so', async () => {
    const body = { gateway: 'g', proxy: 'p' }
    const inTheirs = { ...body, domain_id: world.rival.id }
    const invalid = { domain_id: [`Invalid pk "${world.rival.id}" - object does not exist.`] }
    expect((await asMinor('POST', '/api/gateways/', { ...body, domain_id: null })).status).toBe(403)
    expect((await asMinor('PATCH', `/api/gateways/${own}/`, { domain_id: null })).status).toBe(403)
    expect((await asMinor('POST', '/api/gateways/', inTheirs)).json.detail).toEqual(invalid)
    expect((await asMinor('PATCH', `/api/gateways/${own}/`, inTheirs)).json.detail).toEqual(invalid)
    expect(await world.app.prisma.gateway.count()).toBe(3)
  })

  it('that has lost its domain makes none', async () => {
    const { minor } = world.rival
    await world.app.prisma.profile.update({ where: { id: minor.profileId }, data: { domain_id: null } })
    await world.app.callers.settled()
    for (const body of [
      { gateway: 'g', proxy: 'p' },
      { gateway: 'g', proxy: 'p', domain_id: null },
    ]) {
      expect((await world.call(minor.token, 'POST', '/api/gateways/', body)).status).toBe(403)
    }
    expect((await world.call(minor.token, 'GET', '/api/gateways/')).json.count).toBe(0)
    expect(await world.app.prisma.gateway.count()).toBe(3)
  })
})

describe('commands', () => {
  const COMMANDS = { status: ['GET', 'POST'], start: ['POST'], stop: ['POST'], rescan: ['POST'] }

  it.each(Object.entries(COMMANDS))('%s says that no switch is connected', async (name, methods) => {
    for (const method of methods) {
      const answer = await asMinor(method, `/api/gateways/${own}/${name}/`)
      expect(answer.json).toEqual({
        error: 503,
        message: 'Service Unavailable',
        detail: `No telephone switch is connected to this server, so the gateway command ${name} was not sent.`,
      })
    }
  })

  it('change nothing by being looked at', async () => {
    for (const name of ['start', 'stop', 'rescan']) {
      expect((await asMinor('GET', `/api/gateways/${own}/${name}/`)).status).toBe(405)
    }
  })

  it('reach only what the caller reaches', async () => {
    const start = (id: string, token: string) => world.call(token, 'POST', `/api/gateways/${id}/start/`)
    expect((await start(theirs, world.acme.minor.token)).status).toBe(404)
    expect((await start(shared, world.acme.minor.token)).status).toBe(403)
    expect((await start(shared, world.admin.token)).status).toBe(503)
    expect((await start(own, world.acme.user.token)).status).toBe(403)
    expect((await start('nonsense', world.admin.token)).status).toBe(404)
  })
})
