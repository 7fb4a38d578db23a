/** Call centre queues: how their numbers are reached, and what their texts may be. */
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordTemplateError } from '../../../src/modules/other/call-centre/record-template.ts'
import { type TestUser, testExtension, testWorld, type World } from '../../support/app.ts'

const QUEUES = '/api/callcentrequeues/'
let world: World
let number = 3400

beforeAll(async () => {
  world = await testWorld()
  await testExtension(world, world.acme, '1001')
  await testExtension(world, world.rival, '7001')
})
afterAll(() => world?.close())

const asMinor = (method: string, url: string, body?: unknown) => world.call(world.acme.minor.token, method, url, body)
const asAdmin = (method: string, url: string, body?: unknown) => world.call(world.admin.token, method, url, body)
const nextNumber = () => String(number++)

/** Makes a row, which must be taken. */
// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely in tests
async function made(url: string, body: object, who: TestUser = world.acme.minor): Promise<any> {
  const answer = await world.call(who.token, 'POST', url, body)
  expect(answer.status, answer.text).toBe(201)
  return answer.json
}

const queue = (body: object = {}, who?: TestUser) => made(QUEUES, { extension: nextNumber(), ...body }, who)
const entry = (id: string) => world.app.prisma.dialplan.findUnique({ where: { id } })
const actions = async (row: { dialplan_id: string }) =>
  [...(await entry(row.dialplan_id))!.xml!.matchAll(/<action application="(\w+)" data="([^"]*)"\/>/g)]
    .map(([, application, data]) => `${application} ${data}`.trim())
    .slice(1)

describe('a queue', () => {
  it('is reached by its number as DjangoPBX would have it', async () => {
    const row = await made(
      QUEUES,
      {
        domain_id: world.acme.id,
        name: 'SupportQ',
        extension: '3300',
        timeout_action: 'transfer:1001 XML acme.example',
      },
      world.admin,
    )
    expect(row.gen_xml).toBe(`${row.url}generate_xml/`)
    const { xml, ...columns } = (await entry(row.dialplan_id))!
    expect(columns).toMatchObject({
      domain_id: world.acme.id,
      app_id: '48b0bd79-021d-4151-b59e-06370fc686cd',
      hostname: null,
      context: 'acme.example',
      category: 'Call centre',
      name: 'SupportQ',
      number: '3300',
      destination: false,
      dp_continue: false,
      sequence: 230,
      enabled: true,
      updated_by: 'root',
    })
    expect(xml).toBe(`<extension name="SupportQ" continue="false" uuid="${row.dialplan_id}">
  <condition field="destination_number" expression="^([^#]+#)(.*)$" break="never">
    <action application="set" data="caller_id_name=$2"/>
  </condition>
  <condition field="destination_number" expression="^3300$">
    <action application="answer" data=""/>
    <action application="set" data="hangup_after_bridge=true"/>
    <action application="callcenter" data="${row.id}"/>
    <action application="transfer" data="1001 XML acme.example"/>
  </condition>
</extension>`)
  })

  it('greets, tells agents which queue it is, lets callers leave it, and sends on who was not answered', async () => {
    const greeting = '${recordings_dir}/${domain_name}/welcome.wav'
    const row = await queue({ greeting, cid_name_prefix: 'Sales', cc_exit_keys: '#', timeout_action: '1001' })
    expect(await actions(row)).toEqual([
      'answer',
      'set hangup_after_bridge=true',
      'set effective_caller_id_name=Sales#${caller_id_name}',
      'set cc_exit_keys=#',
      'sleep 1000',
      `playback ${greeting}`,
      `callcenter ${row.id}`,
      'transfer 1001 XML acme.example',
    ])
  })

  it('keeps its entry in step, and takes it along', async () => {
    const row = await queue({ name: 'First', timeout_action: 'hangup' })
    expect((await actions(row)).at(-1)).toBe('hangup')
    const changed = await asMinor('PATCH', `${QUEUES}${row.id}/`, {
      name: 'A & "B"',
      enabled: false,
      timeout_action: '',
    })
    expect(changed.json.dialplan_id).toBe(row.dialplan_id)
    expect(await entry(row.dialplan_id)).toMatchObject({
      name: 'A & "B"',
      enabled: false,
      updated_by: 'minor@acme.example',
    })
    expect((await entry(row.dialplan_id))!.xml).toContain('name="A &amp; &quot;B&quot;"')
    expect((await actions(row)).at(-1)).toBe(`callcenter ${row.id}`)
    const put = await asMinor('PUT', `${QUEUES}${row.id}/`, { extension: '*34.1' })
    expect(put.status).toBe(200)
    expect(await entry(row.dialplan_id)).toMatchObject({
      number: '*34.1',
      xml: expect.stringContaining('"^\\*34\\.1$"'),
    })
    expect((await asMinor('DELETE', `${QUEUES}${row.id}/`)).status).toBe(204)
    expect(await entry(row.dialplan_id)).toBe(null)
  })

  it('has an entry again after it was lost, when asked for it', async () => {
    const row = await queue()
    await world.app.prisma.dialplan.delete({ where: { id: row.dialplan_id } })
    for (const method of ['GET', 'POST']) {
      const { status, json } = await asMinor(method, `${QUEUES}${row.id}/generate_xml/`)
      expect([status, json.id]).toEqual([200, row.id])
      expect(await entry(json.dialplan_id)).toMatchObject({ number: row.extension })
    }
    expect((await world.call(world.rival.minor.token, 'POST', `${QUEUES}${row.id}/generate_xml/`)).status).toBe(404)
  })

  it('has a number that nothing else of the tenant has', async () => {
    const { status, json } = await asMinor('POST', QUEUES, { extension: '1001' })
    expect([status, json.extension]).toEqual([400, ['The number 1001 is taken by an extension of this domain.']])
    const row = await queue()
    expect((await asMinor('POST', QUEUES, { extension: row.extension })).json).toMatchObject({
      extension: [`The number ${row.extension} is taken by a call centre queue of this domain.`],
    })
    expect((await asMinor('PATCH', `${QUEUES}${row.id}/`, { extension: '1001' })).status).toBe(400)
    await queue({ extension: '1001' }, world.rival.minor)
    expect(await world.app.prisma.dialplan.count({ where: { number: '1001', domain_id: world.acme.id } })).toBe(0)
  })

  it.each([
    ['extension', ['34$1', '3 4', '34"/>', '(.*)']],
    [
      'timeout_action',
      ['9999', 'transfer:7001 XML rival.example', 'transfer:9999 XML acme.example', 'system:ls', 'lua x'],
    ],
    ['cid_name_prefix', ['${system(ls)}', 'a\nb']],
    ['cc_exit_keys', ['x', '1,2', '$1']],
    [
      'greeting',
      [
        '../../etc/passwd',
        '/etc/x.wav',
        'http://10.0.0.1/a.wav',
        '${system(ls)}',
        '${recordings_dir}/rival.example/a.wav',
      ],
    ],
    ['announce_sound', ['ivr/../../x.wav', 'shell_stream://ls']],
    ['moh_sound', ['file_string:///etc/a!/etc/b', '${hold_music}/../x']],
    [
      'record_template',
      [
        '/etc/cron.d/x',
        '${recordings_dir}/rival.example/${uuid}.wav',
        '${recordings_dir}/acme.example/../rival.example/a.wav',
        '${recordings_dir}/acme.example/${caller_id_name}.wav',
        '${recordings_dir}/acme.example/${system(ls)}.wav',
        '${recordings_dir}/acme.example/${strftime(${system(ls)})}.wav',
        'a\r\nb.wav',
      ],
    ],
  ] as const)('takes no %s of %j from who administers one tenant', async (field, values) => {
    const before = await world.app.prisma.callCentreQueues.count()
    for (const value of values) {
      const { status, json } = await asMinor('POST', QUEUES, { extension: nextNumber(), [field]: value })
      expect([status, Object.keys(json.detail ?? {})], value).toEqual([400, [field]])
    }
    expect(await world.app.prisma.callCentreQueues.count()).toBe(before)
  })

  it('takes the sounds and recordings of its tenant', async () => {
    await queue({
      greeting: 'ivr/ivr-welcome.wav',
      announce_sound: 'tone_stream://%(200,0,500)',
      moh_sound: '$${hold_music}',
      record_template:
        '$$' +
        '{recordings_dir}/$' +
        '{domain_name}/archive/$' +
        '{strftime(%Y)}/$' +
        '{strftime(%b)}/$' +
        '{uuid}.$' +
        '{record_ext}',
    })
    await queue({ moh_sound: 'local_stream://default', record_template: '${recordings_dir}/acme.example/q.wav' })
  })

  it('takes other places from administrators, and commands from nobody', async () => {
    const place = {
      domain_id: world.acme.id,
      greeting: '/srv/a.wav',
      record_template: '/srv/${caller_id_number}.wav',
    }
    await queue(place, world.admin)
    for (const field of ['greeting', 'moh_sound', 'announce_sound', 'record_template', 'timeout_action']) {
      const value = field === 'timeout_action' ? 'log:${system(ls)}' : '${system(ls)}'
      const body = { extension: nextNumber(), domain_id: world.acme.id, [field]: value }
      expect((await asAdmin('POST', QUEUES, body)).json.detail, field).toEqual({ [field]: [expect.any(String)] })
    }
  })

  it('may be changed although what it names has gone', async () => {
    const extension = await testExtension(world, world.acme, '1050')
    const row = await queue({ timeout_action: '1050' })
    await world.app.prisma.extension.delete({ where: { id: extension } })
    expect((await asMinor('PATCH', `${QUEUES}${row.id}/`, { name: 'Later' })).status).toBe(200)
    expect((await asMinor('PATCH', `${QUEUES}${row.id}/`, { timeout_action: '1051' })).status).toBe(400)
  })

  it('are made many at once, each with its entry, or none', async () => {
    const before = await world.app.prisma.dialplan.count()
    const bodies = [{ extension: nextNumber() }, { extension: nextNumber(), timeout_action: '1001' }]
    const { status, json } = await asMinor('POST', QUEUES, bodies)
    expect([status, json.length]).toEqual([201, 2])
    for (const row of json) expect(await entry(row.dialplan_id)).toMatchObject({ number: row.extension })
    const refused = await asMinor('POST', QUEUES, [{ extension: nextNumber() }, { extension: '1001' }])
    expect(refused.status).toBe(400)
    expect(await world.app.prisma.dialplan.count()).toBe(before + 2)
  })

  it('is flushed from the cache by a switch that is connected', async () => {
    const row = await queue()
    for (const method of ['GET', 'POST']) {
      const answer = await asMinor(method, `${QUEUES}${row.id}/flush_cache_call_centre/`)
      expect([answer.status, answer.json.detail]).toEqual([
        503,
        'No telephone switch is connected to this server, so its cached queues could not be flushed.',
      ])
    }
  })
})

describe('whatever who administers one tenant writes', () => {
  const domain = { id: '', name: 'acme.example' }

  it('a recording stays in the folder of its tenant, and nothing of the caller is in its name', () => {
    const parts = fc.constantFrom(
      ...['${recordings_dir}', '$', '/', '..', '.', '${domain_name}', 'acme.example', 'rival.example', 'a', ' ', '\n'],
      ...['${uuid}', '${caller_id_name}', '${strftime(%Y)}', '${strftime(', '${system(ls)}', '}', ')'],
    )
    const rest = fc.array(parts, { maxLength: 6 }).map((some) => some.join(''))
    const texts = fc.oneof(
      rest,
      rest.map((some) => `\${recordings_dir}/\${domain_name}/${some}`),
    )
    fc.assert(
      fc.property(texts, (text) => {
        if (recordTemplateError(text, domain, { role: 'minor_admin_api' }) !== undefined) return
        const file = text
          .replace(/^\$?\$\{recordings_dir\}\/(\$\{domain_name\}|acme\.example)\//, '')
          .replaceAll(/\$\{(uuid|domain_name|strftime\(%Y\))\}/g, 'x')
        expect(file).toMatch(/^[\w .+-]+(\/[\w .+-]+)*$/)
        expect(file.split('/')).not.toContain('..')
      }),
      { numRuns: 500 },
    )
  })
})
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
