/** Events of the switch as rows of the timeline, as a FreeSWITCH 1.11 told them and as nobody should. */
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { recordEvents } from '../../../src/modules/cdr/timeline/events.ts'
import { HEADERS } from '../../../src/modules/cdr/timeline/headers.ts'
import { modelOf } from '../../../src/rest/model/model.ts'
import { Registry } from '../../../src/rest/registry.ts'
import { resource } from '../../../src/rest/resource.ts'
import { type Tenant, testWorld, type World } from '../../support/app.ts'
import { eventsIn } from '../../support/transcript.ts'

const A_LEG = '5f3dda55-e7c4-485f-a8ea-c589dcb1d02f'
const B_LEG = 'a2092af3-5204-4654-9ccf-75e2d9cab683'
const CORE = 'a55c6725-a94e-4c90-8f87-06eec1910df1'
const clickToDial = eventsIn('esl-click-to-dial.txt')
let world: World
let example: string

beforeAll(async () => {
  world = await testWorld()
  const domain = await world.app.prisma.domain.create({ data: { name: 'example.com', portal_name: 'x' } })
  example = domain.id
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.app.pool.query('DELETE FROM call_timeline')
})

const record = async (events: readonly Record<string, string>[]) =>
  (await recordEvents(world.app.restHost.services.database, events)).length
const stored = () =>
  world.app.prisma.callTimeline.findMany({ orderBy: [{ event_epoch: 'asc' }, { event_sequence: 'asc' }] })

let sequence = 0
const event = (name: string, headers: Record<string, string> = {}): Record<string, string> => ({
  'Event-Name': name,
  'Core-UUID': CORE,
  'Event-Sequence': String(++sequence),
  'Event-Date-Timestamp': '1795469704006885',
  ...headers,
})

describe('what the switch told', () => {
  test('is stored, event by event, and what is of no call is not', async () => {
    expect(clickToDial.map((one) => one['Event-Name'])).toContain('BACKGROUND_JOB')
    expect(await record(clickToDial)).toBe(5)
    expect((await stored()).map((row) => [row.event_name, row.unique_id])).toEqual([
      ['CHANNEL_ANSWER', A_LEG],
      ['CHANNEL_ANSWER', B_LEG],
      ['CHANNEL_BRIDGE', A_LEG],
      ['CHANNEL_HANGUP_COMPLETE', B_LEG],
      ['CHANNEL_HANGUP_COMPLETE', A_LEG],
    ])
  })

  test('fills the columns from its headers', async () => {
    await record(clickToDial)
    const [, , bridge, hangup] = await stored()
    expect(bridge).toMatchObject({
      domain_id: example,
      core_uuid: CORE,
      hostname: 'vm',
      switchame: 'fs-test',
      switch_ipv4: '192.0.2.2',
      switch_ipv6: 'fd00::2',
      call_uuid: A_LEG,
      event_subclass: null,
      event_epoch: 1795469707066885n,
      direction: 'outbound',
      context: 'example.com',
      hit_dialplan: true,
      caller_id_name: 'Outbound Call',
      caller_id_number: '1001',
      caller_destination: '1002',
      channel_name: 'sofia/internal/1001@127.0.0.1:5070',
      unique_id: A_LEG,
      other_leg_unique_id: B_LEG,
      created_time: 1795469704006885n,
      answered_time: 1795469705526873n,
      other_leg_answered_time: 1795469707046875n,
      bridged_time: 1795469707066885n,
      hangup_time: 0n,
      transfer_source: '1795469705:832ac19a-f5a3-4748-91a6-bf30f3add747:bl_xfer:1002/example.com/XML',
      application: 'bridge',
      hangup_cause: null,
      cc_queue: null,
      dtmf_duration: 0,
    })
    expect(hangup).toMatchObject({
      hangup_cause: 'MANAGER_REQUEST',
      hangup_disposition: 'send_bye',
      hit_dialplan: false,
    })
  })

  test('is stored once, however often it is told, together or apart', async () => {
    expect(await record([...clickToDial, ...clickToDial])).toBe(5)
    expect(await record(clickToDial)).toBe(0)
    const [one, two] = [event('DTMF'), event('DTMF', { 'Core-UUID': randomUUID() })]
    expect(await record([one, two, { ...two, 'Event-Sequence': one['Event-Sequence']! }])).toBe(3)
  })

  test('is told of queues and conferences, not of every CUSTOM event', async () => {
    const told = [
      event('CUSTOM', {
        'Event-Subclass': 'callcenter::info',
        'CC-Action': 'member-queue-start',
        'CC-Queue': '7c3a1c52-6f0f-4b57-8f0c-0c6a4f9a8a11@example.com',
        'CC-Member-Session-UUID': A_LEG,
        'CC-Count': '3',
      }),
      event('CUSTOM', { 'Event-Subclass': 'conference::maintenance', Action: 'add-member', 'Conference-Size': '2' }),
      event('CUSTOM', { 'Event-Subclass': 'sofia::register' }),
      event('HEARTBEAT'),
    ]
    expect(await record(told)).toBe(2)
    const [queue, conference] = await stored()
    expect(queue).toMatchObject({
      application_name: 'callcentre',
      unique_id: A_LEG,
      call_uuid: A_LEG,
      cc_action: 'member-queue-start',
      cc_queue: '7c3a1c52-6f0f-4b57-8f0c-0c6a4f9a8a11',
      cc_count: 3n,
    })
    expect(conference).toMatchObject({ application_name: 'conference', cf_action: 'add-member', cf_size: 2 })
  })

  test('nothing at all is no trouble', async () => {
    expect(await record([])).toBe(0)
    expect(await record([{}, { 'Event-Name': 'CHANNEL_CREATE' }, event('DTMF', { 'Core-UUID': 'x' })])).toBe(0)
  })
})

describe('the tenant of an event', () => {
  const tenantOf = async (headers: Record<string, string>) => {
    const one = event('CHANNEL_CREATE', headers)
    await record([one])
    const row = await world.app.prisma.callTimeline.findFirst({
      where: { event_sequence: BigInt(one['Event-Sequence']!) },
    })
    return row!.domain_id
  }

  test('is named by its variables, else its context, the surest first', async () => {
    const { acme, rival } = world
    expect(await tenantOf({ variable_domain_uuid: acme.id, variable_domain_name: rival.name })).toBe(acme.id)
    expect(await tenantOf({ variable_domain_uuid: randomUUID(), variable_domain_name: rival.name })).toBe(rival.id)
    expect(await tenantOf({ variable_domain_name: acme.name, variable_sip_req_host: rival.name })).toBe(acme.id)
    expect(await tenantOf({ variable_sip_req_host: rival.name, 'Caller-Context': acme.name })).toBe(rival.id)
    expect(await tenantOf({ variable_sip_req_host: '192.0.2.1', 'Caller-Context': acme.name })).toBe(acme.id)
    expect(await tenantOf({ variable_dialed_domain: acme.name, 'Caller-Context': 'public' })).toBe(acme.id)
    expect(await tenantOf({ variable_domain_name: 'nowhere.example' })).toBeNull()
  })

  test('is that of the call, where the event does not say, told before or after', async () => {
    const call = { 'Channel-Call-UUID': randomUUID() }
    const tenants = async () => (await stored()).map((row) => row.domain_id)
    await record([event('CHANNEL_CREATE', call)])
    expect(await tenants()).toEqual([null])
    await record([event('CHANNEL_ANSWER', { ...call, variable_domain_name: world.acme.name }), event('DTMF', call)])
    await record([event('CHANNEL_HANGUP', call)])
    expect(await tenants()).toEqual(Array(4).fill(world.acme.id))
  })
})

describe('hostile events', () => {
  test('are stored with what their columns can hold', async () => {
    const one = event('CHANNEL_HANGUP', {
      'Unique-ID': 'not a uuid',
      'Caller-Caller-ID-Name': `a\0b${'é😀'.repeat(40)}\ud800`,
      'Caller-Channel-Created-Time': '99999999999999999999999',
      'Caller-Channel-Answered-Time': '1e9',
      'DTMF-Duration': '123456',
      'Conference-Size': '-1',
      'Call-Direction': '\u0001',
      toString: 'x',
    })
    expect(await record([one])).toBe(1)
    const [row] = await stored()
    expect(row).toMatchObject({ unique_id: null, created_time: 0n, answered_time: 0n, dtmf_duration: 0, cf_size: -1 })
    expect([...row!.caller_id_name!]).toHaveLength(32)
    expect(row!.caller_id_name).toMatch(/^abé😀/)
  })

  test('of any headers are no error', async () => {
    const headers = [...new Set(Object.values(HEADERS).flat())]
    const value = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.bigInt().map(String), fc.uuid())
    const events = fc.dictionary(fc.constantFrom(...headers), value, { minKeys: 20, maxKeys: headers.length })
    const name = fc.constantFrom('CHANNEL_CREATE', 'CHANNEL_HANGUP_COMPLETE', 'DTMF')
    await fc.assert(
      fc.asyncProperty(events, name, fc.uuid(), async (given, kind, core) => {
        expect(await record([{ ...given, 'Event-Name': kind, 'Core-UUID': core }])).toBe(1)
      }),
      { numRuns: 100 },
    )
  })
})

describe('the timeline, listed', () => {
  const list = (who: { token: string }, query: string) => world.call(who.token, 'GET', `/api/calltimeline/?${query}`)

  test('by the uuid of a call or of any of its channels, in the order of the events', async () => {
    const data = [...clickToDial].reverse()
    await record(data)
    await record([event('CHANNEL_CREATE', { 'Unique-ID': randomUUID() })])
    for (const uuid of [A_LEG, B_LEG]) {
      const { json } = await list(world.admin, `call_uuid=${uuid}`)
      expect(json.results.map((row: { event_name: string }) => row.event_name)).toContain('CHANNEL_BRIDGE')
      const epochs = json.results.map((row: { event_epoch: number }) => row.event_epoch)
      expect(epochs).toEqual([...epochs].sort())
      expect(json.count).toBe(uuid === A_LEG ? 5 : 4)
    }
    expect((await list(world.admin, `call_uuid=${randomUUID()}`)).json.count).toBe(0)
    expect((await list(world.admin, 'call_uuid=x')).status).toBe(400)
    expect((await list(world.admin, `call_uuid__in=${B_LEG}`)).json.count).toBe(0)
  })

  test('is of the own domain only, and of no user', async () => {
    const create = (tenant: Tenant) =>
      record([event('CHANNEL_CREATE', { variable_domain_name: tenant.name, 'Unique-ID': A_LEG })])
    await create(world.acme)
    await create(world.rival)
    expect((await list(world.acme.minor, `call_uuid=${A_LEG}`)).json.count).toBe(1)
    expect((await list(world.admin, `call_uuid=${A_LEG}`)).json.count).toBe(2)
    expect((await list(world.acme.user, '')).status).toBe(403)
  })

  test('shows no columns of its own for how a call ended', async () => {
    await record(clickToDial)
    const { json } = await list(world.admin, 'page_size=1')
    expect(json.results[0]).toHaveProperty('event_name')
    expect(json.results[0]).not.toHaveProperty('hangup_cause')
  })
})

test('every column has headers, but those that are made here', () => {
  const made = [
    'id',
    'domain_id',
    'application_name',
    'general_error',
    'created',
    'updated',
    'synchronised',
    'updated_by',
  ]
  const columns = [...modelOf('CallTimeline').columns.keys()].filter((name) => !made.includes(name))
  expect(Object.keys(HEADERS).sort()).toEqual(columns.sort())
})

test('columns of another type cannot stand for each other in a filter', () => {
  const definition = (also: object) =>
    resource('CallTimeline', { path: 'a', order: [], search: [], access: { admin_api: { rights: {} } }, ...also })
  const add = (also: object) => () => new Registry('UTC').add(definition({ also }))
  expect(add({ call_uuid: ['event_name'] })).toThrow('resource a: also names event_name')
  expect(add({ call_uuid: ['nothing'] })).toThrow('CallTimeline has no column nothing')
  expect(add({ nothing: ['call_uuid'] })).toThrow('CallTimeline has no column nothing')
  expect(add({ call_uuid: ['unique_id'] })).not.toThrow()
})
