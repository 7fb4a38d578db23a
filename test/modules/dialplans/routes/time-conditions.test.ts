/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours */
/** Time conditions: rules in words, what becomes of them, and what they do at a time. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, testExtension, testWorld, type World } from '../../../support/app.ts'
import { parsed } from './parsed.ts'

const PATH = '/api/dialplan_time_condition/'
const OFFICE = [
  { when: 'christmas_day,12-24', destination: '1003' },
  { when: 'mon-fri 09:00-12:30,13:30-17:30', destination: '1001' },
  { when: { weekdays: 'fri', hours: '22:00-02:00' }, destination: '1002' },
]

describe('time conditions', () => {
  let world: World
  beforeAll(async () => {
    world = await testWorld({ timeZone: 'Europe/Berlin' })
    for (const number of ['1001', '1002', '1003']) await testExtension(world, world.acme, number)
    await testExtension(world, world.rival, '2001')
    const setting = { category: 'time_conditions', value_type: 'array', enabled: true }
    await world.app.prisma.defaultSetting.createMany({
      data: [
        { ...setting, subcategory: 'region', value_type: 'text', value: 'england' },
        { ...setting, subcategory: 'preset_england', value: '{"christmas_day":{"mday":"25","mon":"12"}}' },
        { ...setting, subcategory: 'preset_england', value: '{"may_day":{"mon":"5","mday":"1-7","wday":"2"}}' },
        { ...setting, subcategory: 'preset_usa', value: '{"independence_day":{"mday":"4","mon":"7"}}' },
      ],
    })
  })
  afterAll(() => world.close())

  const post = (token: string, body: object): Promise<Answer> =>
    world.call(token, 'POST', PATH, { name: 'Office hours', number: '6655', ...body })
  const minor = (body: object) => post(world.acme.minor.token, body)
  const admin = (body: object) => post(world.admin.token, { domain_id: 'acme.example', ...body })
  const patch = (answer: Answer, body: object) =>
    world.call(world.acme.minor.token, 'PATCH', `${PATH}${answer.json.id}/`, body)
  const test = (answer: Answer, at: string) =>
    world.call(world.acme.minor.token, 'GET', `${PATH}${answer.json.id}/test/?at=${at}`)
  async function refused(answer: Promise<Answer>, field: string, sentence?: string): Promise<void> {
    const { status, json, text } = await answer
    expect(status, text).toBe(400)
    expect(Object.keys(json.detail)).toEqual([field])
    if (sentence !== undefined) expect(json[field].join(' ')).toContain(sentence)
  }

  it('rules become conditions after the number, in their order, and the alternative comes last', async () => {
    const alternative = '*991001'
    await refused(minor({ rules: OFFICE, alternative }), 'alternative', 'voicemail box *991001')
    const [extension] = await world.app.prisma.extension.findMany({ where: { extension: '1001' } })
    await world.app.prisma.voicemail.create({ data: { extension_id: extension!.id } })
    const made = await admin({ rules: OFFICE, alternative })
    expect(made.status, made.text).toBe(201)
    expect(made.json).toMatchObject({
      rules: OFFICE,
      alternative,
      settings: null,
      alternate_destination: null,
      context: 'acme.example',
      sequence: 301,
    })
    const to = (rule: number, number: string) => [
      ['action', 'set', `time_condition_rule=${rule}`, ''],
      ['action', 'transfer', `${number} XML acme.example`, ''],
    ]
    const number = { field: 'destination_number', expression: '^6655$' }
    expect(parsed(made.json.current_xml).conditions).toEqual([
      { attributes: number, actions: [] },
      { attributes: { mday: '25', mon: '12', break: 'on-true' }, actions: to(1, '1003') },
      { attributes: { mon: '12', mday: '24', break: 'on-true' }, actions: to(1, '1003') },
      { attributes: { wday: '2-6', 'minute-of-day': '541-750', break: 'on-true' }, actions: to(2, '1001') },
      { attributes: { wday: '2-6', 'minute-of-day': '811-1050', break: 'on-true' }, actions: to(2, '1001') },
      { attributes: { wday: '6', 'minute-of-day': '1321-1440', break: 'on-true' }, actions: to(3, '1002') },
      { attributes: { wday: '7', 'minute-of-day': '1-120', break: 'on-true' }, actions: to(3, '1002') },
      { attributes: number, actions: [['action', 'transfer', '*991001 XML acme.example', '']] },
    ])
    const other = await patch(made, { alternative: { destination: '+4930123456' } })
    expect(other.json.alternative).toEqual({ destination: '+4930123456' })
    expect(parsed(other.json.current_xml).conditions.at(-1)!.actions[0]![2]).toBe('+4930123456 XML acme.example')
  })

  it('the test tells what happens at a time, in TIME_ZONE, on the days that clocks change too', async () => {
    const made = await minor({ rules: OFFICE, alternative: '1003' })
    const rule = async (at: string) => {
      const { json, status, text } = await test(made, at)
      expect(status, text).toBe(200)
      return [json.rule, json.destination]
    }
    expect((await test(made, '2026-12-25T10:00')).json).toEqual({
      at: '2026-12-25T10:00:00+01:00',
      time_zone: 'Europe/Berlin',
      rule: 1,
      when: 'christmas_day,12-24',
      alternative: false,
      destination: '1003',
      application: 'transfer',
      data: '1003 XML acme.example',
    })
    // Wednesday, with the edges of both parts of the day.
    expect(await rule('2026-06-10T09:00')).toEqual([2, '1001'])
    expect(await rule('2026-06-10T12:29:59')).toEqual([2, '1001'])
    expect(await rule('2026-06-10T12:30')).toEqual([null, '1003'])
    expect(await rule('2026-06-10T17:29')).toEqual([2, '1001'])
    expect((await test(made, '2026-06-10T17:30')).json).toMatchObject({
      rule: null,
      alternative: true,
      destination: '1003',
    })
    // With an offset: 07:00 in UTC is 09:00 in summer and 08:00 in winter.
    expect(await rule('2026-06-10T07:00Z')).toEqual([2, '1001'])
    expect(await rule('2026-01-14T07:00Z')).toEqual([null, '1003'])
    expect(await rule('2026-01-14T09:00%2B01:00')).toEqual([2, '1001'])
    expect(await rule('2026-01-14T09:00+01:00')).toEqual([2, '1001'])
    // Monday after the clocks went forward, and after they went back.
    expect(await rule('2026-03-30T07:00Z')).toEqual([2, '1001'])
    expect(await rule('2026-10-26T07:59Z')).toEqual([null, '1003'])
    expect(await rule('2026-10-26T08:00Z')).toEqual([2, '1001'])
    // The night that begins on Friday.
    expect(await rule('2026-06-12T22:00')).toEqual([3, '1002'])
    expect(await rule('2026-06-13T01:59')).toEqual([3, '1002'])
    expect(await rule('2026-06-12T01:00')).toEqual([null, '1003'])
    expect((await world.call(world.acme.minor.token, 'GET', `${PATH}${made.json.id}/test/`)).json.at).toMatch(/^20/)
    expect((await test(made, 'tomorrow')).status).toBe(400)
    const rival = await world.call(world.rival.minor.token, 'GET', `${PATH}${made.json.id}/test/`)
    expect(rival.status).toBe(404)
  })

  it('without an alternative the call goes on to the next dialplan', async () => {
    const made = await minor({ rules: [{ when: 'mon', destination: '1001' }] })
    const { json } = await test(made, '2026-06-10T12:00')
    expect(json).toMatchObject({ rule: null, alternative: false, destination: null, application: null })
  })

  it('each wrong rule is told of by its place', async () => {
    const rules = [
      { when: 'mon', destination: '1001' },
      { when: 'noday', destination: '1001' },
      { when: 'tue' },
      'x',
      { when: 'mon', to: 1, destination: '1' },
    ]
    const { status, json } = await minor({ rules })
    expect(status).toBe(400)
    expect(json.rules).toEqual([
      'Rule 2: There is no preset "noday": there are christmas_day, may_day.',
      'Rule 3: Its destination is a text, such as "1001".',
      expect.stringMatching(/^Rule 4: Write it as in /),
      'Rule 5: A rule has when and destination, and no "to".',
    ])
    await refused(minor({ rules: [{ when: 'mon', destination: '4711' }] }), 'rules', 'Rule 1: There is no')
    await refused(minor({ rules: [{ when: 'mon', destination: '2001' }] }), 'rules', 'Rule 1: There is no')
    await refused(
      minor({ rules: [{ when: 'mon', destination: 'transfer:2001 XML rival.example' }] }),
      'rules',
      'Rule 1',
    )
    for (const wrong of [[], {}, 'mon', 5, Array(51).fill({ when: 'mon', destination: '1001' })]) {
      await refused(minor({ rules: wrong }), 'rules', 'Rules are a list')
    }
    await refused(minor({ rules: OFFICE, alternative: { to: '1001' } }), 'alternative', 'Write a destination')
    await refused(minor({ rules: OFFICE, alternative: '2001' }), 'alternative', 'There is no')
    await refused(minor({ rules: OFFICE, alternative: '6655' }), 'alternative', 'come back')
    await refused(minor({ number: '^\\d{4}$', rules: OFFICE }), 'rules', 'Rule 1: Calls would come back')
    await refused(minor({ alternative: '1001' }), 'rules', 'Say when')
    await refused(minor({}), 'rules', 'Say when')
  })

  it('a tenant’s own presets stand in place of the system’s', async () => {
    const data = { domain_id: world.rival.id, category: 'time_conditions', enabled: true }
    await world.app.prisma.domainSetting.createMany({
      data: [{ ...data, subcategory: 'region', value_type: 'text', value: 'usa' }],
    })
    const rival = (when: string) => post(world.rival.minor.token, { rules: [{ when, destination: '2001' }] })
    expect((await rival('independence_day')).status).toBe(201)
    await refused(rival('christmas_day'), 'rules', 'there are independence_day')
  })

  it('rules take the place of settings, and settings that of rules', async () => {
    const settings = '<condition wday="2-6"><action application="transfer" data="1001 XML acme.example"/></condition>'
    const made = await minor({ settings })
    expect(made.status, made.text).toBe(201)
    const byRules = await patch(made, { rules: OFFICE })
    expect(byRules.json).toMatchObject({ rules: OFFICE, settings: null })
    const renumbered = await patch(made, { number: '6656' })
    expect(parsed(renumbered.json.current_xml).conditions[0]!.attributes.expression).toBe('^6656$')
    expect(parsed(renumbered.json.current_xml).conditions).toHaveLength(7)
    const back = await patch(made, { ...renumbered.json, settings })
    expect(back.json).toMatchObject({ settings, rules: null, alternative: null })
    await refused(minor({ rules: OFFICE, settings }), 'rules', 'not both')
    await refused(patch(made, { settings: null }), 'rules', 'Say when')
    const form = await world.call(
      world.acme.minor.token,
      'POST',
      PATH,
      String(new URLSearchParams({ name: 'form', number: '6657', rules: JSON.stringify(OFFICE), alternative: '1001' })),
      { 'content-type': 'application/x-www-form-urlencoded' },
    )
    expect(form.json).toMatchObject({ rules: OFFICE, alternative: '1001' })
  })

  it('a number or regular expression, in the tenant’s own context', async () => {
    expect((await minor({ number: '*66', rules: OFFICE })).status).toBe(201)
    const pattern = await minor({ number: '^66\\d$', rules: OFFICE })
    expect(parsed(pattern.json.current_xml).conditions[0]!.attributes.expression).toBe('^66\\d$')
    expect((await test(pattern, '2026-06-10T09:00')).json.rule).toBe(2)
    await refused(minor({ number: '^66(', rules: OFFICE }), 'number')
    await refused(minor({ number: '66 55', rules: OFFICE }), 'number')
    await refused(minor({ rules: OFFICE, context: 'rival.example' }), 'context')
    await refused(minor({ rules: OFFICE, context: 'public' }), 'context')
    await refused(minor({ rules: OFFICE, sequence: 99 }), 'sequence')
  })
})
