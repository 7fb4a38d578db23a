// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testWorld, type World } from '../../support/app.ts'

describe('dialplan details', () => {
  let world: World
  beforeAll(async () => {
    world = await testWorld()
  })
  afterAll(() => world.close())

  const asAdmin = (method: string, path: string, body?: unknown) =>
    world.call(world.admin.token, method, `/api/${path}`, body)
  const asMinor = (method: string, path: string, body?: unknown) =>
    world.call(world.acme.minor.token, method, `/api/${path}`, body)
  const dialplan = async (body: Record<string, unknown> = {}) =>
    (await asAdmin('POST', 'dialplans/', { domain_id: world.acme.id, name: 'made', ...body })).json

  it('become the XML of their dialplan, by group and sequence', async () => {
    const { id } = await dialplan({ dp_continue: true })
    const details = [
      { group: 1, sequence: 30, tag: 'action', type: 'hangup' },
      { group: 0, sequence: 10, tag: 'condition', type: 'wday', data: '2-6', dp_break: 'never' },
      { group: 0, sequence: 15, tag: 'action', type: 'set', data: 'open=a<b', inline: 'true' },
      { group: 0, sequence: 16, tag: 'anti-action', type: 'set', data: 'open=no', inline: 'false' },
      { group: 1, sequence: 20, tag: 'condition', type: 'regex', data: 'any' },
      { group: 1, sequence: 25, tag: 'regex', type: '${open}', data: '^no$' },
      { group: 1, sequence: 26, tag: 'regex', type: 'destination_number', data: '^1$', enabled: false },
      { group: 2, sequence: 5, tag: 'action', type: 'echo' },
    ]
    for (const detail of details) {
      expect((await asMinor('POST', 'dialplan_details/', { dialplan_id: id, ...detail })).status).toBe(201)
    }
    const made = await asMinor('POST', `dialplans/${id}/generate_xml/`)
    expect(made.status).toBe(200)
    expect(made.json).toMatchObject({ id, name: 'made' })
    expect(made.json.xml).toBe(
      [
        `<extension name="made" continue="true" uuid="${id}">`,
        '  <condition wday="2-6" break="never">',
        '    <action application="set" data="open=a&lt;b" inline="true"/>',
        '    <anti-action application="set" data="open=no"/>',
        '  </condition>',
        '  <condition regex="any">',
        '    <regex field="${open}" expression="^no$"/>',
        '    <action application="hangup" data=""/>',
        '  </condition>',
        '  <condition field="" expression="">',
        '    <action application="echo" data=""/>',
        '  </condition>',
        '</extension>',
      ].join('\n'),
    )
    expect((await asAdmin('GET', `dialplans/${id}/`)).json.xml).toBe(made.json.xml)
  })

  it('must be there for XML to be made of them', async () => {
    const { id } = await dialplan()
    const { status, json } = await asMinor('GET', `dialplans/${id}/generate_xml/`)
    expect(status).toBe(400)
    expect(json.non_field_errors[0]).toContain('no enabled details')
    const rival = await dialplan({ domain_id: world.rival.id })
    expect((await asMinor('POST', `dialplans/${rival.id}/generate_xml/`)).status).toBe(404)
  })

  it('do not make XML that reaches the host for a minor administrator', async () => {
    const { id } = await dialplan()
    await asAdmin('POST', 'dialplan_details/', { dialplan_id: id, tag: 'action', type: 'lua', data: 'x.lua' })
    const refused = await asMinor('POST', `dialplans/${id}/generate_xml/`)
    expect(refused.status).toBe(400)
    expect(refused.json.xml[0]).toContain('lua')
    expect((await asAdmin('POST', `dialplans/${id}/generate_xml/`)).json.xml).toContain('x.lua')
  })

  it('are checked by what they are', async () => {
    const { id } = await dialplan()
    const refused = async (body: Record<string, unknown>) => {
      const { status, json } = await asMinor('POST', 'dialplan_details/', { dialplan_id: id, ...body })
      expect(status).toBe(400)
      return json.detail
    }
    expect(await refused({ type: 'destination_number', data: '^(1' })).toHaveProperty('data')
    expect(await refused({ tag: 'regex', type: '${lua(x)}', data: '1' })).toHaveProperty('type')
    expect(await refused({ type: 'regex', data: 'some' })).toHaveProperty('data')
    expect(await refused({ tag: 'action' })).toHaveProperty('type')
    expect(await refused({ tag: 'action', type: 'System', data: 'id' })).toHaveProperty('type')
    expect(await refused({ tag: 'anti-action', type: 'set', data: 'x=${bgapi id}' })).toHaveProperty('data')
    const { json } = await asAdmin('POST', 'dialplan_details/', { dialplan_id: id, tag: 'action', type: 'system' })
    expect((await asMinor('PATCH', `dialplan_details/${json.id}/`, { sequence: 7 })).status).toBe(200)
    expect((await asMinor('PATCH', `dialplan_details/${json.id}/`, { data: 'id' })).status).toBe(400)
  })
})
