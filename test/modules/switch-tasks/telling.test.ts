/** What switches keep in memory of rows, they forget when these change: over real sockets, to a switch's words. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildApp } from '../../../src/app.ts'
import { testExtension, testWorld, type World } from '../../support/app.ts'
import { type FakeSwitch, fakeSwitch } from '../../support/fake-switch.ts'

const PATIENCE = { timeout: 20_000, interval: 50 }

const ANSWERS = {
  xml_flush_cache: '+OK cleared 1 entry\n',
  sofia: (args: string) => (args.startsWith('xmlstatus gateway') ? 'gateway\n' : sofia(args)),
  callcenter_config: '+OK\n',
}

const PROFILES = '<profiles><profile>\n<name>internal</name>\n<type>profile</type></profile></profiles>\n'

function sofia(args: string): string {
  if (args === 'xmlstatus') return PROFILES
  if (args === 'profile lobby rescan') return 'Invalid Profile [lobby]'
  return args.endsWith('rescan') ? 'Reload XML [Success]\n+OK scan complete\n' : '+OK\n'
}

let fake: FakeSwitch
let world: World

beforeAll(async () => {
  fake = await fakeSwitch({ answers: ANSWERS })
  world = await testWorld({}, undefined, { FREESWITCHES: `switch1=${fake.url}` })
  // A switch that is there for the first time is told of everything.
  await vi.waitFor(() => expect(said()).toContain('reloadacl'), PATIENCE)
})
afterAll(async () => {
  await world.close()
  await fake.close()
})
afterEach(() => {
  fake.received.length = 0
})

/** What the switch was told, without its protocol's words. */
const said = () => fake.received.flatMap((command) => /^(?:bg)?api (.*)/.exec(command)?.[1] ?? [])

const isTold = (...commands: string[]) =>
  vi.waitFor(() => expect(said()).toEqual(expect.arrayContaining(commands)), PATIENCE)

async function write(method: string, path: string, body?: unknown, world_ = world) {
  const answer = await world_.call(world_.admin.token, method, `/api/${path}`, body)
  expect(answer.status, answer.text).toBeLessThan(300)
  return answer.json
}

const tasks = () => world.app.prisma.switchTask.count()

/** Nothing is left to be told. */
const isAllTold = () => vi.waitFor(async () => expect(await tasks()).toBe(0), PATIENCE)

describe('a switch is told', () => {
  it('of a changed password, for the extension and its alias', async () => {
    const { id } = await write('POST', 'extensions/', {
      domain_id: world.acme.id,
      extension: '1001',
      number_alias: '5001',
      password: 'first-password',
    })
    await write('PATCH', `extensions/${id}/`, { password: 'second-password' })
    await isTold('xml_flush_cache id 1001 acme.example', 'xml_flush_cache id 5001 acme.example')
    await isAllTold()
  })

  it('of a new password of a voicemail box, and of a deleted extension', async () => {
    const id = await testExtension(world, world.acme, '1002')
    const { id: box } = await write('POST', 'voicemails/', { extension_id: id, password: '1234' })
    await isTold('xml_flush_cache id 1002 acme.example')
    fake.received.length = 0
    await write('PATCH', `voicemails/${box}/`, { password: '4321' })
    await isTold('xml_flush_cache id 1002 acme.example')
    await isAllTold()
    fake.received.length = 0
    await write('DELETE', `extensions/${id}/`)
    await isTold('xml_flush_cache id 1002 acme.example')
    await isAllTold()
  })

  it('nothing of new extensions, which it cannot have kept', async () => {
    const rows = ['1101', '1102', '1103'].map((extension) => ({
      domain_id: world.acme.id,
      extension,
      password: 'some-password',
    }))
    await write('POST', 'extensions/', rows)
    expect(await tasks()).toBe(0)
  })

  it('to forget everybody when very many change', async () => {
    const rows = Array.from({ length: 60 }, (_, n) => ({
      domain_id: world.acme.id,
      extension: String(2000 + n),
      password: 'some-password',
    }))
    const made: { id: string }[] = await write('POST', 'extensions/', rows)
    await write(
      'PATCH',
      'extensions/',
      made.map(({ id }) => ({ id, password: 'another-password' })),
    )
    await isTold('xml_flush_cache')
    await isAllTold()
    expect(said().length).toBeLessThan(60)
  })

  it('of tenants that come, change their name and go: they are aliases of its profiles', async () => {
    const { id } = await write('POST', 'domains/', { name: 'new.example' })
    await isTold('xml_flush_cache', 'sofia profile internal rescan', 'reloadacl')
    await isAllTold()
    fake.received.length = 0
    await write('PATCH', `domains/${id}/`, { enabled: false })
    await isTold('xml_flush_cache', 'sofia profile internal rescan')
    await isAllTold()
  })

  it('of gateways: stopped and read again, or stopped for good', async () => {
    const body = { gateway: 'trunk', domain_id: world.acme.id, proxy: 'sip.example.com', register: false }
    const { id } = await write('POST', 'gateways/', body)
    await isTold('sofia profile external rescan')
    await isAllTold()
    fake.received.length = 0
    await write('PATCH', `gateways/${id}/`, { proxy: 'sip.example.net' })
    await isTold(`sofia profile external killgw ${id}`, 'sofia profile external rescan')
    await isAllTold()
    fake.received.length = 0
    await write('DELETE', `gateways/${id}/`)
    await isTold(`sofia profile external killgw ${id}`, 'sofia profile external rescan')
    await isAllTold()
  })

  it('of queues, agents and tiers', async () => {
    const domain_id = world.acme.id
    const queue = await write('POST', 'callcentrequeues/', { domain_id, name: 'support', extension: '7000' })
    await isTold(`callcenter_config queue reload ${queue.id}`)
    const agent = await write('POST', 'callcentreagents/', { domain_id, name: 'ann', agent_id: '77' })
    await isTold(`callcenter_config agent reload ${agent.id}`)
    const tier = await write('POST', 'callcentretiers/', { queue_id: queue.id, agent_id: agent.id, tier_level: 2 })
    await isTold(`callcenter_config tier add ${queue.id} ${agent.id} 2 0`)
    await isAllTold()
    await write('DELETE', `callcentretiers/${tier.id}/`)
    await isTold(`callcenter_config tier del ${queue.id} ${agent.id}`)
    await write('DELETE', `callcentreagents/${agent.id}/`)
    await write('DELETE', `callcentrequeues/${queue.id}/`)
    await isTold(`callcenter_config agent del ${agent.id}`, `callcenter_config queue unload ${queue.id}`)
    await isAllTold()
  })

  it('of networks that users call from', async () => {
    const id = await testExtension(world, world.acme, '1005')
    await write('PATCH', `extensions/${id}/`, { cidr: '192.0.2.0/24' })
    await isTold('reloadacl')
    await isAllTold()
  })

  it('of SIP profiles and their settings: read anew, and started where it does not run them', async () => {
    const { id } = await write('POST', 'sip_profiles/', { name: 'lobby' })
    await isTold('sofia profile lobby rescan', 'sofia profile lobby start')
    await isAllTold()
    fake.received.length = 0
    await write('POST', 'sip_profile_settings/', { sip_profile_id: id, name: 'sip-port', value: '5070' })
    await isTold('sofia profile lobby rescan')
    await isAllTold()
  })

  it('of access lists', async () => {
    await write('POST', 'access_controls/', { name: 'office', default: 'deny' })
    await isTold('reloadacl')
    await isAllTold()
  })

  it('nothing of a write that was refused', async () => {
    const id = (await world.app.prisma.extension.findFirstOrThrow({ where: { extension: '1001' } })).id
    const body = [
      { id, password: 'never-stored-password' },
      { id: world.acme.id, password: 'x' },
    ]
    const answer = await world.call(world.admin.token, 'PATCH', '/api/extensions/', body)
    expect(answer.status).toBe(400)
    expect(await tasks()).toBe(0)
    expect(said()).toEqual([])
  })
})

describe('a switch that is away', () => {
  it('is told when it is there again, also by a server that was started meanwhile', async () => {
    const { extension, id } = await world.app.prisma.extension.findFirstOrThrow({ where: { extension: '1001' } })
    await fake.close()
    await vi.waitFor(() => expect(world.app.fleet.link('switch1')?.state).toBe('connecting'), PATIENCE)
    await write('PATCH', `extensions/${id}/`, { password: 'third-password' })
    expect(await tasks()).toBeGreaterThan(0)
    const { config } = world.app
    await world.app.close()
    fake = await fakeSwitch({ answers: ANSWERS }, fake.port)
    const app = await buildApp(config)
    try {
      await isTold(`xml_flush_cache id ${extension} acme.example`)
      await vi.waitFor(async () => expect(await app.prisma.switchTask.count()).toBe(0), PATIENCE)
    } finally {
      await app.close()
    }
  })
})

it('a server without switches writes nothing down', async () => {
  const alone = await testWorld()
  try {
    const id = await testExtension(alone, alone.acme, '1001')
    await write('PATCH', `extensions/${id}/`, { password: 'another-password' }, alone)
    expect(await alone.app.prisma.switchTask.count()).toBe(0)
  } finally {
    await alone.close()
  }
})
