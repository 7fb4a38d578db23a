/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours */
/** Outbound routes: which numbers go over which gateways, what is sent to them, and whose gateways they are. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, testExtension, testWorld, type World } from '../../../support/app.ts'
import { parsed } from './parsed.ts'

const PATH = '/api/dialplan_ob_route/'

describe('outbound routes', () => {
  let world: World
  const gateways: Record<'own' | 'other' | 'shared' | 'rivals', string> = { own: '', other: '', shared: '', rivals: '' }
  beforeAll(async () => {
    world = await testWorld()
    await testExtension(world, world.acme, '1001')
    const gateway = async (name: string, domain_id: string | null, enabled = true) =>
      (await world.app.prisma.gateway.create({ data: { gateway: name, domain_id, proxy: 'sip.example.com', enabled } }))
        .id
    gateways.own = await gateway('trunk', world.acme.id)
    gateways.other = await gateway('backup', world.acme.id, false)
    gateways.shared = await gateway('trunk', null)
    gateways.rivals = await gateway('secret', world.rival.id)
    await gateway('twice', world.acme.id)
    await gateway('twice', world.acme.id)
  })
  afterAll(() => world.close())

  const post = (token: string, body: object): Promise<Answer> =>
    world.call(token, 'POST', PATH, { name: 'Out', gateway_1: gateways.own, number: '^(\\d{10,11})$', ...body })
  const admin = (body: object) => post(world.admin.token, { domain_id: world.acme.id, ...body })
  const minor = (body: object) => post(world.acme.minor.token, body)
  const patch = (answer: Answer, body: object, token = world.admin.token) =>
    world.call(token, 'PATCH', `${PATH}${answer.json.id}/`, body)
  const steps = (answer: Answer) =>
    parsed(answer.json.current_xml)
      .conditions.at(-1)!
      .actions.map(([, name, data]) => `${name} ${data}`)
  const bridges = (answer: Answer) => steps(answer).filter((step) => step.startsWith('bridge'))
  const expression = (answer: Answer) => parsed(answer.json.current_xml).conditions.at(-1)!.attributes.expression!
  async function refused(answer: Promise<Answer>, field: string, sentence?: string): Promise<void> {
    const { status, json, text } = await answer
    expect(status, text).toBe(400)
    expect(Object.keys(json.detail)).toEqual([field])
    if (sentence !== undefined) expect(json[field].join(' ')).toContain(sentence)
  }
  /** What is sent to the first gateway for a dialled number; undefined: the route is not for it. */
  function sent(answer: Answer, dialled: string): string | undefined {
    const [, one] = new RegExp(expression(answer)).exec(dialled) ?? []
    return one === undefined ? undefined : bridges(answer)[0]!.split('/').at(-1)!.replace('$1', one)
  }

  it('are made as the guide shows: 011 and what follows goes out over the gateway as it is dialled', async () => {
    const made = await world.call(world.admin.token, 'POST', PATH, {
      domain_id: world.acme.id,
      name: 'International Calls',
      prefix: '011',
      gateway_id: gateways.own,
      enabled: true,
    })
    expect(made.status, made.text).toBe(201)
    expect(made.json).toMatchObject({
      name: 'International Calls',
      prefix: '011',
      gateway_id: gateways.own,
      gateway_1: gateways.own,
      number: null,
      context: 'acme.example',
      sequence: 101,
      limit: 0,
    })
    expect(sent(made, '01144123456')).toBe('01144123456')
    expect(sent(made, '44123456')).toBe(undefined)
  })

  it('what is dialled first is not sent', async () => {
    const nine = await admin({ number: null, strip_prefix: '9' })
    expect([sent(nine, '9123'), sent(nine, '123')]).toEqual(['123', undefined])
    const both = await admin({ number: null, strip_prefix: '9', prefix: '+44' })
    expect(sent(both, '9123')).toBe('+44123')
    const pattern = await admin({ strip_prefix: '9' })
    expect(expression(pattern)).toBe('^9(\\d{10,11})$')
    const ungrouped = await admin({ number: '^\\d{4}$', strip_prefix: '*9' })
    expect([sent(ungrouped, '*91234'), sent(ungrouped, '1234')]).toEqual(['1234', undefined])
    const plain = await admin({ number: '118118', strip_prefix: '0' })
    expect(sent(plain, '0118118')).toBe('118118')
    await refused(admin({ number: '^(1)$|^(2)$', strip_prefix: '9' }), 'strip_prefix')
    await refused(admin({ number: '(^1$|^2$)', strip_prefix: '9' }), 'strip_prefix')
    await refused(admin({ strip_prefix: '$' }), 'strip_prefix')
  })

  it('without a group the whole number is sent', async () => {
    for (const number of ['^\\d{4}$', '^1234$|^\\d{6}$', '^[(]?1234$', '^(?:12)34$', '1234']) {
      const made = await admin({ number })
      expect(made.status, made.text).toBe(201)
      expect(sent(made, '1234'), number).toBe('1234')
    }
    await refused(admin({ number: null }), 'number', 'Give the numbers')
    await refused(admin({ number: '\\d+' }), 'number')
    await refused(admin({ number: '^(\\d+$' }), 'number')
    await refused(admin({ number: '^${system(id)}(1)$' }), 'number')
  })

  it('emergency numbers go with the emergency caller id, others do not', async () => {
    for (const [number, is] of [
      ['(^911$|^933$)', true],
      ['112', true],
      ['^(999)$', true],
      ['^(\\d{3})$', false],
      ['^(9111)$', false],
      ['^(\\d+)$', false],
    ] as const) {
      const made = await admin({ number })
      const id = steps(made).find((step) => step.includes('effective_caller_id_number'))
      expect(id, number).toBe(`set effective_caller_id_number=\${${is ? 'emergency' : 'outbound'}_caller_id_number}`)
    }
  })

  it('up to three gateways are tried in order, by id or name, one’s own before one that is shared', async () => {
    const made = await minor({ gateway_1: 'trunk', gateway_2: gateways.shared, gateway_3: 'backup' })
    expect(made.status, made.text).toBe(201)
    expect(bridges(made)).toEqual(
      [gateways.own, gateways.shared, gateways.other].map((id) => `bridge sofia/gateway/${id}/$1`),
    )
    expect(made.json).toMatchObject({ gateway_1: 'trunk', gateway_id: gateways.own, gateway_3: 'backup' })
    const shared = await minor({ gateway_1: null, gateway_id: gateways.shared })
    expect(shared.json).toMatchObject({ gateway_1: gateways.shared, gateway_id: gateways.shared })
    const again = await world.call(world.acme.minor.token, 'PUT', `${PATH}${shared.json.id}/`, shared.json)
    expect(again.status, again.text).toBe(200)
    expect({ ...again.json, updated: 0, updated_by: 0 }).toEqual({ ...shared.json, updated: 0, updated_by: 0 })
  })

  it('a gateway of another tenant does not exist, nor does one that nobody has', async () => {
    for (const send of [minor, admin]) {
      await refused(send({ gateway_1: gateways.rivals }), 'gateway_1', 'object does not exist')
      await refused(send({ gateway_1: null, gateway_id: gateways.rivals }), 'gateway_id', 'object does not exist')
      await refused(send({ gateway_2: 'secret' }), 'gateway_2', 'There is no gateway secret')
      await refused(send({ gateway_3: 'nothing' }), 'gateway_3')
      await refused(send({ gateway_1: 'twice' }), 'gateway_1', 'by its id')
      await refused(send({ gateway_1: null }), 'gateway_1', 'gateway_id')
      await refused(send({ gateway_id: gateways.other }), 'gateway_id', 'not the gateway')
    }
  })

  it('of gateway_1 and gateway_id the one that is changed counts', async () => {
    const made = await admin({})
    expect((await patch(made, { gateway_id: gateways.other })).json).toMatchObject({ gateway_1: gateways.other })
    const named = await patch(made, { gateway_1: 'trunk' })
    expect(named.json).toMatchObject({ gateway_1: 'trunk', gateway_id: gateways.own })
    expect((await patch(made, { gateway_1: 'enum' })).json).toMatchObject({ gateway_1: 'enum', gateway_id: null })
  })

  it('who administers one tenant sends calls over gateways and within the tenant only', async () => {
    for (const gateway_2 of [
      'bridge:sofia/internal/2001@rival.example',
      'bridge:sofia/gateway/secret/$1',
      'bridge:user/2001@rival.example',
      'bridge:loopback/$1/rival.example',
      'transfer:$1 XML rival.example',
      'transfer:2001 XML rival.example',
      'transfer:',
      'enum',
      'freetdm',
      'xmpp',
    ]) {
      await refused(minor({ gateway_2 }), 'gateway_2')
    }
    const made = await minor({
      gateway_2: 'transfer:1001 XML ${domain_name}',
      gateway_3: 'bridge:user/1001@acme.example',
    })
    expect(made.status, made.text).toBe(201)
    expect(steps(made).slice(-2)).toEqual(['transfer 1001 XML acme.example', 'bridge user/1001@acme.example'])
    await refused(admin({ gateway_2: 'bridge:${system(id)}' }), 'gateway_2')
  })

  it('a PIN is asked for before the call goes out, and who does not know it is hung up on', async () => {
    const made = await minor({ pin: '4711' })
    const at = steps(made).findIndex((step) => step.startsWith('play_and_get_digits'))
    expect(steps(made)[at]).toMatch(
      /^play_and_get_digits 4 4 3 5000 # \S+ \S+ entered_pin \^4711 3000 'hangup:CALL_REJECTED inline'$/,
    )
    expect(at).toBeLessThan(steps(made).findIndex((step) => step.startsWith('bridge')))
    expect(made.json.pin).toBe('4711')
    expect((await world.call(world.acme.minor.token, 'GET', `${PATH}?pin=4711`)).status).toBe(400)
    expect(steps(await patch(made, { pin: null })).join()).not.toContain('play_and_get_digits')
    await refused(minor({ pin: '12a' }), 'pin')
    await refused(minor({ pin: "1' 2" }), 'pin')
    const log = await world.app.pool.query('SELECT changes::text FROM audit_log WHERE row_id = $1', [made.json.id])
    expect(log.rows.map(({ changes }) => JSON.parse(changes).pin)).not.toContain('4711')
    const listed = await minor({ pin_numbers: true })
    expect(steps(listed)).toEqual(expect.arrayContaining(['set pin_number=database', 'python pin_number']))
  })

  it('values out of bounds and texts that the switch would expand are refused', async () => {
    await refused(admin({ limit: -1 }), 'limit', 'greater than or equal to 0')
    await refused(admin({ sequence: 1000 }), 'sequence')
    await refused(admin({ sequence: 99 }), 'sequence')
    await refused(admin({ account_code: '${x}' }), 'account_code')
    await refused(admin({ toll_allow: 'a$' }), 'toll_allow')
    await refused(admin({ prefix: '0${x}' }), 'prefix')
    await refused(admin({ prefix: '0/1' }), 'prefix')
    const limited = await admin({ limit: 3, toll_allow: 'a.b', account_code: 'x y' })
    expect(limited.json.limit).toBe(3)
    expect(steps(limited)).toContain('limit hash ${domain_name} outbound 3 !USER_BUSY')
    expect(parsed(limited.json.current_xml).conditions[1]!.attributes).toEqual({
      field: '${toll_allow}',
      expression: '^a\\.b$',
    })
  })

  it('calls from outside are not sent outside, and no other tenant’s calls at all', async () => {
    await refused(admin({ context: 'public' }), 'context')
    await refused(minor({ context: 'public' }), 'context')
    await refused(minor({ context: 'rival.example' }), 'context')
    const made = await minor({})
    await refused(patch(made, { context: 'rival.example' }, world.acme.minor.token), 'context')
  })

  it('a route that is given to another tenant goes into its context, with gateways that it has', async () => {
    const made = await admin({})
    await refused(patch(made, { domain_id: 'rival.example' }), 'gateway_1')
    const moved = await patch(made, { domain_id: 'rival.example', gateway_1: 'secret' })
    expect(moved.json).toMatchObject({
      domain_id: world.rival.id,
      context: 'rival.example',
      gateway_id: gateways.rivals,
    })
    const special = await admin({ context: 'special', gateway_1: gateways.shared })
    expect((await patch(special, { domain_id: 'rival.example' })).json).toMatchObject({ context: 'special' })
  })

  it('a gateway that was deleted is told of when the route is written anew, and not before', async () => {
    const id = (
      await world.app.prisma.gateway.create({ data: { gateway: 'short', domain_id: world.acme.id, proxy: 'x' } })
    ).id
    const made = await minor({ gateway_1: id })
    await world.call(world.acme.minor.token, 'DELETE', `/api/gateways/${id}/`)
    expect((await patch(made, { enabled: false })).status).toBe(200)
    await refused(patch(made, { prefix: '1' }), 'gateway_1')
    expect((await patch(made, { prefix: '1', gateway_1: 'trunk' })).status).toBe(200)
  })
})
