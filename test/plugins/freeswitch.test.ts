/** What a server does that is configured with switches: one that is there, one that went away, one that never was. */
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testExtension, testWorld, type World } from '../support/app.ts'
import { type FakeSwitch, fakeSwitch } from '../support/fake-switch.ts'
import { until } from '../support/fleet.ts'
import { exchangesIn } from '../support/transcript.ts'

let near: FakeSwitch
let far: FakeSwitch
let silent: Server
let world: World

const GATEWAY = exchangesIn('esl-basic.txt').find(({ sent }) => sent === 'api sofia xmlstatus gateway testgw')!
/** Their ids. Switches may be asked before there are any. */
let gateways = { own: '?', theirs: '?', shared: '?', lost: '?', odd: '?' }

beforeAll(async () => {
  const answers = { sofia: sofiaAnswer, callcenter_config: '+OK\n' }
  near = await fakeSwitch({ answers })
  far = await fakeSwitch({ answers, user: 'pbx@example.com', password: 'a:b' })
  // Takes connections and says nothing.
  silent = createServer().listen(0, '127.0.0.1')
  await until('listening', () => silent.listening)
  const port = (silent.address() as { port: number }).port
  const FREESWITCHES = `near=${near.url},far=${far.url},never=esl://:x@127.0.0.1:${port},down=esl://:x@127.0.0.1:1`
  world = await testWorld({}, undefined, { FREESWITCHES })
  // Here switches are told only what they are asked for, not what changes.
  for (const table of ['extensions', 'gateways', 'call_centre_queues']) {
    await world.app.pool.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`)
  }
  const made = async (gateway: string, domain_id: string | null, profile = 'external') =>
    (await world.app.prisma.gateway.create({ data: { gateway, domain_id, profile, proxy: 'p' } })).id
  gateways = {
    own: await made('own', world.acme.id),
    theirs: await made('theirs', world.rival.id),
    shared: await made('shared', null),
    lost: await made('lost', world.acme.id),
    odd: await made('odd', world.acme.id, 'nosuch'),
  }
  await until('connected', () => world.app.fleet.links.filter(({ state }) => state === 'connected').length === 2)
})
afterAll(async () => {
  await world?.close()
  await near?.close()
  await far?.close()
  silent?.close()
})

/** As a switch that has loaded every gateway but one. */
function sofiaAnswer(args: string): string {
  if (/^profile nosuch /.test(args)) return 'Invalid Profile [nosuch]'
  if (args.includes(gateways.lost)) return /killgw/.test(args) ? '-ERR no such gateway.\n' : 'Invalid Gateway!\n'
  if (args.includes('killgw')) return '+OK gateway marked for deletion.\n'
  return args.includes('rescan') ? 'Reload XML [Success]\n+OK scan complete\n' : GATEWAY.received[0]!.body
}

const as = (user: { token: string }) => (method: string, path: string) => world.call(user.token, method, path)
const received = (fake: FakeSwitch, work: () => Promise<unknown>) => {
  const before = fake.received.length
  return work().then(() => fake.received.slice(before).map((command) => command.split('\n')[0]!))
}
const AWAY = { never: 'unreachable', down: 'unreachable' }

it('starts and is ready whatever its switches are, and tells what they are', async () => {
  const { status, json } = await world.call(null, 'GET', '/readyz')
  expect(status).toBe(200)
  expect(json).toEqual({
    status: 'ok',
    database: 'ok',
    switches: { near: 'connected', far: 'connected', never: 'connecting', down: 'connecting' },
  })
})

it('counts what it says to them', async () => {
  await as(world.admin)('POST', `/api/gateways/${gateways.own}/status/`)
  const { text } = await world.call(null, 'GET', '/metrics')
  expect(text).toMatch(/^switch_connected\{switch="near"\} 1$/m)
  expect(text).toMatch(/^switch_connected\{switch="never"\} 0$/m)
  expect(text).toMatch(/^switch_commands_total\{switch="near",outcome="ok"\} [1-9]\d*$/m)
  expect(text).toMatch(/^switch_commands_total\{switch="down",outcome="unreachable"\} [1-9]\d*$/m)
  for (const name of [
    'reconnects_total',
    'commands_waiting',
    'jobs',
    'socket_events_total',
    'socket_events_shed_total',
  ]) {
    expect(text).toMatch(new RegExp(`^switch_${name}\\{switch="far"\\} \\d+$`, 'm'))
  }
})

describe('the directory is flushed', () => {
  it('of one tenant, user by user and alias by alias', async () => {
    const id = await testExtension(world, world.acme, '1001')
    await world.app.prisma.extension.update({ where: { id }, data: { number_alias: '5001' } })
    await testExtension(world, world.acme, '1002')
    await testExtension(world, world.rival, '1003')
    for (const [user, path] of [
      [world.admin, `${id}/flush_cache_directory`],
      [world.acme.minor, `${id}/flush_cache_directory`],
      [world.acme.minor, 'flush_cache_all_directories'],
    ] as const) {
      const said = await received(near, async () => {
        const answer = await as(user)('POST', `/api/extensions/${path}/`)
        expect(answer.status).toBe(200)
        expect(answer.json).toEqual({
          status: 'directory cache flushed',
          count: 1,
          switches: { near: 'ok', far: 'ok', ...AWAY },
        })
      })
      expect(said.filter((command) => command.startsWith('api xml_flush_cache id')).sort()).toEqual([
        'api xml_flush_cache id 1001 acme.example',
        'api xml_flush_cache id 1002 acme.example',
        'api xml_flush_cache id 5001 acme.example',
      ])
    }
  })

  it('of all tenants at once by an administrator', async () => {
    const all = await received(near, async () => {
      const { json } = await as(world.admin)('GET', '/api/extensions/flush_cache_all_directories/')
      expect(json).toMatchObject({ count: 2, switches: { near: 'ok' } })
    })
    expect(all).toContain('api xml_flush_cache')
  })

  it('by no user, and not for another tenant', async () => {
    const id = await testExtension(world, world.acme, '1009', world.acme.user)
    const flush = `/api/extensions/${id}/flush_cache_directory/`
    expect((await as(world.acme.user)('POST', flush)).status).toBe(403)
    expect((await as(world.rival.minor)('POST', flush)).status).toBe(404)
  })
})

describe('dialplans and queues', () => {
  it('are asked for with each call, so that a flush says only which switches are there', async () => {
    const { json } = await as(world.acme.minor)('POST', '/api/dialplans/flush_cache_all_dialplans/')
    expect(json).toMatchObject({ status: 'dialplan cache flushed', switches: { near: 'ok', ...AWAY } })
    expect((await as(world.acme.user)('POST', '/api/dialplans/flush_cache_all_dialplans/')).status).toBe(403)
  })

  it('are read anew where the switch keeps them', async () => {
    const data = { domain_id: world.acme.id, name: 'support', extension: '5000' }
    const { id } = await world.app.prisma.callCentreQueues.create({ data: data as never })
    const said = await received(near, async () => {
      const { json } = await as(world.acme.minor)('POST', `/api/callcentrequeues/${id}/flush_cache_call_centre/`)
      expect(json).toMatchObject({ status: 'call centre cache flushed', count: 1, switches: { near: 'ok' } })
    })
    expect(said).toContain(`bgapi callcenter_config queue reload ${id}`)
  })
})

describe('a gateway', () => {
  const LOADED = {
    state: 'NOREG',
    status: 'DOWN',
    ping_ms: 0,
    uptime_seconds: 0,
    calls_in: 0,
    calls_out: 0,
    failed_calls_in: 0,
    failed_calls_out: 0,
  }

  it('has the state that each switch tells', async () => {
    const { own, lost } = gateways
    const answer = await as(world.acme.minor)('GET', `/api/gateways/${own}/status/`)
    const switches = { near: LOADED, far: LOADED, ...AWAY }
    expect(answer.json).toEqual({ gateway: own, profile: 'external', switches })
    const none = await as(world.acme.minor)('GET', `/api/gateways/${lost}/status/`)
    expect(none.json.switches).toMatchObject({ near: { state: 'NOT_LOADED' }, far: { state: 'NOT_LOADED' } })
  })

  it.each([
    ['start', 'bgapi sofia profile external rescan', 'gateway started'],
    ['stop', 'api sofia profile external killgw ID', 'gateway stopped'],
    ['rescan', 'bgapi sofia profile external rescan', 'profile read again'],
  ])('is told to %s', async (command, said, status) => {
    const { own } = gateways
    const heard = await received(near, async () => {
      const { json } = await as(world.acme.minor)('POST', `/api/gateways/${own}/${command}/`)
      expect(json).toEqual({ status, gateway: own, profile: 'external', switches: { near: 'ok', far: 'ok', ...AWAY } })
    })
    expect(heard).toContain(said.replace('ID', own))
  })

  it('that no switch has, or whose profile none has, is a 409 with the reason', async () => {
    const stop = await as(world.acme.minor)('POST', `/api/gateways/${gateways.lost}/stop/`)
    expect(stop.status).toBe(409)
    expect(stop.json.detail).toBe('The telephone switch refused: no such gateway.')
    const start = await as(world.acme.minor)('POST', `/api/gateways/${gateways.odd}/start/`)
    expect(start.json.detail).toBe('The telephone switch refused: Invalid Profile [nosuch]')
  })

  it('is told nothing by whom it is not for', async () => {
    const heard = await received(near, async () => {
      const { own, theirs, shared } = gateways
      expect((await as(world.acme.minor)('POST', `/api/gateways/${theirs}/stop/`)).status).toBe(404)
      expect((await as(world.acme.minor)('POST', `/api/gateways/${shared}/stop/`)).status).toBe(403)
      expect((await as(world.acme.user)('POST', `/api/gateways/${own}/stop/`)).status).toBe(403)
    })
    expect(heard.filter((command) => command.includes('killgw'))).toEqual([])
    expect((await as(world.admin)('POST', `/api/gateways/${gateways.shared}/stop/`)).status).toBe(200)
  })

  it('is a 503 when no switch is connected; a flush is none', async () => {
    await near.close()
    await far.close()
    await until('lost', () => world.app.fleet.links.every(({ state }) => state === 'connecting'))
    const answer = await as(world.admin)('POST', `/api/gateways/${gateways.own}/stop/`)
    expect(answer.status).toBe(503)
    expect(answer.headers['retry-after']).toBe('60')
    const flush = await as(world.admin)('POST', '/api/extensions/flush_cache_all_directories/')
    expect(flush.status).toBe(200)
    expect(flush.json.switches).toEqual({ near: 'unreachable', far: 'unreachable', ...AWAY })
  })
})
