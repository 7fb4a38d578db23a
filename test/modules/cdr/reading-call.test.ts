/** All legs of a call are found by its uuid, whenever they were, and no others. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { testWorld, type World } from '../../support/app.ts'
import { addCalls, prepareMonths } from '../../support/cdrs.ts'

const TWO_LEGS = randomUUID()
const MANY_LEGS = randomUUID()
const SECONDS = Array.from({ length: 30 }, (_, index) => index)

let world: World
beforeAll(async () => {
  world = await testWorld()
  const { acme, rival } = world
  await prepareMonths(world.app.pool, ['2025-04', '2025-05', '2025-06'])
  const many = SECONDS.map((second) => `2025-05-10T12:00:${String(second).padStart(2, '0')}Z`)
  await addCalls(world.app.pool, [
    { domain_id: acme.id, call_uuid: TWO_LEGS, start_stamp: '2025-05-31T23:59:59.999999Z' },
    { domain_id: acme.id, call_uuid: TWO_LEGS, start_stamp: '2025-06-01T00:00:00.000001Z' },
    { domain_id: rival.id, call_uuid: TWO_LEGS, start_stamp: '2025-04-01T00:00:00Z' },
    { domain_id: acme.id, call_uuid: randomUUID(), start_stamp: '2025-06-01T00:00:00Z' },
    ...many.map((start_stamp) => ({ domain_id: acme.id, call_uuid: MANY_LEGS, start_stamp })),
  ])
})
afterAll(() => world?.close())

const list = async (query: string, headers: Record<string, string> = {}) => {
  const { json } = await world.call(
    world.acme.minor.token,
    'GET',
    `/api/xmlcdrs/?fields=start_stamp&${query}`,
    undefined,
    headers,
  )
  return { ...json, results: json.results.map((row: { start_stamp: string }) => row.start_stamp) }
}

it('of the own tenant, the newest first', async () => {
  const results = ['2025-06-01T00:00:00.000001Z', '2025-05-31T23:59:59.999999Z']
  expect(await list(`call_uuid=${TWO_LEGS}`)).toEqual({ count: 2, next: null, previous: null, results })
  expect(await list(`call_uuid=${TWO_LEGS}&ordering=start_stamp`)).toMatchObject({ results: results.toReversed() })
  expect(await list(`call_uuid=${TWO_LEGS}`, { prefer: 'count=none' })).toMatchObject({
    count: null,
    next: null,
    results,
  })
  expect(await list(`call_uuid=${TWO_LEGS}&page=last`)).toMatchObject({ count: 2, results })
})

it('within what else is asked for', async () => {
  const early = `call_uuid=${TWO_LEGS}&start_stamp__lt=2025-06-01`
  expect(await list(early)).toMatchObject({ count: 1, results: ['2025-05-31T23:59:59.999999Z'] })
  expect(await list(`call_uuid=${TWO_LEGS}&start_stamp__lt=2025-05-01`)).toMatchObject({ count: 0, results: [] })
  expect(await list(`call_uuid=${randomUUID()}`)).toMatchObject({ count: 0, results: [] })
})

it('on as many pages as they take', async () => {
  const first = await list(`call_uuid=${MANY_LEGS}`)
  expect([first.count, first.results.length, first.next !== null]).toEqual([30, 25, true])
  expect((await list(`call_uuid=${MANY_LEGS}&page=2`)).results).toHaveLength(5)
  const full = await list(`call_uuid=${MANY_LEGS}&page_size=30`)
  expect([full.count, full.results.length, full.next]).toEqual([30, 30, null])
  expect((await list(`call_uuid=${MANY_LEGS}&page_size=31`)).count).toBe(30)
})
