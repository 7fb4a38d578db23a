/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours */
/** Time conditions of XML: what is taken, what it does at a time, and that it leaves no tenant. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, testExtension, testWorld, type World } from '../../../support/app.ts'
import { parsed } from './parsed.ts'

const PATH = '/api/dialplan_time_condition/'

describe('time conditions of XML', () => {
  let world: World
  beforeAll(async () => {
    world = await testWorld({ timeZone: 'Europe/Berlin' })
    for (const number of ['1001', '1002', '1003']) await testExtension(world, world.acme, number)
    await testExtension(world, world.rival, '2001')
  })
  afterAll(() => world.close())

  const post = (token: string, body: object): Promise<Answer> =>
    world.call(token, 'POST', PATH, { name: 'Office hours', number: '6655', ...body })
  const minor = (body: object) => post(world.acme.minor.token, body)
  const admin = (body: object) => post(world.admin.token, { domain_id: 'acme.example', ...body })
  const test = (answer: Answer, at: string) =>
    world.call(world.acme.minor.token, 'GET', `${PATH}${answer.json.id}/test/?at=${at}`)
  async function refused(answer: Promise<Answer>, field: string, sentence?: string): Promise<void> {
    const { status, json, text } = await answer
    expect(status, text).toBe(400)
    expect(Object.keys(json.detail)).toEqual([field])
    if (sentence !== undefined) expect(json[field].join(' ')).toContain(sentence)
  }

  it('settings are held to the number, whatever they say', async () => {
    const made = await minor({
      settings: '<condition field="destination_number" expression=".*"><action application="hangup"/></condition>',
    })
    expect(parsed(made.json.current_xml).conditions.map(({ attributes }) => attributes)).toEqual([
      { field: 'destination_number', expression: '^6655$' },
      { field: 'destination_number', expression: '.*' },
    ])
  })

  it('the test tells of settings too, where it can', async () => {
    const settings = `<settings>
      <condition field="destination_number" expression="^6655$"/>
      <condition wday="mon-fri" hour="9-16" break="never"><action application="transfer" data="1001 XML acme.example"/></condition>
    </settings>`
    const alternate_destination =
      '<condition field="destination_number" expression="^6655$"><action application="transfer" data="1002 XML acme.example"/></condition>'
    const made = await minor({ settings, alternate_destination })
    expect((await test(made, '2026-06-10T16:59')).json).toMatchObject({
      rule: 1,
      when: 'wday mon-fri, hour 9-16',
      destination: 'transfer:1001 XML acme.example',
    })
    expect((await test(made, '2026-06-10T17:00')).json).toMatchObject({
      rule: null,
      alternative: true,
      data: '1002 XML acme.example',
    })
    const odd = await minor({ settings: settings.replace('hour="9-16"', 'mweek="1"') })
    expect((await test(odd, '2026-06-10T12:00')).json.detail).toContain('by the switch only: wday mon-fri, mweek 1')
    const other = await minor({ settings: settings.replace('field="destination_number"', 'field="caller_id_number"') })
    expect((await test(other, '2026-06-10T12:00')).json.detail).toContain('more than the time: caller_id_number')
  })

  it.each([
    ['<condition', 'Not well-formed XML'],
    ['<condition></settings>', 'Not well-formed XML'],
    ['</conditions><condition/><conditions>', 'Not well-formed XML'],
    ['text', 'Text between elements'],
    ['<settings/>', 'at least one condition'],
    ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><condition/>', ''],
    ['<condition>&x;</condition>', ''],
    ['<other/>', 'The element "other" is not taken'],
    ['<action application="hangup"/>', 'The element "action" is not taken'],
    ['<condition><condition/></condition>', 'not taken in a condition'],
    ['<condition color="red"/>', 'has no attribute "color"'],
    ['<condition wday="2" field="a"/>', 'write one for each'],
    ['<condition break="sometimes"/>', 'break is'],
    ['<condition><action data="x"/></condition>', 'no application'],
    ['<condition><action application="hangup" loop="1"/></condition>', 'has no attribute "loop"'],
    ['<condition><action application="hangup" inline="maybe"/></condition>', 'inline is'],
    ['<condition regex="all"/>', 'regex elements'],
    ['<condition field="caller_id_number" expression="(1"/>', 'regular expression is wrong'],
    [`<condition>${'<action application="hangup"/>'.repeat(600)}</condition>`, '500 elements'],
  ])('settings that the switch could not read are a 400: %s', async (settings, sentence) => {
    const before = await world.app.prisma.dialplan.count()
    await refused(admin({ settings }), 'settings', sentence)
    const fine = '<condition><action application="hangup"/></condition>'
    await refused(admin({ settings: fine, alternate_destination: settings }), 'alternate_destination', sentence)
    expect(await world.app.prisma.dialplan.count()).toBe(before)
  })

  it.each([
    ['transfer', '2001 XML rival.example'],
    ['bridge', 'user/2001@rival.example'],
    ['set', 'domain_name=rival.example'],
    ['set', 'api_hangup_hook=system id'],
    ['set', 'call_timeout=${system(id)}'],
    ['export', 'domain_name=rival.example'],
    ['system', 'id'],
    ['lua', 'x.lua'],
    ['sleep', '${system(id)}'],
    ['execute_extension', '2001 XML rival.example'],
    ['no such', ''],
  ])('who administers one tenant reaches no other and no host: %s %s', async (application, data) => {
    const step = `application="${application}" data="${data}"`
    for (const settings of [
      `<condition wday="2"><action ${step}/></condition>`,
      `<condition wday="2"><anti-action ${step}/></condition>`,
      `<condition wday="2"><action ${step} inline="true"/></condition>`,
    ]) {
      await refused(minor({ settings }), 'settings')
      const fine = '<condition><action application="hangup"/></condition>'
      await refused(minor({ settings: fine, alternate_destination: settings }), 'alternate_destination')
    }
  })

  it('what prepares a call may stand before where it goes', async () => {
    const settings = `<condition wday="2"><action application="set" data="hangup_after_bridge=true"/><action
      application="sleep" data="500"/><action application="transfer" data="1001 XML acme.example"/></condition>`
    expect((await minor({ settings })).status).toBe(201)
    const hidden = '<condition field="${system(id)}" expression="1"><action application="hangup"/></condition>'
    await refused(minor({ settings: hidden }), 'settings')
    for (const field of ['${user_data(2001@rival.example param password)}', '${hash select/a/b}']) {
      await refused(minor({ settings: hidden.replace('${system(id)}', field) }), 'settings')
      const regex = `<condition regex="any"><regex field="${field}" expression="1"/></condition>`
      await refused(minor({ settings: regex }), 'settings')
    }
    expect((await minor({ settings: hidden.replace('${system(id)}', 'caller_id_number') })).status).toBe(201)
  })
})
