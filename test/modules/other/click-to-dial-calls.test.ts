/** Calls by a click: what the switch is told, what it answers, and what became of them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { settle } from '../../../src/modules/other/click-to-dial/state.ts'
import { type TestUser, testExtension, type World } from '../../support/app.ts'
import { channelTold, rowsTold } from '../../support/told.ts'
import { type ToldSwitch, worldWithSwitches } from '../../support/told-switches.ts'

const URL = '/api/clickdial/'
let world: World
let one: ToldSwitch
let two: ToldSwitch
let own: string
/** Ends the calls that ring. */
let answer: (reply: string) => void
/** Makes the next call ring. */
let ring: () => void

beforeAll(async () => {
  const made = await worldWithSwitches(2)
  world = made.world
  ;[one, two] = made.switches as [ToldSwitch, ToldSwitch]
  const { prisma } = world.app
  own = await testExtension(world, world.acme, '1001', world.acme.user)
  const values = {
    toll_allow: 'local,domestic',
    effective_caller_id_name: 'Ann "A" {x}, Sales',
    outbound_caller_id_number: '01234501001',
    accountcode: 'acme.example',
    user_context: 'acme.example',
  }
  await prisma.extension.update({ where: { id: own }, data: values })
  const colleague = await testExtension(world, world.acme, '1002', world.acme.minor)
  await prisma.extension.update({ where: { id: colleague }, data: { effective_caller_id_name: 'Bob' } })
  await testExtension(world, world.rival, '1001', world.rival.user)
  await testExtension(world, world.acme, '1009', world.admin)
})
afterAll(() => world?.close())

beforeEach(() => {
  const rings = new Promise<string>((resolve) => {
    answer = resolve
  })
  for (const { told, forget } of [one, two]) {
    told['show channels as json'] = rowsTold([])
    told.originate = '+OK 00000001-0000-4000-8000-000000000000\n'
    forget()
  }
  ring = () => {
    one.told.originate = () => rings
  }
})

const dial = (body: object, who: TestUser = world.acme.user, headers: Record<string, string> = {}) =>
  world.call(who.token, 'POST', URL, body, headers)
const state = (id: string, who: TestUser = world.acme.user) => world.call(who.token, 'GET', `${URL}${id}/`)
const originated = () =>
  [one, two].flatMap(({ received }) => received().filter((text) => text.startsWith('originate ')))
/** A call that rings until `answer` is called. */
const ringing = async (who?: TestUser) => {
  ring()
  return (await dial({ dest: '1002' }, who)).json.call_uuid as string
}
const channelIs = (uuid: string, callstate: string) => {
  one.told['show channels as json'] = rowsTold([channelTold(uuid, '1001', 'acme.example', { callstate })])
}

describe('what the switch is told', () => {
  it('rings the default extension, then dials in its context, with what tells whose call it is', async () => {
    const { status, json } = await dial({ dest: '1002' })
    expect([status, json]).toEqual([
      200,
      { status: 'answered', dest: '1002', host: 'switch1', extension: '1001', call_uuid: expect.any(String) },
    ])
    const [command] = originated()
    expect(command).toMatch(/originate \{.*\}user\/1001@acme\.example 1002 XML acme\.example$/m)
    for (const variable of [
      'origination_caller_id_name=Bob',
      'origination_caller_id_number=1002',
      `origination_uuid=${json.call_uuid}`,
      'sip_auto_answer=true',
      "alert_info='Ring Answer'",
      'ignore_early_media=true',
      'click_to_call=true',
      'call_direction=local',
      `domain_uuid=${world.acme.id}`,
      'domain_name=acme.example',
      `extension_uuid=${own}`,
      'user_context=acme.example',
      'presence_id=1001@acme.example',
      "toll_allow='local\\,domestic'",
      "effective_caller_id_name='Ann A x\\, Sales'",
      'outbound_caller_id_number=01234501001',
      'originate_timeout=30',
    ]) {
      expect(command).toContain(variable)
    }
    // Headers would be copied to the one who is called, whose telephone would answer by itself, too.
    expect(command).not.toContain('sip_h_')
  })

  it.each([
    ['01632960000', 'origination_caller_id_name=01632960000', 'call_direction=outbound', '01632960000'],
    ['*98', 'origination_caller_id_number=*98', 'call_direction=local', '*98'],
    ['1002@ACME.example', 'origination_caller_id_name=Bob', 'call_direction=local', '1002'],
    [
      '1001@rival.example',
      'origination_caller_id_number=1001@rival.example',
      'call_direction=outbound',
      '1001@rival.example',
    ],
  ])('%s', async (dest, caller, direction, dialled) => {
    expect(await dial({ dest })).toMatchObject({ status: 200, json: { dest } })
    const [command] = originated()
    for (const part of [caller, direction]) expect(command).toContain(part)
    // Whoever is named, it is the own dialplan that is asked.
    expect(command!.split('\n')[0]!.endsWith(`user/1001@acme.example ${dialled} XML acme.example`)).toBe(true)
  })

  it('is told by each role from its own extension, and by the switch that was named', async () => {
    const extensions: [TestUser, string, string][] = [
      [world.admin, '1009', 'acme.example'],
      [world.acme.minor, '1002', 'acme.example'],
      [world.rival.user, '1001', 'rival.example'],
    ]
    for (const [who, extension, domain] of extensions) {
      two.forget()
      expect(await dial({ dest: '5', host: 'switch2' }, who)).toMatchObject({ json: { extension, host: 'switch2' } })
      expect(originated()[0]).toContain(`user/${extension}@${domain} 5 XML ${domain}`)
    }
  })

  it('is told once, however often the click is sent', async () => {
    const key = { 'idempotency-key': 'a click' }
    const [first, second] = [await dial({ dest: '1003' }, undefined, key), await dial({ dest: '1003' }, undefined, key)]
    expect([first.status, second.status, second.json]).toEqual([200, 200, first.json])
    expect(originated()).toHaveLength(1)
  })
})

describe('what the switch answers', () => {
  it.each(['USER_NOT_REGISTERED', 'SUBSCRIBER_ABSENT', 'CHAN_NOT_IMPLEMENTED'])(
    '%s at once is a refusal with its cause',
    async (cause) => {
      one.told.originate = `-ERR ${cause}\n`
      const { status, json } = await dial({ dest: '1002' })
      expect([status, json.detail]).toEqual([409, expect.stringContaining(cause)])
    },
  )

  it('nothing yet is a call that is dialled', async () => {
    ring()
    expect(await dial({ dest: '1002' })).toMatchObject({ status: 200, json: { status: 'dialling' } })
    answer('+OK\n')
  })

  it('no word that it was taken is no call', async () => {
    one.hush()
    const { status, headers } = await dial({ dest: '1002' })
    await one.back()
    expect([status, headers['retry-after']]).toEqual([503, '10'])
  })

  it('a switch that is not there, or that nobody knows, makes no call', async () => {
    await one.away()
    const away = await dial({ dest: '1002' })
    await one.back()
    expect([away.status, away.headers['retry-after']]).toEqual([503, '10'])
    const unknown = await dial({ dest: '1002', host: 'switch9' })
    expect([unknown.status, unknown.json.host]).toEqual([400, ['There is no switch "switch9".']])
    expect(unknown.text).not.toContain('switch2')
    await world.app.prisma.domain.update({ where: { id: world.acme.id }, data: { home_switch: 'gone' } })
    expect((await dial({ dest: '1002' })).status).toBe(503)
    await world.app.prisma.domain.update({ where: { id: world.acme.id }, data: { home_switch: 'switch1' } })
  })
})

describe('what became of it', () => {
  it('is dialling, ringing, answered, ended, as it happens', async () => {
    const id = await ringing()
    expect((await state(id)).json).toEqual({
      status: 'dialling',
      dest: '1002',
      host: 'switch1',
      extension: '1001',
      call_uuid: id,
      cause: null,
    })
    channelIs(id, 'RINGING')
    expect((await state(id)).json.status).toBe('ringing')
    channelIs(id, 'ACTIVE')
    expect((await state(id)).json.status).toBe('answered')
    one.told['show channels as json'] = rowsTold([])
    expect((await state(id)).json.status).toBe('ended')
    answer('+OK\n')
    channelIs(id, 'ACTIVE')
    expect((await state(id)).json.status).toBe('ended')
  })

  it('is why it failed, also when that comes late', async () => {
    const id = await ringing()
    answer('-ERR NO_ANSWER\n')
    await expect
      .poll(async () => (await state(id)).json, { timeout: 20_000 })
      .toMatchObject({ status: 'failed', cause: 'NO_ANSWER' })
  })

  it('is what is known of it while its switch is away', async () => {
    const id = await ringing()
    await one.away()
    expect((await state(id)).json.status).toBe('dialling')
    await settle(world.app.restHost.services.database, id, 'answered')
    expect((await state(id)).json.status).toBe('answered')
    await one.back()
  })

  it('is ended where the switch knows nothing of it any more', async () => {
    const id = await ringing()
    await world.app.prisma.clickedCall.update({ where: { id }, data: { created: new Date(Date.now() - 60_000) } })
    expect((await state(id)).json.status).toBe('ended')
    answer('+OK\n')
  })

  it('is told to who asked for it, and to the administrators of its tenant', async () => {
    const id = await ringing()
    const { admin, acme, rival, nobody } = world
    const told = await Promise.all([admin, acme.minor, acme.user, rival.minor, rival.user].map((who) => state(id, who)))
    expect(told.map(({ status }) => status)).toEqual([200, 200, 200, 404, 404])
    expect((await state(id, nobody)).status).toBe(403)
    answer('+OK\n')
    const ofMinor = (await dial({ dest: '1' }, acme.minor)).json.call_uuid
    expect((await state(ofMinor)).status).toBe(404)
    expect((await state('00000000-0000-4000-8000-000000000000')).status).toBe(404)
    expect((await state('nonsense')).status).toBe(404)
    expect((await world.call(acme.user.token, 'DELETE', `${URL}${id}/`)).status).toBe(405)
  })
})
