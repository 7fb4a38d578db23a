// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
/** The directory over HTTP: whose users are told to a switch, what is told of them, and how soon a change is. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildApp } from '../../../src/app.ts'
import { directory } from '../../../src/modules/xml-handler/directory/index.ts'
import { readQuestion } from '../../../src/modules/xml-handler/question.ts'
import { testUser, testWorld, type World } from '../../support/app.ts'
import { all, treeOf } from '../../support/xml-tree.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const formOf = (fields: Record<string, string>) =>
  Object.entries({ hostname: 'switch1', section: 'directory', ...fields })
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')

async function ask(fields: Record<string, string>): Promise<string> {
  const { status, text } = await world.call(null, 'POST', '/xmlhandler/directory/', formOf(fields), FORM)
  expect(status).toBe(200)
  return text
}
const askUser = (domain: string, user: string, more: Record<string, string> = {}) =>
  ask({ ...more, key: 'id', user, domain })

/** What the switch reads of a user: parameters and variables by name. */
async function user(domain: string, number: string) {
  const [found] = all(treeOf(await askUser(domain, number)), 'user')
  const of = (tag: string) =>
    Object.fromEntries(all(found!, tag).map(({ attributes }) => [attributes.name!, attributes.value!]))
  return found && { attributes: found.attributes, params: of('param'), variables: of('variable') }
}

const NOT_FOUND = /status="not found"/

/** An extension of the first tenant, unless told otherwise. */
async function extension(data: Record<string, unknown>, domainId = world.acme.id) {
  const { id } = await world.app.prisma.extension.create({
    data: { domain_id: domainId, password: 'pw', ...data } as never,
  })
  return id
}

describe('a user', () => {
  test('is of the tenant that is asked for, whoever else has its number, alias or box', async () => {
    const { acme, rival, app } = world
    const [own, other] = [
      await extension({ extension: '1001', password: 'acmes', number_alias: '5001' }),
      await extension({ extension: '1001', password: 'rivals', number_alias: '5002' }, rival.id),
    ]
    await app.prisma.voicemail.create({ data: { extension_id: other, password: '9999', mail_to: 'rival@example' } })
    for (const number of ['1001', '5001']) {
      const found = await user(acme.name, number)
      expect(found).toMatchObject({
        attributes: { id: '1001', 'number-alias': '5001' },
        params: { password: 'acmes', 'vm-enabled': 'false' },
        variables: { domain_uuid: acme.id, domain_name: acme.name, extension_uuid: own, caller_id_number: '5001' },
      })
      expect(found!.params).not.toHaveProperty('vm-password')
    }
    expect((await user(rival.name, '1001'))!.params).toMatchObject({ password: 'rivals', 'vm-password': '9999' })
    expect(await askUser(acme.name, '5002')).toMatch(NOT_FOUND)
    expect(await askUser(rival.name, '5001')).toMatch(NOT_FOUND)
    expect(await askUser('', '1001')).toMatch(NOT_FOUND)
  })

  test('is asked for by every module alike, and the variables of a call change nothing', async () => {
    const { acme } = world
    await extension({ extension: '1010', password: 'asked' })
    const ways: Record<string, string>[] = [
      { action: 'sip_auth', sip_auth_method: 'INVITE' },
      { action: 'voicemail-lookup', ip: '127.0.0.1' },
      { action: 'message-count' },
      { 'Event-Calling-Function': 'user_data_function', type: 'var' },
      { action: 'user_call', as_channel: 'true', purpose: 'gateways', domain: 'rival.example', user: '1001' },
    ]
    for (const way of ways) {
      const { domain = '', user: named = '', ...rest } = way
      const first = domain && `domain=${domain}&user=${named}&`
      const body = `${first}${formOf({ ...rest, key: 'id', user: '1010', domain: acme.name })}`
      const { text } = await world.call(null, 'POST', '/xmlhandler/', body, FORM)
      expect(text).toContain('value="asked"')
    }
  })

  test('is not there when it or its domain is disabled', async () => {
    const { app, acme } = world
    const off = await app.prisma.domain.create({ data: { name: 'off.example', portal_name: 'off', enabled: false } })
    await extension({ extension: '1020', enabled: false, cidr: '192.0.2.0/24', call_group: 'gone' })
    await extension({ extension: '1001' }, off.id)
    for (const [domain, number] of [
      [acme.name, '1020'],
      ['off.example', '1001'],
    ] as const) {
      expect(await askUser(domain, number)).toMatch(NOT_FOUND)
    }
    const lists: Record<string, string>[] = [
      { purpose: 'gateways' },
      { purpose: 'network-list' },
      { action: 'group_call' },
    ]
    for (const list of lists) expect(await ask({ ...list, domain: acme.name })).not.toMatch(/1020|off\.example|gone/)
    expect(await ask({ purpose: 'network-list', domain: 'off.example' })).toMatch(NOT_FOUND)
  })

  test('has its owner, its follow-me destinations while it follows, and settings of its tenant', async () => {
    const { app, acme } = world
    const id = await extension({ extension: '1030', follow_me_enabled: true })
    const owner = await testUser(app, 'owner@acme.example', ['user_api'], acme.id)
    await app.prisma.extensionUser.create({ data: { extension_id: id, user_uuid: owner.userUuid } })
    for (const [destination, sequence] of [
      ['1002', 20n],
      ['07700900123', 10n],
    ] as const) {
      await app.prisma.followMeDestination.create({ data: { extension_id: id, destination, sequence, delay: 5 } })
    }
    const setting = { category: 'directory', value_type: 'text' }
    await app.prisma.domainSetting.create({
      data: { ...setting, domain_id: acme.id, subcategory: 'max_calls', value: '7' },
    })
    await app.prisma.defaultSetting.createMany({
      data: [
        { ...setting, subcategory: 'max_calls', value: '3' },
        { ...setting, subcategory: 'default_outbound_caller_id_number', value: '+4930' },
        { ...setting, subcategory: 'api_hangup_hook', value: 'system touch' },
      ],
    })
    const found = await user(acme.name, '1030')
    expect(found!.variables).toMatchObject({
      user_uuid: owner.userUuid,
      user_name: 'owner@acme.example',
      follow_me_1: '07700900123,5,30',
      follow_me_2: '1002,5,30',
    })
    const [domain] = all(treeOf(await askUser(acme.name, '1030')), 'domain')
    const variables = domain!.children.find(({ name }) => name === 'variables')!.children
    expect(variables.map(({ attributes }) => Object.values(attributes))).toEqual([
      ['max_calls', '7'],
      ['default_outbound_caller_id_number', '+4930'],
    ])
  })
})

describe('what people write', () => {
  test('is a value: nothing in it is expanded, and it breaks out of nothing', async () => {
    const { acme } = world
    const evil = '"/><x a="${system id}'
    await extension({
      extension: '1040',
      password: '$${default_password}&"<',
      effective_caller_id_name: evil,
      outbound_caller_id_name: 'X-PRE-PROCESS $${dsn}',
      forward_all_destination: '$$${system x}',
      hold_music: '${sounds_dir}/a.wav',
      user_context: world.rival.name,
      mwi_account: `1001@${world.rival.name}`,
      missed_call_data: 'a\nb',
    })
    const answer = await askUser(acme.name, '1040')
    // What the switch would make of it before it parses it.
    expect(answer).not.toMatch(/\$\$\{|x-pre-process/i)
    const found = await user(acme.name, '1040')
    expect(found!.params).toMatchObject({ password: '$${default_password}&"<' })
    expect(found!.params).not.toHaveProperty('MWI-Account')
    expect(found!.variables).toMatchObject({
      effective_caller_id_name: '"/><x a="{system id}',
      outbound_caller_id_name: 'X-PRE-PROCESS {dsn}',
      forward_all_destination: '{system x}',
      hold_music: '${sounds_dir}/a.wav',
      user_context: acme.name,
      missed_call_data: 'a\nb',
    })
  })

  test('rings nobody when it is no word of a dial string', async () => {
    for (const number of ['1}loopback/2', '1,user/2', '${system}', 'a b']) {
      await extension({ extension: number })
      expect((await user(world.acme.name, number))!.params['dial-string']).toBe('error/user_not_registered')
    }
    await extension({ extension: '1050', dial_string: '{a=b}${sofia_contact(*/1050@acme.example)}' })
    expect((await user(world.acme.name, '1050'))!.params['dial-string']).toBe(
      '{a=b}${sofia_contact(*/1050@acme.example)}',
    )
  })
})

describe('lists', () => {
  test('have users of the domain only: by network, by group, and by name', async () => {
    const { acme, rival } = world
    for (const domainId of [acme.id, rival.id]) {
      const extensionOf = domainId === acme.id ? '1060' : '2060'
      await extension(
        {
          extension: extensionOf,
          cidr: '198.51.100.0/24',
          call_group: 'Sales, Night Shift',
          directory_first_name: 'A',
        },
        domainId,
      )
    }
    const networks = await ask({ purpose: 'network-list', domain: acme.name })
    expect(all(treeOf(networks), 'user').map(({ attributes }) => attributes)).toEqual([
      { id: '1060', cidr: '198.51.100.0/24' },
    ])
    const groups = all(treeOf(await ask({ action: 'group_call', group: 'sales', domain: acme.name })), 'group')
    expect(groups.map(({ attributes, children }) => [attributes.name, children.map((one) => one.attributes)])).toEqual([
      ['nightshift', [{ id: '1060', type: 'pointer' }]],
      ['sales', [{ id: '1060', type: 'pointer' }]],
    ])
    const names = await ask({
      'Event-Calling-Function': 'populate_database',
      'Event-Calling-File': 'mod_directory.c',
      domain: rival.name,
    })
    expect(all(treeOf(names), 'user').map(({ attributes }) => attributes.id)).toContain('2060')
    expect(names).not.toContain('1060')
  })
})

describe('a change', () => {
  test('is in the very next answer, on another server too', async () => {
    const { app, admin, acme } = world
    const id = await extension({ extension: '1070', password: 'old' })
    const second = await buildApp(app.config)
    try {
      const askSecond = async () => {
        const body = formOf({ key: 'id', user: '1070', domain: acme.name, action: 'sip_auth' })
        return (await second.inject({ method: 'POST', url: '/xmlhandler/directory/', headers: FORM, body })).body
      }
      expect(await askSecond()).toContain('value="old"')
      for (const password of ['new1', 'new2', 'new3']) {
        const changed = await world.call(admin.token, 'PATCH', `/api/extensions/${id}/`, { password })
        expect(changed.status).toBe(200)
        expect(await askSecond()).toContain(`value="${password}"`)
        expect(await askUser(acme.name, '1070')).toContain(`value="${password}"`)
      }
      await world.call(admin.token, 'DELETE', `/api/extensions/${id}/`)
      expect(await askSecond()).toMatch(NOT_FOUND)
    } finally {
      await second.close()
    }
  })

  test('is waited for by a switch only where it can be told to forget', async () => {
    await extension({ extension: '1080' })
    const { rows, database } = world.app.restHost.services
    const body = Buffer.from(formOf({ key: 'id', user: '1080', domain: world.acme.name }))
    const answers = [true, false].map((cacheable) =>
      directory({ rows, cacheable })(readQuestion(body, 'directory')!, database),
    )
    const [kept, asked] = await Promise.all(answers)
    expect(kept).toContain('<user id="1080" cacheable="60000">')
    expect(asked).toContain('<user id="1080">')
  })

  test('in a row that has no password lets nobody in', async () => {
    await extension({ extension: '1090', password: '' })
    const passwords = await Promise.all([user(world.acme.name, '1090'), user(world.acme.name, '1090')])
    const [one, other] = passwords.map((found) => found!.params.password!)
    expect(one).toMatch(/^[0-9a-f-]{36}$/)
    expect(one).not.toBe(other)
  })
})
