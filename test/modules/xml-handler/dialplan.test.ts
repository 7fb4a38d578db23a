/** Dialplans over HTTP: which entries a switch is told for the context that a call is in. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testWorld, type World } from '../../support/app.ts'
import { all, treeOf } from '../../support/xml-tree.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

const xmlOf = (name: string) =>
  `<extension name="${name}">\n  <condition field="destination_number" expression="^1$">\n    <action application="answer"/>\n  </condition>\n</extension>`

async function entry(name: string, context: string, more: Record<string, unknown> = {}) {
  await world.app.prisma.dialplan.create({ data: { name, context, xml: xmlOf(name), ...more } as never })
}

async function ask(fields: Record<string, string>): Promise<string> {
  const body = Object.entries({ hostname: 'switch1', section: 'dialplan', ...fields })
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const { status, text } = await world.call(null, 'POST', '/xmlhandler/dialplan/', body, headers)
  expect(status).toBe(200)
  return text
}

/** The names of the entries, in their order. */
const namesIn = (answer: string) => all(treeOf(answer), 'extension').map(({ attributes }) => attributes.name)
const entries = async (context: string) => namesIn(await ask({ 'Caller-Context': context }))

// biome-ignore lint/suspicious/noTemplateCurlyInString: DjangoPBX's context of all tenants
const SHARED = '${domain_name}'

test('are those of the context, in order, enabled, for the switch that asks', async () => {
  const { acme, rival } = world
  await entry('third', acme.name, { domain_id: acme.id, sequence: 30 })
  await entry('second', acme.name, { domain_id: acme.id, sequence: 20, hostname: 'switch1' })
  await entry('b', acme.name, { domain_id: acme.id, sequence: 10, hostname: '' })
  await entry('a', acme.name, { domain_id: acme.id, sequence: 10 })
  await entry('off', acme.name, { domain_id: acme.id, enabled: false })
  await entry('elsewhere', acme.name, { domain_id: acme.id, hostname: 'switch2' })
  await entry('empty', acme.name, { domain_id: acme.id, xml: null })
  await entry('theirs', rival.name, { domain_id: rival.id })
  expect(await entries(acme.name)).toEqual(['a', 'b', 'second', 'third'])
  expect(await entries(rival.name)).toEqual(['theirs'])
  const transferred = await ask({ 'Caller-Context': rival.name, 'Hunt-Context': acme.name })
  expect(namesIn(transferred)).toEqual(['a', 'b', 'second', 'third'])
  expect(all(treeOf(transferred), 'context')[0]!.attributes).toEqual({ name: acme.name })
})

test('of all tenants are for tenants only, and those of one for its own', async () => {
  const { acme, rival } = world
  await entry('everyone', SHARED, { sequence: 1 })
  await entry('everyone of rival', SHARED, { sequence: 2, domain_id: rival.id })
  expect((await entries(acme.name))[0]).toBe('everyone')
  expect(await entries(acme.name)).not.toContain('everyone of rival')
  expect((await entries(rival.name)).slice(0, 2)).toEqual(['everyone', 'everyone of rival'])
  for (const context of ['nowhere.example', '', SHARED]) {
    expect(await ask({ 'Caller-Context': context })).toContain('status="not found"')
  }
})

test('of domains that are disabled are not there, in public neither', async () => {
  const { app, acme } = world
  const off = await app.prisma.domain.create({ data: { name: 'off.example', portal_name: 'off', enabled: false } })
  await entry('off', 'off.example', { domain_id: off.id })
  await entry('left behind', 'off.example')
  await entry('route to off', 'public', { domain_id: off.id })
  await entry('route to acme', 'public', { domain_id: acme.id })
  await entry('of nobody', 'public', { sequence: 999 })
  expect(await ask({ 'Caller-Context': 'off.example' })).toContain('status="not found"')
  expect(await entries('public')).toEqual(['route to acme', 'of nobody'])
})

test('are told without those that would spoil the others', async () => {
  const context = 'migrated'
  for (const [name, xml] of Object.entries({
    'not well-formed': '<extension name="a"><condition></extension>',
    two: `${xmlOf('a')}${xmlOf('b')}`,
    'runs a program': `<extension name="a"><condition/>\n<X-PRE-PROCESS cmd="exec" data="id"/></extension>`,
    'ends the context': '</context><context name="public">',
  })) {
    await entry(name, context, { xml })
  }
  await entry('sound', context)
  expect(await entries(context)).toEqual(['sound'])
})

test('are in the very next answer when they change', async () => {
  const { admin, acme } = world
  const body = { domain_id: acme.id, name: 'new', sequence: 999, xml: xmlOf('new') }
  const { json, status } = await world.call(admin.token, 'POST', '/api/dialplans/', body)
  expect(status).toBe(201)
  expect(await entries(acme.name)).toContain('new')
  await world.call(admin.token, 'PATCH', `/api/dialplans/${json.id}/`, { enabled: false })
  expect(await entries(acme.name)).not.toContain('new')
})
