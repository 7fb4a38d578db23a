/** Call centres: queues that are reached by a number, the agents who answer them, and who may name what. */
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readContact } from '../../../src/modules/other/call-centre/contact.ts'
import { recordTemplateError } from '../../../src/modules/other/call-centre/record-template.ts'
import { type TestUser, testExtension, testWorld, type World } from '../../support/app.ts'

const QUEUES = '/api/callcentrequeues/'
const AGENTS = '/api/callcentreagents/'
const TIERS = '/api/callcentretiers/'
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
const agent = (body: object = {}, who?: TestUser) => made(AGENTS, { agent_id: nextNumber(), ...body }, who)
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

describe('an agent', () => {
  it('gets a PIN that users of the API without secrets do not see, and is told apart in its domain', async () => {
    const row = await agent({ agent_id: '9001', name: 'Agent1' })
    expect(row).toMatchObject({ agent_pin: expect.stringMatching(/^\d{5}$/), agent_type: 'callback', status: '' })
    expect(row).not.toHaveProperty('data')
    const again = await asMinor('POST', AGENTS, { agent_id: '9001' })
    expect(again.json).toMatchObject({ error: 400, agent_id: [expect.stringContaining('already exists')] })
    await agent({ agent_id: '9001' }, world.rival.minor)
  })

  it.each([
    ['1001', 'user/1001@acme.example'],
    ['user/1001@acme.example', 'user/1001@acme.example'],
    ['user/1999@acme.example', 'user/1999@acme.example'],
    ['loopback/1001/acme.example', 'loopback/1001/acme.example'],
  ])('is called at %s', async (contact, stored) => {
    const row = await agent({ contact })
    expect(row.contact).toBe(stored)
    const changed = await asMinor('PATCH', `${AGENTS}${row.id}/`, { contact })
    expect([changed.status, changed.json.contact]).toEqual([200, stored])
  })

  it.each([
    '7001',
    '1999',
    'user/7001@rival.example',
    'loopback/1001/rival.example',
    'loopback/1001/acme.example/XML',
    'user/1001@acme.example,user/7001@rival.example',
    '[leg_timeout=1]user/1001@acme.example',
    '{origination_uuid=1}user/1001@acme.example',
    'user/${system(ls)}@acme.example',
    'sofia/gateway/x/0044',
    'user/1001@acme.example\nX',
    'loopback/a/b@acme.example',
  ])('is not called at %j for who administers one tenant', async (contact) => {
    const { status, json } = await asMinor('POST', AGENTS, { agent_id: nextNumber(), contact })
    expect([status, Object.keys(json.detail)]).toEqual([400, ['contact']])
  })

  it('is called wherever administrators say', async () => {
    const contact = '[leg_timeout=10]sofia/gateway/8f9a/00441'
    const row = await agent({ domain_id: world.acme.id, contact }, world.admin)
    expect(row.contact).toBe(contact)
    const command = { domain_id: world.acme.id, agent_id: nextNumber(), contact: 'user/${system(ls)}@x' }
    expect((await asAdmin('POST', AGENTS, command)).status).toBe(400)
  })

  it('is a user of its own domain', async () => {
    const { acme, rival } = world
    const row = await agent({ user_uuid: acme.user.userUuid })
    expect(row.user_uuid).toBe(acme.user.userUuid)
    const foreign = { agent_id: nextNumber(), user_uuid: rival.user.userUuid }
    expect((await asMinor('POST', AGENTS, foreign)).json.user_uuid).toEqual([
      `Invalid pk "${rival.user.userUuid}" - object does not exist.`,
    ])
    const crossed = await asAdmin('POST', AGENTS, { ...foreign, domain_id: acme.id })
    expect([crossed.status, crossed.json.user_uuid]).toEqual([400, ["The user is not of the agent's domain."]])
    const errors = { user_uuid: rival.user.userUuid, contact: 'none' }
    const together = await asAdmin('PATCH', `${AGENTS}${row.id}/`, errors)
    expect(Object.keys(together.json.detail).sort()).toEqual(['contact', 'user_uuid'])
  })
})

describe('a tier', () => {
  it('has an agent answer a queue, once', async () => {
    const [q, a] = [await queue(), await agent()]
    const row = await made(TIERS, { queue_id: q.id, agent_id: a.id, tier_level: 1, tier_position: 2 })
    expect(row).toMatchObject({ queue_id: q.id, agent_id: a.id, tier_level: 1, tier_position: 2 })
    const { status, json } = await asMinor('POST', TIERS, { queue_id: q.id, agent_id: a.id })
    expect([status, json.detail]).toEqual([
      400,
      {
        non_field_errors: ['The fields queue_id, agent_id must make a unique set.'],
        agent_id: ['The agent is in this queue already.'],
      },
    ])
    const other = await made(TIERS, { queue_id: (await queue()).id, agent_id: a.id })
    expect((await asMinor('PATCH', `${TIERS}${other.id}/`, { queue_id: q.id })).status).toBe(400)
    expect((await asMinor('PATCH', `${TIERS}${row.id}/`, { tier_level: 3 })).status).toBe(200)
  })

  it('is made once of two requests that race', async () => {
    const body = { queue_id: (await queue()).id, agent_id: (await agent()).id }
    const answers = await Promise.all([1, 2, 3, 4].map(() => asMinor('POST', TIERS, body)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400])
  })

  it('is made with others at once, and each pair once', async () => {
    const { id: queue_id } = await queue()
    const agents = await asMinor(
      'POST',
      AGENTS,
      [1, 2].map(() => ({ agent_id: nextNumber(), contact: '1001' })),
    )
    expect(agents.json.map((one: { contact: string }) => one.contact)).toEqual(Array(2).fill('user/1001@acme.example'))
    const pairs = agents.json.map(({ id }: { id: string }) => ({ queue_id, agent_id: id }))
    const twice = await asMinor('POST', TIERS, [...pairs, pairs[0]])
    expect([twice.status, JSON.stringify(twice.json.detail)]).toEqual([400, expect.stringContaining('already')])
    expect((await asMinor('POST', TIERS, pairs)).status).toBe(201)
  })

  it('is of one tenant, whoever makes it', async () => {
    const { rival } = world
    const [own, foreign] = [await queue(), await queue({}, rival.minor)]
    const [mine, theirs] = [await agent(), await agent({}, rival.minor)]
    for (const pair of [
      { queue_id: own.id, agent_id: theirs.id },
      { queue_id: foreign.id, agent_id: mine.id },
    ]) {
      const [name, id] = Object.entries(pair).find(([, one]) => [theirs.id, foreign.id].includes(one))!
      expect((await asMinor('POST', TIERS, pair)).json[name]).toEqual([`Invalid pk "${id}" - object does not exist.`])
      const { status, json } = await asAdmin('POST', TIERS, pair)
      expect([status, json.agent_id]).toEqual([400, ["The agent is not of the queue's domain."]])
    }
  })

  it('keeps its queue and its agent in their domain, and goes with either', async () => {
    const [q, a] = [await queue(), await agent()]
    const row = await made(TIERS, { queue_id: q.id, agent_id: a.id })
    for (const url of [`${QUEUES}${q.id}/`, `${AGENTS}${a.id}/`]) {
      const { status, json } = await asAdmin('PATCH', url, { domain_id: world.rival.id })
      expect([status, Object.keys(json.detail)]).toEqual([400, ['domain_id']])
    }
    await asMinor('DELETE', `${AGENTS}${a.id}/`)
    expect((await asMinor('GET', `${TIERS}${row.id}/`)).status).toBe(404)
    const moved = await asAdmin('PATCH', `${QUEUES}${q.id}/`, { domain_id: world.rival.id })
    expect(moved.status, moved.text).toBe(200)
    expect(await entry(moved.json.dialplan_id)).toMatchObject({ domain_id: world.rival.id, context: 'rival.example' })
  })
})
describe('whatever who administers one tenant writes', () => {
  const domain = { id: '', name: 'acme.example' }

  it('a contact is a number of its own tenant, in a dial string of one leg', async () => {
    const parts = fc.constantFrom(
      'user/',
      'loopback/',
      '1001',
      '@',
      '/',
      'acme.example',
      'rival.example',
      ...',[{}]<>$|:^ \n',
    )
    const texts = fc.array(parts, { maxLength: 7 }).map((some) => some.join(''))
    const db = { run: async () => [['1001', 'extension', '']] }
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const read = await readContact(db, domain, text, 'minor_admin_api')
        if ('error' in read) return
        expect(read.contact).toMatch(/^(user\/[\w.-]+@acme\.example|loopback\/[\w.-]+\/acme\.example)$/)
      }),
    )
  })

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
