/** Call centre agents and tiers: where agents are called, whose they are, and which queues they answer. */
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readContact } from '../../../src/modules/other/call-centre/contact.ts'
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
})
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
