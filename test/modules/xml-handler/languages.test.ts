/** Phrases over HTTP: what a switch is told to play. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testWorld, type World } from '../../support/app.ts'
import { all, treeOf } from '../../support/xml-tree.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

async function phrase(name: string, domainId: string | null, sounds: string[], more: Record<string, unknown> = {}) {
  const details = sounds.map((data, index) => ({ data, sequence: 10 * (sounds.length - index) }))
  const { id } = await world.app.prisma.phrases.create({
    data: { name, domain_id: domainId, details: { create: details }, ...more } as never,
  })
  return id
}

/** What is played, in order; undefined: the phrase is not found. */
async function played(macro: string, domain: string, lang = 'en'): Promise<string[] | undefined> {
  const body = `section=languages&macro_name=${encodeURIComponent(macro)}&lang=${lang}&variable_domain_name=${domain}`
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const { status, text } = await world.call(null, 'POST', '/xmlhandler/languages/', body, headers)
  expect(status).toBe(200)
  const [found] = all(treeOf(text), 'macro')
  if (found) expect(found.attributes).toEqual({ name: macro })
  return found && all(found, 'action').map(({ attributes }) => attributes.data!)
}

test('is found by its id and by its name, in the order of its sequence', async () => {
  const { acme } = world
  const id = await phrase('hours', acme.id, ['closed.wav', 'we-are.wav'])
  for (const macro of [id, id.toUpperCase(), 'hours']) {
    expect(await played(macro, acme.name)).toEqual(['we-are.wav', 'closed.wav'])
  }
})

test('is the own one before that of all, and in the language of the call', async () => {
  const { acme, rival } = world
  await phrase('welcome', null, ['all.wav'])
  await phrase('welcome', acme.id, ['acme-de.wav'], { language: 'de' })
  await phrase('welcome', acme.id, ['acme-en.wav'])
  expect(await played('welcome', acme.name)).toEqual(['acme-en.wav'])
  expect(await played('welcome', acme.name, 'de')).toEqual(['acme-de.wav'])
  expect(await played('welcome', rival.name)).toEqual(['all.wav'])
})

test('of another tenant, disabled or unknown is not there', async () => {
  const { acme, rival } = world
  const id = await phrase('secret', rival.id, ['secret.wav'])
  await phrase('off', acme.id, ['off.wav'], { enabled: false })
  for (const macro of [id, 'secret', 'off', 'nothing', '']) expect(await played(macro, acme.name)).toBeUndefined()
})
