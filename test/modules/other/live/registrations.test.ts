/** Telephones that are registered: who sees which, and what can be asked of them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type TestUser, testExtension, type World } from '../../../support/app.ts'
import { registrationTold, rowsTold } from '../../../support/told.ts'
import { type ToldSwitch, worldWithSwitches } from '../../../support/told-switches.ts'
import { repliesIn } from '../../../support/transcript.ts'

const URL = '/api/switch_registrations/'
let world: World
let one: ToldSwitch
let two: ToldSwitch
let acme1001: string

beforeAll(async () => {
  const made = await worldWithSwitches(2)
  world = made.world
  ;[one, two] = made.switches as [ToldSwitch, ToldSwitch]
  acme1001 = await testExtension(world, world.acme, '1001', world.acme.user)
  await testExtension(world, world.rival, '1001', world.rival.user)
  await testExtension(world, world.acme, '1002')
})
afterAll(() => world?.close())

beforeEach(() => {
  for (const { told, forget } of [one, two]) {
    for (const name of Object.keys(told)) delete told[name]
    forget()
  }
  Object.assign(one.told, {
    'show registrations as json': rowsTold([
      registrationTold('1001', 'acme.example'),
      registrationTold('1002', 'acme.example'),
      registrationTold('1001', 'elsewhere.example'),
    ]),
    'sofia xmlstatus profile internal reg':
      '<profile><registration><call-id>call-1001@acme.example</call-id><user>1001@acme.example</user><agent>Desk &amp; Phone</agent><ping-status>Reachable</ping-status></registration></profile>',
    'sofia profile': '+OK\n',
  })
  Object.assign(two.told, {
    'show registrations as json': rowsTold([registrationTold('1001', 'rival.example')]),
    'sofia xmlstatus': 'Invalid Profile!',
    'sofia profile': '+OK\n',
  })
})

const list = async (who: TestUser, query = '') => {
  const answer = await world.call(who.token, 'GET', `${URL}${query}`)
  const of = answer.json?.results?.map((row: Record<string, string>) => `${row.reg_user}@${row.realm}`)
  return { ...answer, of }
}
const first = async (who: TestUser, query = ''): Promise<Record<string, string>> =>
  (await list(who, query)).json.results[0]

describe('a registration', () => {
  it('is what the switch tells, with the extension that it is of', async () => {
    const row = await first(world.admin, '?realm=acme.example&reg_user=1001')
    expect(row).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      url: `http://localhost:80${URL}${row.id}/`,
      registration_uuid: row.id,
      switch: 'switch1',
      domain_id: world.acme.id,
      extension_id: acme1001,
      reg_user: '1001',
      realm: 'acme.example',
      token: 'call-1001@acme.example',
      reg_url: 'sofia/internal/sip:1001@192.0.2.7:5070',
      expires: '2026-11-23T21:38:28Z',
      network_ip: '192.0.2.7',
      network_port: 5074,
      network_proto: 'udp',
      hostname: 'fs-test',
      metadata: '',
      profile: 'internal',
      user_agent: 'Desk & Phone',
      ping_status: 'Reachable',
    })
    expect((await first(world.admin, '?realm=acme.example&reg_user=1001')).id).toBe(row.id)
  })

  it('is read from what a FreeSWITCH 1.11 answered', async () => {
    for (const [command, reply] of repliesIn('esl-registrations.txt')) one.told[command] = reply
    const { json } = await list(world.admin, '?realm=example.com')
    expect(json).toMatchObject({ count: 2, results: [{ user_agent: 'sipp-1001' }, { user_agent: 'sipp-1002' }] })
  })

  it('is found by its extension, also through it', async () => {
    expect((await list(world.admin, `?extension_id=${acme1001}`)).of).toEqual(['1001@acme.example'])
    expect((await list(world.admin, '?extension_id__extension=1001&ordering=realm')).of).toEqual([
      '1001@acme.example',
      '1001@rival.example',
    ])
    expect((await list(world.admin, '?domain_id__isnull=true')).of).toEqual(['1001@elsewhere.example'])
  })
})

describe('who sees them', () => {
  it('administrators all, a minor administrator those of its domain, a user those of its extensions', async () => {
    const { admin, acme, rival, nobody } = world
    expect((await list(admin)).json.count).toBe(4)
    expect((await list(acme.minor)).of).toEqual(['1001@acme.example', '1002@acme.example'])
    expect((await list(rival.minor)).of).toEqual(['1001@rival.example'])
    expect((await list(acme.user)).of).toEqual(['1001@acme.example'])
    expect((await list(rival.user)).of).toEqual(['1001@rival.example'])
    expect((await list(nobody)).status).toBe(403)
  })

  it('one out of scope does not exist, to read or to act upon', async () => {
    const { id } = await first(world.rival.minor)
    two.forget()
    for (const who of [world.acme.minor, world.acme.user]) {
      expect((await world.call(who.token, 'GET', `${URL}${id}/`)).status).toBe(404)
    }
    expect((await world.call(world.acme.minor.token, 'POST', `${URL}${id}/unregister/`)).status).toBe(404)
    expect(two.received().filter((text) => text.includes('flush_inbound_reg'))).toEqual([])
  })
})

describe('what can be asked of a telephone', () => {
  const act = async (name: string, who = world.acme.minor) => {
    const { id } = await first(world.acme.minor)
    one.forget()
    return world.call(who.token, 'POST', `${URL}${id}/${name}/`)
  }

  it.each([
    ['unregister', 'unregistered', 'sofia profile internal flush_inbound_reg call-1001@acme.example'],
    ['reboot', 'reboot sent', 'sofia profile internal flush_inbound_reg call-1001@acme.example reboot'],
    ['provision', 'provision sent', 'sofia profile internal check_sync call-1001@acme.example'],
  ])('%s', async (name, status, command) => {
    expect(await act(name)).toMatchObject({ status: 200, json: { status } })
    expect(one.received()).toContain(command)
  })

  it('is the administrators’ to ask, and not by reading', async () => {
    expect((await act('reboot', world.acme.user)).status).toBe(403)
    const { id } = await first(world.acme.minor)
    expect((await world.call(world.admin.token, 'GET', `${URL}${id}/reboot/`)).status).toBe(405)
  })

  it('says why the switch refused', async () => {
    one.told['sofia profile'] = '-ERR no reply\n'
    expect(await act('unregister')).toMatchObject({
      status: 409,
      json: { detail: expect.stringContaining('no reply') },
    })
  })

  it('is refused where the telephone’s Call-ID cannot be said: it is no command of its own', async () => {
    one.told['show registrations as json'] = rowsTold([
      registrationTold('1001', 'acme.example', { token: 'a\n\napi fsctl shutdown' }),
    ])
    expect((await act('unregister')).status).toBe(409)
    expect(one.received().join('\n')).not.toContain('shutdown')
  })
})

describe('switches that are away', () => {
  it('are missing from the list, which says so', async () => {
    await two.away()
    const answer = await list(world.admin)
    expect([answer.json.count, answer.headers['switches-unreached']]).toEqual([3, '1'])
    one.told['show registrations as json'] = 'no JSON'
    expect((await list(world.admin)).status).toBe(503)
  })

  it('cannot be told anything: 503 when none is connected', async () => {
    await one.away()
    const answer = await list(world.acme.user)
    expect(answer).toMatchObject({
      status: 503,
      json: { detail: 'No telephone switch is connected to this server, so who is registered is not known.' },
    })
  })
})
