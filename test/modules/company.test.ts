/** A small company: made through the API alone, at work together, and taken down again so that nothing is left of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestApp, testApp, testUser } from '../support/app.ts'
import { wav } from '../support/audio.ts'
import { fieldsOf, fileOf, filesOf, MULTIPART, multipart } from '../support/uploads.ts'

const NAME = 'tiny.example'
const PASSWORD = 'correct horse battery'

let served: TestApp
let root: string
let boss: string
/** How many rows each table had before. */
let before: Record<string, number>
/** Rows by what they are, each with its `url`. */
// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely in tests
const company: Record<string, any> = {}

beforeAll(async () => {
  served = await testApp()
  root = (await testUser(served.app, 'root', ['admin_api'], null)).token
  before = await counts()
})
afterAll(() => served?.close())

// biome-ignore lint/suspicious/noExplicitAny: as above
async function send(token: string, method: string, url: string, body?: unknown, status = 200): Promise<any> {
  const answer = await served.call(token, method, url.replace(/^https?:\/\/[^/]+/, ''), body)
  expect(answer.status, `${method} ${url} ${JSON.stringify(body)}: ${answer.text.slice(0, 500)}`).toBe(status)
  return answer.json
}
const make = (path: string, body: unknown, token = boss) => send(token, 'POST', `/api/${path}/`, body, 201)
const refused = async (path: string, body: unknown) => (await send(boss, 'POST', `/api/${path}/`, body, 400)).detail
const list = async (path: string, query = '') =>
  (await send(boss, 'GET', `/api/${path}/?page_size=100&${query}`)).results

async function upload(path: string, fields: Record<string, string>, file: Buffer) {
  const body = multipart([...fieldsOf(fields), fileOf(file)])
  const answer = await served.call(boss, 'POST', `/api/${path}/`, body, MULTIPART)
  expect(answer.status, answer.text).toBe(201)
  return answer.json
}

async function signedIn(username: string): Promise<string> {
  const answer = await served.call(null, 'POST', '/api-auth/login/', { username, password: PASSWORD })
  expect(answer.status, answer.text).toBe(200)
  return answer.json.token
}

async function tables(): Promise<string[]> {
  const text = `SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1`
  return (await served.app.pool.query(text)).rows.map(({ relname }) => relname)
}

/** What a table's rows come to, by the table. */
async function ofTables(value: string, values: unknown[] = []): Promise<Record<string, number>> {
  const parts = (await tables()).map((name) => `SELECT '${name}' AS name, ${value} AS value FROM "${name}" t`)
  const { rows } = await served.app.pool.query(parts.join(' UNION ALL '), values)
  return Object.fromEntries(rows.map(({ name, value: one }) => [name, Number(one)]))
}

const counts = () => ofTables('count(*)')

describe('a small company', () => {
  it('gets a domain, and an administrator of its own', async () => {
    company.domain = await make('domains', { name: NAME }, root)
    const body = { username: `boss@${NAME}`, password: PASSWORD, groups: ['minor_admin_api'] }
    company.boss = await make('users', { ...body, domain_id: company.domain.id }, root)
    boss = await signedIn(`boss@${NAME}`)
    expect((await send(boss, 'GET', '/api/domains/')).results).toMatchObject([{ name: NAME }])
    await send(boss, 'POST', '/api/domains/', { name: 'other.example' }, 403)
  })

  it('has people, and ten telephones with a box each', async () => {
    for (const name of ['alice', 'bob']) {
      company[name] = await make('users', { username: `${name}@${NAME}`, password: PASSWORD, groups: ['user_api'] })
    }
    const extensions = Array.from({ length: 10 }, (_none, n) => ({
      extension: String(1001 + n),
      password: `secret-${n}`,
    }))
    company.extensions = await make('extensions', extensions)
    expect(company.extensions).toHaveLength(10)
    expect(await list('voicemails')).toHaveLength(10)
    for (const [index, name] of ['alice', 'bob'].entries()) {
      const [profile] = await list('profiles', `username=${name}@${NAME}`)
      const extension_id = company.extensions[index].id
      company[`${name}Has`] = await make('extensionuser', { extension_id, user_uuid: profile.user_uuid })
    }
    const alice = await signedIn(`alice@${NAME}`)
    expect((await send(alice, 'GET', '/api/customerextensions/')).results).toMatchObject([{ extension: '1001' }])
    const dialled = await send(alice, 'POST', '/api/clickdial/', { dest: '1002' }, 503)
    expect(dialled.detail).toMatch(/^No telephone switch is connected/)
  })

  it('answers to its prompts and greetings', async () => {
    company.recording = await upload('recordings', { name: 'Welcome' }, wav({ seconds: 1 }))
    const [box] = await list('voicemails', `extension_id=${company.extensions[0].id}`)
    company.greeting = await upload('voicemail_greetings', { voicemail_id: box.id, name: 'Away' }, wav({ seconds: 2 }))
    expect(await filesOf(served.app)).toHaveLength(2)
  })

  it('rings, asks, queues and closes', async () => {
    company.group = await make('ringgroups', {
      name: 'Sales',
      extension: '3001',
      timeout_app: 'transfer',
      timeout_data: '1010',
    })
    company.places = await make(
      'ringgroupdestinations',
      ['1001', '1002'].map((number) => ({ ring_group_id: company.group.id, number })),
    )
    const welcome = `\${recordings_dir}/\${domain_name}/${company.recording.filename}`
    company.queue = await make('callcentrequeues', {
      name: 'Support',
      extension: '3400',
      greeting: welcome,
      timeout_action: '*991001',
    })
    company.agents = await make(
      'callcentreagents',
      ['1003', '1004'].map((contact) => ({ agent_id: contact, name: `Agent ${contact}`, contact })),
    )
    company.tiers = await make(
      'callcentretiers',
      company.agents.map(({ id }: { id: string }) => ({ queue_id: company.queue.id, agent_id: id })),
    )
    company.menu = await make('ivrmenus', {
      name: 'Main',
      extension: '3100',
      greet_long: welcome,
      exit_app: 'transfer',
      exit_data: '1001',
    })
    company.options = await make('ivrmenuoptions', [
      { ivr_menu_id: company.menu.id, option_digits: '1', option_action: 'menu-exec-app', option_param: '3001' },
      {
        ivr_menu_id: company.menu.id,
        option_digits: '2',
        option_action: 'menu-exec-app',
        option_param: `transfer 3400 XML ${NAME}`,
      },
    ])
    company.hours = await make('dialplan_time_condition', {
      name: 'Office hours',
      number: '4000',
      rules: [{ when: 'mon-fri 09:00-17:30', destination: '3100' }],
      alternative: { destination: '*991001' },
    })
  })

  it('reaches the world, and is reached', async () => {
    company.gateway = await make('gateways', { gateway: 'carrier', proxy: 'sip.carrier.example' })
    company.outbound = await make('dialplan_ob_route', {
      name: 'Out',
      number: '^(\\d{7,15})$',
      gateway_id: company.gateway.id,
    })
    company.inbound = await make('dialplan_ib_route', {
      name: 'In',
      number: '442071838750',
      destination_number: '4000',
    })
    expect(company.inbound.current_xml).toContain(`data="4000 XML ${NAME}"`)
    expect(company.outbound.current_xml).toContain(company.gateway.id)
  })

  it('has a dialplan entry for each number, which leads where it should', async () => {
    const entries = await list('dialplans', `domain_id=${company.domain.id}`)
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const byNumber = Object.fromEntries(entries.map((entry: any) => [entry.number, entry]))
    expect(
      Object.keys(byNumber)
        .filter((number) => /^\d{4}$/.test(number))
        .sort(),
    ).toEqual(['3001', '3100', '3400', '4000'])
    expect(byNumber['3001'].xml).toMatch(new RegExp(`user/1001@${NAME},.*user/1002@${NAME}`))
    expect(byNumber['3001'].xml).toContain(`data="1010 XML ${NAME}"`)
    expect(byNumber['3100'].xml).toContain(company.menu.id)
    expect(byNumber['3400'].xml).toContain(`application="callcenter" data="${company.queue.id}"`)
    expect(byNumber['3400'].xml).toContain(`data="*991001 XML ${NAME}"`)
    const at = (time: string) => send(boss, 'GET', `${company.hours.url}test/?at=${time}`)
    expect(await at('2026-11-23T10:00')).toMatchObject({ rule: 1, alternative: false, data: `3100 XML ${NAME}` })
    expect(await at('2026-11-22T10:00')).toMatchObject({ alternative: true })
    const agents = await list('callcentreagents')
    expect(agents.map(({ contact }: { contact: string }) => contact)).toEqual([
      `user/1003@${NAME}`,
      `user/1004@${NAME}`,
    ])
  })

  it('has each number once, and sends calls to nothing that is not there', async () => {
    const taken = (number: string, what: string) => ({
      extension: [`The number ${number} is taken by ${what} of this domain.`],
    })
    expect(await refused('ringgroups', { extension: '1001' })).toEqual(taken('1001', 'an extension'))
    expect(await refused('ivrmenus', { extension: '3400' })).toEqual(taken('3400', 'a call centre queue'))
    expect(await refused('callcentrequeues', { extension: '3100' })).toEqual(taken('3100', 'an IVR menu'))
    expect(await refused('extensions', { extension: '3001', password: 'pw' })).toEqual(taken('3001', 'a ring group'))
    expect(await refused('callcentrequeues', { extension: '3401', timeout_action: '3999' })).toHaveProperty(
      'timeout_action',
    )
    expect(await refused('dialplan_ib_route', { number: '442071838751', destination_number: '3999' })).toHaveProperty(
      'destination_number',
    )
  })

  it('is gone without a trace when it is deleted, but for the audit log', async () => {
    const rows = [
      'inbound',
      'outbound',
      'hours',
      'options',
      'menu',
      'tiers',
      'agents',
      'queue',
      'places',
      'group',
      'greeting',
      'recording',
      'gateway',
      'aliceHas',
      'bobHas',
      'extensions',
      'alice',
      'bob',
    ]
    const deleted = rows.flatMap((name) => company[name])
    for (const row of deleted) await send(boss, 'DELETE', row.url, undefined, 204)
    await send(root, 'DELETE', company.boss.url, undefined, 204)
    await send(root, 'DELETE', company.domain.url, undefined, 204)
    const { audit_log: log, ...after } = await counts()
    const { audit_log: _log, ...earlier } = before
    expect(after).toEqual(earlier)
    const mentions = await ofTables(`count(*) FILTER (WHERE strpos(t::text, $1) > 0 OR strpos(t::text, $2) > 0)`, [
      company.domain.id,
      NAME,
    ])
    expect(Object.keys(mentions).filter((name) => mentions[name]! > 0)).toEqual(['audit_log'])
    expect(log, 'each row was made and deleted').toBe(2 * (deleted.length + 2))
    expect(await filesOf(served.app)).toEqual([])
  })
})
