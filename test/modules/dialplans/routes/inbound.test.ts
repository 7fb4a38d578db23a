/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours */
/** Inbound routes: which number goes where. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, testExtension, testWorld, type World } from '../../../support/app.ts'
import { parsed } from './parsed.ts'

const PATH = '/api/dialplan_ib_route/'

describe('inbound routes', () => {
  let world: World
  let serial = 1000
  beforeAll(async () => {
    world = await testWorld()
    await testExtension(world, world.acme, '1001')
    await testExtension(world, world.acme, '1002')
    await testExtension(world, world.rival, '2001')
  })
  afterAll(() => world.close())
  const post = (token: string, body: object): Promise<Answer> =>
    world.call(token, 'POST', PATH, { number: `0123${serial++}`, ...body })
  const minor = (body: object) => post(world.acme.minor.token, body)
  const admin = (body: object) => post(world.admin.token, { domain_id: 'acme.example', ...body })
  const patch = (answer: Answer, body: object, token = world.admin.token) =>
    world.call(token, 'PATCH', `${PATH}${answer.json.id}/`, body)
  const last = (answer: Answer) => parsed(answer.json.current_xml).conditions[0]!.actions.at(-1)
  const expression = (answer: Answer) => parsed(answer.json.current_xml).conditions[0]!.attributes.expression
  async function refused(answer: Promise<Answer>, field: string, sentence?: string): Promise<void> {
    const { status, json, text } = await answer
    expect(status, text).toBe(400)
    expect(Object.keys(json.detail)).toEqual([field])
    if (sentence !== undefined) expect(json[field].join(' ')).toContain(sentence)
  }

  it('are made as the guide shows: a name, a number and where calls go', async () => {
    const made = await world.call(world.admin.token, 'POST', PATH, {
      domain_id: world.acme.id,
      name: 'Main Number',
      number: '+1234567890',
      destination_number: '1001',
      enabled: true,
    })
    expect(made.status, made.text).toBe(201)
    expect(made.json).toMatchObject({
      domain_id: world.acme.id,
      name: 'Main Number',
      number: '+1234567890',
      context: 'public',
      sequence: 100,
      destination_number: '1001',
      application: 'transfer',
      data: '1001 XML acme.example',
      enabled: true,
    })
    expect(last(made)).toEqual(['action', 'transfer', '1001 XML acme.example', ''])
    const takes = new RegExp(expression(made)!)
    expect(takes.exec('+1234567890')![1]).toBe('1234567890')
    expect(takes.exec('1234567890')![1]).toBe('1234567890')
    expect(takes.test('11234567890')).toBe(false)
  })

  it('take numbers with what may stand before, SIP names and regular expressions', async () => {
    const of = async (body: object) => expression(await admin({ destination_number: '1001', ...body }))
    expect(await of({ number: '551', prefix: '+44' })).toBe('^(?:\\+44)?(551)$')
    expect(await of({ number: '*552#' })).toBe('^(\\*552#)$')
    expect(await of({ number: 'sales.desk' })).toBe('^(sales\\.desk)$')
    expect(await of({ number: '^(55\\d{4})$', prefix: '00' })).toBe('^(?:00)?(55\\d{4})$')
    expect(await of({ number: '(^553$|^554$)' })).toBe('(^553$|^554$)')
    await refused(admin({ destination_number: '1001', number: '(0123) 450-001' }), 'number', 'digits')
    await refused(admin({ destination_number: '1001', number: '^(1' }), 'number', 'not closed')
    await refused(admin({ destination_number: '1001', number: '^${system(id)}$' }), 'number')
    await refused(admin({ destination_number: '1001', number: '^1$|^2$', prefix: '00' }), 'prefix')
    await refused(admin({ destination_number: '1001', prefix: 'x' }), 'prefix')
  })

  it('go to what the tenant has and to numbers outside; what nobody has is a 400', async () => {
    expect(last(await minor({ destination_number: '+442012345678' }))![2]).toBe('+442012345678 XML acme.example')
    await refused(minor({ destination_number: '4711' }), 'destination_number', 'There is no')
    await refused(minor({ destination_number: '2001' }), 'destination_number', 'There is no')
    await refused(minor({}), 'destination_number', 'Say where calls go')
    await refused(minor({ data: '1001 XML acme.example' }), 'application')
    await refused(
      minor({ destination_number: '1001', application: 'transfer', data: '1002 XML acme.example' }),
      'destination_number',
      'not what application and data say',
    )
    expect(
      (await minor({ destination_number: '1001', application: 'transfer', data: '1001 XML acme.example' })).status,
    ).toBe(201)
  })

  it('go to a time condition by its number', async () => {
    const rules = [{ when: 'mon-fri 09:00-17:30', destination: '1001' }]
    const path = '/api/dialplan_time_condition/'
    await world.call(world.acme.minor.token, 'POST', path, {
      name: 'Office',
      number: '6655',
      rules,
      alternative: '1002',
    })
    expect(last(await minor({ destination_number: '6655' }))![2]).toBe('6655 XML acme.example')
    await refused(post(world.rival.minor.token, { destination_number: '6655' }), 'destination_number')
  })

  it('are made as a list, all or none', async () => {
    const list = (second: object) =>
      world.call(world.acme.minor.token, 'POST', PATH, [
        { number: '4440', destination_number: '1001' },
        { number: '4441', destination_number: '1002', ...second },
      ])
    const before = await world.app.prisma.dialplan.count()
    expect((await list({ number: '+4440' })).status).toBe(400)
    expect((await list({ destination_number: '2001' })).status).toBe(400)
    expect(await world.app.prisma.dialplan.count()).toBe(before)
    const made = await list({})
    expect(made.status, made.text).toBe(201)
    expect(made.json.map((row: { name: string; data: string }) => [row.name, row.data])).toEqual([
      ['4440', '1001 XML acme.example'],
      ['4441', '1002 XML acme.example'],
    ])
  })

  it('a change of one field makes the dialplan anew from all of them', async () => {
    const made = await minor({
      destination_number: '1001',
      record: true,
      caller_id_name_prefix: 'Shop',
      account_code: 'a1',
    })
    const renamed = await patch(made, { name: 'Shop & "Co"' }, world.acme.minor.token)
    expect(parsed(renamed.json.current_xml)).toMatchObject({ name: 'Shop & "Co"', uuid: made.json.id })
    expect(parsed(renamed.json.current_xml).conditions).toEqual(parsed(made.json.current_xml).conditions)
    const moved = await patch(made, { destination_number: '1002' })
    expect(moved.json).toMatchObject({
      destination_number: '1002',
      application: 'transfer',
      data: '1002 XML acme.example',
    })
    const hung = await patch(made, { application: 'hangup', data: '' })
    expect(hung.json).toMatchObject({ destination_number: null, application: 'hangup', data: '', record: true })
    expect(last(hung)).toEqual(['action', 'hangup', '', ''])
    const whole = await patch(made, { ...hung.json, destination_number: '1001', application: null, data: null })
    expect(last(whole)![2]).toBe('1001 XML acme.example')
    // An extension that is gone is in nobody's way until the destination is changed.
    expect((await patch(made, { ...whole.json, description: 'x' })).status).toBe(200)
  })

  it('a deleted route leaves nothing', async () => {
    const made = await minor({ destination_number: '1001' })
    expect((await world.call(world.acme.minor.token, 'DELETE', `${PATH}${made.json.id}/`)).status).toBe(204)
    expect(await world.app.prisma.inboundRoute.count({ where: { dialplan_id: made.json.id } })).toBe(0)
    expect(await world.app.prisma.dialplan.count({ where: { id: made.json.id } })).toBe(0)
  })

  it('what is refused writes nothing', async () => {
    const count = () => Promise.all([world.app.prisma.dialplan.count(), world.app.prisma.inboundRoute.count()])
    const before = await count()
    await refused(admin({ destination_number: '4711', sequence: 100 }), 'destination_number')
    await refused(admin({ destination_number: '1001', sequence: 99 }), 'sequence', 'greater than or equal to 100')
    await refused(admin({ destination_number: '1001', caller_id_name_prefix: '${x}' }), 'caller_id_name_prefix')
    await refused(admin({ destination_number: '1001', account_code: 'a$1' }), 'account_code')
    await refused(
      admin({ destination_number: '1001', number: '1001', context: 'acme.example' }),
      'destination_number',
      'come back',
    )
    await refused(admin({ destination_number: '1001', name: 'a$${b}' }), 'name')
    await refused(
      admin({ destination_number: '1001', domain_id: 'nowhere.example' }),
      'domain_id',
      'object does not exist',
    )
    await refused(admin({ destination_number: '1001', domain_id: null }), 'domain_id')
    expect(await count()).toEqual(before)
  })

  it('a tenant is named by its name or its id, and no other than one’s own is there', async () => {
    const byName = await minor({ destination_number: '1001', domain_id: 'acme.example' })
    expect(byName.json.domain_id).toBe(world.acme.id)
    await refused(
      minor({ destination_number: '1001', domain_id: 'rival.example' }),
      'domain_id',
      'object does not exist',
    )
    const list = await world.call(world.rival.minor.token, 'GET', `${PATH}?domain_id=${world.acme.id}`)
    expect(list.json.count).toBe(0)
  })

  it('a dialplan of the kind that came by another way is seen, kept as it is, and a route when something of one is sent', async () => {
    const xml = '<extension name="old"><condition field="destination_number" expression="^1$"/></extension>'
    const row = await world.app.prisma.dialplan.create({
      data: {
        domain_id: world.acme.id,
        app_id: 'c03b422e-13a8-bd1b-e42b-b6b9b4d27ce4',
        category: 'Inbound route',
        name: 'old',
        number: '991',
        context: 'public',
        xml,
      },
    })
    const url = `${PATH}${row.id}/`
    const named = await world.call(world.admin.token, 'PATCH', url, { description: 'kept' })
    expect(named.json).toMatchObject({ current_xml: xml, description: 'kept', application: null })
    const route = await world.call(world.admin.token, 'PATCH', url, { destination_number: '1001' })
    expect(last(route)![2]).toBe('1001 XML acme.example')
  })
})
