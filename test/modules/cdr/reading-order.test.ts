/** Lists of calls: a tenant's and an extension's newest first, unless another order is asked for. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { testExtension, testWorld, type World } from '../../support/app.ts'
import { addCalls } from '../../support/cdrs.ts'

const TIMES = [
  '1970-01-01T00:00:07Z',
  '2025-12-31T23:59:59.999999Z',
  '2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00.000001Z',
  '2026-01-01T00:00:00.1Z',
  '2026-01-31T12:00:00Z',
  '2026-02-01T00:00:00Z',
]

let world: World
beforeAll(async () => {
  world = await testWorld()
  const { acme, rival } = world
  const places = [
    { domain_id: acme.id, extension_id: await testExtension(world, acme, '1001', acme.user) },
    { domain_id: acme.id, extension_id: await testExtension(world, acme, '1002') },
    { domain_id: acme.id, extension_id: null },
    { domain_id: rival.id, extension_id: await testExtension(world, rival, '1001') },
    { domain_id: null, extension_id: null },
  ]
  // Shuffled, so that the order they came in is none of those.
  const calls = places.flatMap((place) => TIMES.map((start_stamp) => ({ ...place, start_stamp })))
  await addCalls(
    world.app.pool,
    calls.map((_, n) => calls[(n * 16) % calls.length]!),
  )
})
afterAll(() => world?.close())

interface Row {
  domain_id: string | null
  extension_id: string | null
  start_stamp: string
}

async function list(query: string, token = world.admin.token, path = 'xmlcdrs'): Promise<Row[]> {
  const { status, json, text } = await world.call(token, 'GET', `/api/${path}/?page_size=100&${query}`)
  expect(status, text).toBe(200)
  return json.results
}

const newestFirst = [...TIMES].reverse()

it('are newest first within a domain and an extension, to the microsecond', async () => {
  const groups = new Map<string, string[]>()
  for (const { domain_id, extension_id, start_stamp } of await list('')) {
    const key = `${domain_id} ${extension_id}`
    // The calls of an extension stand together.
    if (groups.has(key)) expect([...groups.keys()].at(-1)).toBe(key)
    groups.set(key, [...(groups.get(key) ?? []), start_stamp])
  }
  expect([...groups.values()]).toEqual(Array(5).fill(newestFirst))
  const keys = [...groups.keys()]
  expect(keys.at(-1)).toBe('null null')
  expect(keys.indexOf(`${world.acme.id} null`)).toBeGreaterThan(keys.findIndex((key) => key.startsWith(world.acme.id)))
})

it('are newest first for the user of one extension', async () => {
  const rows = await list('', world.acme.user.token, 'xmlcustomercdrs')
  expect(rows.map((row) => row.start_stamp)).toEqual(newestFirst)
})

it.each([
  ['-start_stamp', newestFirst],
  ['start_stamp', TIMES],
])('ordering=%s goes over all extensions and months', async (ordering, times) => {
  for (const path of ['xmlcdrs', 'xmlcustomercdrs']) {
    const rows = await list(`ordering=${ordering}`, world.acme.minor.token, path)
    expect(rows.map((row) => row.start_stamp)).toEqual(times.flatMap((time) => [time, time, time]))
  }
})

it('have times as they were, to the last digit, and no offset but Z', async () => {
  const rows = await list('ordering=start_stamp&fields=start_stamp', world.acme.user.token, 'xmlcustomercdrs')
  expect(rows).toEqual(TIMES.map((start_stamp) => ({ start_stamp })))
})

it('cannot be ordered by what is not shown', async () => {
  for (const name of ['extension_id', 'domain_id', 'missed_call', 'xml']) {
    const url = `/api/xmlcustomercdrs/?ordering=${name}`
    const { status, json } = await world.call(world.acme.minor.token, 'GET', url)
    expect([status, json.detail]).toEqual([400, { ordering: [`${name} is no field to order by.`] }])
  }
})
