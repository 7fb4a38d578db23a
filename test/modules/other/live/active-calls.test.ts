/** Calls that are on: whose they are, who sees them, and what each may do with them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type TestUser, testExtension, type World } from '../../../support/app.ts'
import { channelTold, rowsTold } from '../../../support/told.ts'
import { type Told, type ToldSwitch, worldWithSwitches } from '../../../support/told-switches.ts'
import { repliesIn } from '../../../support/transcript.ts'

const URL = '/api/switch_active_calls/'
let world: World
let one: ToldSwitch
let answers: Told
let own: string
let colleague: string

const ID = (n: number) => `0000000${n}-0000-4000-8000-000000000000`
const [CALLING, CALLED, OF_RIVAL, OF_COLLEAGUE, COMING_IN, OF_NOBODY] = [1, 2, 3, 4, 5, 6].map(ID) as [
  string,
  string,
  string,
  string,
  string,
  string,
]
const GONE = ID(9)

beforeAll(async () => {
  const made = await worldWithSwitches(1)
  world = made.world
  one = made.switches[0]!
  answers = one.told
  own = await testExtension(world, world.acme, '1001', world.acme.user)
  colleague = await testExtension(world, world.acme, '1002')
  await testExtension(world, world.rival, '1001', world.rival.user)
})
afterAll(() => world?.close())

/** A leg that the switch made, to a telephone. */
const rung = (uuid: string, user: string, domain: string, values: object = {}) =>
  channelTold(uuid, user, domain, { direction: 'outbound', context: 'default', initial_context: 'default', ...values })

const channels = (...rows: object[]) => {
  answers['show channels as json'] = rowsTold(rows)
}

beforeEach(() => {
  one.forget()
  for (const name of Object.keys(answers)) delete answers[name]
  Object.assign(answers, {
    uuid_getvar: '_undef_',
    uuid_: '+OK\n',
    uuid_setvar_multi: '+OK\n',
    global_getvar: '/var/lib/freeswitch/recordings',
  })
  channels(
    channelTold(CALLING, '1001', 'acme.example'),
    rung(CALLED, '1002', 'acme.example', { call_uuid: CALLING, context: 'acme.example' }),
    channelTold(OF_RIVAL, '1001', 'rival.example'),
    channelTold(OF_COLLEAGUE, '1002', 'acme.example'),
    // From outside, claiming to be a telephone of a tenant.
    channelTold(COMING_IN, '1001', 'acme.example', { context: 'rival.example', initial_context: 'public' }),
    channelTold(OF_NOBODY, 'x', 'carrier.example', { context: 'public', initial_context: 'public' }),
  )
})

const list = async (who: TestUser, query = '') => {
  const answer = await world.call(who.token, 'GET', `${URL}${query || '?ordering=id'}`)
  return { ...answer, ids: answer.json?.results?.map(({ id }: { id: string }) => id) }
}
const act = (who: TestUser, id: string, name: string, body: unknown = {}) =>
  world.call(who.token, 'POST', `${URL}${id}/${name}/`, body)
/** What was done to calls; other parts of the server talk to the switch as well. */
const said = () => one.received().filter((text) => text.startsWith('uuid_') && !text.startsWith('uuid_getvar'))

describe('a call', () => {
  it('is what the switch tells of the leg', async () => {
    const answer = await world.call(world.admin.token, 'GET', `${URL}${CALLING}/`)
    expect(answer.json).toEqual({
      id: CALLING,
      url: `http://localhost:80${URL}${CALLING}/`,
      uuid: CALLING,
      switch: 'switch1',
      domain_id: world.acme.id,
      extension_id: own,
      profile: 'internal',
      number: '1001',
      cid_name: 'Ext 1001',
      cid_number: '1001',
      dest: '1002',
      direction: 'inbound',
      state: 'CS_EXECUTE',
      callstate: 'ACTIVE',
      duration: expect.any(Number),
      bridged_uuid: CALLED,
      application: 'bridge',
      application_data: 'user/1002',
      context: 'acme.example',
      read_write_codec: 'PCMU:8000/PCMA:8000',
      secure: '',
      hostname: 'fs-test',
      created: '2026-11-23T21:30:42Z',
    })
  })

  it('is read from what a FreeSWITCH 1.11 answered', async () => {
    answers['show channels as json'] = repliesIn('esl-sip-call.txt').get('show channels as json')!
    const { json } = await list(world.admin, '?ordering=number')
    expect(json.results).toMatchObject([
      { number: '1001', bridged_uuid: '4056f546-86dd-4394-9662-60fc72dcead8', direction: 'inbound' },
      { number: '1002', bridged_uuid: '6508d3a7-d67b-446a-93af-39148f274fb1', direction: 'outbound' },
    ])
    answers['show channels as json'] = repliesIn('esl-originate-ok.txt').get('show channels as json')!
    expect((await list(world.admin)).json.results).toMatchObject([{ profile: 'loopback' }, { profile: 'loopback' }])
    answers['show channels as json'] = '{"row_count": 0}\n'
    expect((await list(world.admin)).json.count).toBe(0)
  })

  it('is filtered by what it is of', async () => {
    expect((await list(world.admin, `?extension_id=${own}`)).ids).toEqual([CALLING])
    expect((await list(world.admin, '?extension_id__extension=1002&ordering=id')).ids).toEqual([CALLED, OF_COLLEAGUE])
    expect((await list(world.admin, '?direction=outbound')).ids).toEqual([CALLED])
  })
})

describe('whose it is', () => {
  it('who sees it: all, those of the domain, those of the own extensions', async () => {
    const { admin, acme, rival, nobody } = world
    expect((await list(admin)).ids).toEqual([CALLING, CALLED, OF_RIVAL, OF_COLLEAGUE, COMING_IN, OF_NOBODY])
    expect((await list(acme.minor)).ids).toEqual([CALLING, CALLED, OF_COLLEAGUE])
    expect((await list(rival.minor)).ids).toEqual([OF_RIVAL, COMING_IN])
    expect((await list(acme.user)).ids).toEqual([CALLING])
    expect((await list(rival.user)).ids).toEqual([OF_RIVAL])
    expect((await list(nobody)).status).toBe(403)
  })

  it('what an application is told is for administrators', async () => {
    const { json } = await world.call(world.acme.minor.token, 'GET', `${URL}${CALLING}/`)
    expect(json).toHaveProperty('application', 'bridge')
    expect(json).not.toHaveProperty('application_data')
    expect((await list(world.acme.minor, '?application_data=x')).status).toBe(400)
  })

  it('is told by the context, not by what a caller from outside claims to be', async () => {
    const { json } = await world.call(world.rival.minor.token, 'GET', `${URL}${COMING_IN}/`)
    expect(json).toMatchObject({ domain_id: world.rival.id, extension_id: null })
    expect((await world.call(world.acme.user.token, 'GET', `${URL}${COMING_IN}/`)).status).toBe(404)
  })

  it('is told by its variables where its names tell nothing, and these are asked for once', async () => {
    const asked = ID(7)
    channels(channelTold(asked, 'x', 'carrier.example', { context: 'special', initial_context: 'special' }))
    answers[`uuid_getvar ${asked} domain_uuid`] = world.acme.id
    answers[`uuid_getvar ${asked} extension_uuid`] = colleague
    for (let time = 0; time < 2; time += 1) {
      expect((await list(world.acme.minor)).json.results).toMatchObject([{ id: asked, extension_id: colleague }])
    }
    expect(one.received().filter((text) => text.startsWith('uuid_getvar'))).toHaveLength(2)
  })

  it('is nobody’s where they name what is not there, or an extension of somebody else’s', async () => {
    const [lost, mixed] = [ID(7).replace('7', 'a'), ID(7).replace('7', 'b')]
    const strange = { context: 'special', initial_context: 'special' }
    channels(channelTold(lost, 'x', 'y', strange), channelTold(mixed, 'x', 'y', strange))
    answers[`uuid_getvar ${lost}`] = ID(8)
    answers[`uuid_getvar ${mixed} domain_uuid`] = world.rival.id
    answers[`uuid_getvar ${mixed} extension_uuid`] = own
    expect((await list(world.acme.user)).ids).toEqual([])
    expect((await list(world.rival.minor)).json.results).toMatchObject([{ id: mixed, extension_id: null }])
    expect((await list(world.admin)).ids).toEqual([lost, mixed])
  })

  it('many strangers are asked for a few at a time', async () => {
    const strange = (n: number) =>
      channelTold(`${String(n).padStart(8, '0')}-1111-4000-8000-000000000000`, 'x', 'y', { context: 'special' })
    channels(...Array.from({ length: 300 }, (_, n) => strange(n)))
    expect((await list(world.admin)).json.count).toBe(300)
    expect(one.received().filter((text) => text.startsWith('uuid_getvar')).length).toBeLessThanOrEqual(200)
  })
})

describe('what can be done with it', () => {
  it.each([
    ['hangup', {}, `uuid_kill ${CALLING} NORMAL_CLEARING`],
    ['hangup', { cause: 'USER_BUSY' }, `uuid_kill ${CALLING} USER_BUSY`],
    ['transfer', { dest: '1002' }, `uuid_transfer ${CALLING} 1002 XML acme.example`],
    ['transfer', { dest: '*98', leg: 'b' }, `uuid_transfer ${CALLING} -bleg *98 XML acme.example`],
    ['transfer', { dest: '1002@acme.example', leg: 'both' }, `uuid_transfer ${CALLING} -both 1002 XML acme.example`],
    ['hold', undefined, `uuid_hold ${CALLING}`],
    ['unhold', undefined, `uuid_hold off ${CALLING}`],
    ['park', undefined, `uuid_park ${CALLING}`],
    ['mute', undefined, `uuid_audio ${CALLING} start read mute 1`],
    ['unmute', undefined, `uuid_audio ${CALLING} stop`],
  ])('%s %j, by each role', async (name, body, command) => {
    for (const who of [world.admin, world.acme.minor, world.acme.user]) {
      one.forget()
      expect(await act(who, CALLING, name, body)).toMatchObject({ status: 200, json: { status: expect.any(String) } })
      expect(said()).toEqual([command])
    }
  })

  it('a recording goes where those of the tenant go, under a name of ours', async () => {
    const file = `${CALLING}_on_demand.wav`
    const path = `/var/lib/freeswitch/recordings/acme.example/archive/2026/Nov/23/${file}`
    expect(await act(world.acme.user, CALLING, 'record', { action: 'start', path: '/etc/passwd' })).toMatchObject({
      json: { status: 'recording', file },
    })
    expect(await act(world.acme.user, CALLING, 'record', { action: 'stop' })).toMatchObject({
      json: { status: 'stopped', file },
    })
    expect(said()).toEqual([
      `uuid_setvar_multi ${CALLING} record_path=${path.slice(0, path.lastIndexOf('/'))};record_name=${file};RECORD_APPEND=true`,
      `uuid_record ${CALLING} start ${path}`,
      `uuid_record ${CALLING} stop ${path}`,
    ])
  })

  it('the dialplan’s own recording stays the one that the call record tells of', async () => {
    answers[`uuid_getvar ${CALLING} record_name`] = 'own.wav'
    await act(world.acme.user, CALLING, 'record', { action: 'start' })
    expect(said().map((text) => text.split(' ')[0])).toEqual(['uuid_record'])
  })

  it('an extension’s own context is kept to, unless it is another tenant’s', async () => {
    const { prisma } = world.app
    const contextIs = (user_context: string) => prisma.extension.update({ where: { id: own }, data: { user_context } })
    await contextIs('local-only')
    await act(world.acme.user, CALLING, 'transfer', { dest: '1002' })
    await contextIs('rival.example')
    await act(world.acme.user, CALLING, 'transfer', { dest: '1002' })
    await contextIs('')
    expect(said()).toEqual([
      `uuid_transfer ${CALLING} 1002 XML local-only`,
      `uuid_transfer ${CALLING} 1002 XML acme.example`,
    ])
  })

  it.each([
    ['hangup', { cause: 'NORMAL CLEARING' }, 'cause'],
    ['hangup', { cause: 'x\n\napi status' }, 'cause'],
    ['transfer', {}, 'dest'],
    ['transfer', { dest: '1002 XML rival.example' }, 'dest'],
    ['transfer', { dest: '1,2' }, 'dest'],
    ['transfer', { dest: "&park'" }, 'dest'],
    ['transfer', { dest: '1002', leg: '-bleg' }, 'leg'],
    ['record', {}, 'action'],
    ['record', { action: 'mask' }, 'action'],
    ['record', { action: ['start'] }, 'action'],
  ])('%s refuses %j', async (name, body, field) => {
    expect(await act(world.acme.user, CALLING, name, body)).toMatchObject({
      status: 400,
      json: { [field]: [expect.any(String)] },
    })
    expect(said()).toEqual([])
  })
})

describe('a call that is not the caller’s', () => {
  const NAMES = ['hangup', 'transfer', 'hold', 'unhold', 'park', 'mute', 'unmute', 'record']

  it.each(NAMES)('is not there to %s', async (name) => {
    const body = { dest: '1', action: 'start' }
    const attempts: [TestUser, string][] = [
      [world.acme.minor, OF_RIVAL],
      [world.acme.minor, COMING_IN],
      [world.acme.minor, OF_NOBODY],
      [world.acme.user, OF_RIVAL],
      [world.acme.user, OF_COLLEAGUE],
      [world.acme.user, CALLED],
      [world.admin, GONE],
    ]
    for (const [who, id] of attempts) expect((await act(who, id, name, body)).status).toBe(404)
    expect((await act(world.nobody, CALLING, name, body)).status).toBe(403)
    expect((await world.call(world.admin.token, 'GET', `${URL}${CALLING}/${name}/`)).status).toBe(405)
    expect(said()).toEqual([])
  })

  it('is looked for anew at the time, whatever was listed before', async () => {
    expect((await list(world.acme.user)).ids).toEqual([CALLING])
    channels()
    expect((await act(world.acme.user, CALLING, 'hangup')).status).toBe(404)
  })
})

describe('what goes wrong on the switch', () => {
  it('a call that ends meanwhile is not there, a refusal is told with its cause, a switch that is away is 503', async () => {
    answers.uuid_kill = '-ERR No such channel!\n'
    expect((await act(world.acme.user, CALLING, 'hangup')).status).toBe(404)
    answers.uuid_hold = '-ERR Operation failed\n'
    expect(await act(world.acme.user, CALLING, 'hold')).toMatchObject({
      status: 409,
      json: { detail: expect.stringContaining('Operation failed') },
    })
    await one.away()
    const answer = await act(world.acme.user, CALLING, 'park')
    await one.back()
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '10'])
  })

  it('a call of no tenant goes to no dialplan', async () => {
    expect((await act(world.admin, OF_NOBODY, 'transfer', { dest: '1' })).status).toBe(409)
    expect((await act(world.admin, OF_NOBODY, 'hangup')).status).toBe(200)
  })
})
