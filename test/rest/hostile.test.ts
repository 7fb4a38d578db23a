/**
 * Whatever is sent, the server answers and never with a fault of its own. `HOSTILE_SEED=5 npx vitest run
 * test/rest/hostile.test.ts` repeats a run: the seed is in the failure, with the request.
 */
import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testExtension, testWorld, type World } from '../support/app.ts'
import { type HostileRequest, hostileRequests } from './hostile-input.ts'

const SEED = Number(process.env.HOSTILE_SEED ?? Math.floor(Math.random() * 1e9))
/** With other seeds each time, so that runs add up. */
const EACH = 2000
const BATCH = 50
const SLOW_MS = 5000

let world: World
let tokens: (string | null)[]

beforeAll(async () => {
  world = await testWorld()
  const { admin, acme, nobody } = world
  tokens = [admin.token, admin.token, admin.token, acme.minor.token, acme.minor.token, acme.user.token, nobody.token]
})
afterAll(() => world?.close())

const KINDS: Record<string, () => Promise<string>> = {
  extensions: () => testExtension(world, world.acme, '1001', world.acme.user),
  users: async () => String(world.rival.user.id),
  domain_settings: async () => {
    const data = { domain_id: world.acme.id, category: 'a', subcategory: 'b' }
    return (await world.app.prisma.domainSetting.create({ data })).id
  },
  gateways: async () => {
    const data = { domain_id: world.acme.id, gateway: 'g', proxy: 'p' }
    return (await world.app.prisma.gateway.create({ data })).id
  },
}

describe.each(Object.keys(KINDS))(`%s, seed ${SEED}`, (path) => {
  let requests: ReturnType<typeof hostileRequests>

  beforeAll(async () => {
    const id = await KINDS[path]!()
    const compiled = world.app.registry.all().find((one) => one.resource.path === path)!
    const fields = [...compiled.fields.keys(), ...Object.keys(compiled.resource.inputs ?? {})]
    requests = hostileRequests(SEED, { path, fields, ids: [id, world.acme.id, world.rival.id, '1'] })
  })

  it(`answers ${EACH} bodies`, () => send(() => requests.write()), 180_000)
  it(`answers ${EACH} queries`, () => send(() => requests.read()), 180_000)
})

async function send(next: () => HostileRequest): Promise<void> {
  const seen = new Map<number, number>()
  for (let sent = 0; sent < EACH; sent += BATCH) {
    const batch = Array.from({ length: BATCH }, next)
    await Promise.all(batch.map((request, index) => answered(request, tokens[index % tokens.length]!, seen)))
  }
  // All of it would prove nothing if every request failed at the first hurdle.
  expect([...seen.keys()]).toEqual(expect.arrayContaining([200, 400, 403, 404]))
}

async function answered(request: HostileRequest, token: string | null, seen: Map<number, number>): Promise<void> {
  const start = performance.now()
  const headers = { ...request.headers, ...(token && { authorization: `Token ${token}` }) }
  const answer = await world.app.inject({ ...request, headers } as InjectOptions)
  seen.set(answer.statusCode, (seen.get(answer.statusCode) ?? 0) + 1)
  const what = `seed ${SEED}: ${request.method} ${request.url.slice(0, 500)} ${JSON.stringify(request.headers)} ${request.payload?.toString('latin1').slice(0, 1000)}`
  expect(answer.statusCode, `${what}\n${answer.body.slice(0, 500)}`).toBeLessThan(500)
  expect(performance.now() - start, what).toBeLessThan(SLOW_MS)
  if (answer.statusCode >= 400 && request.method !== 'HEAD') expect(answer.json().error, what).toBe(answer.statusCode)
}
