/** Of several replicas one hears a switch; another does when it cannot any more. */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { buildApp } from '../../../src/app.ts'
import { testWorld, type World } from '../../support/app.ts'
import { type FakeSwitch, fakeSwitch } from '../../support/fake-switch.ts'

const TAKEOVER_MS = 10_000
const SOON = { timeout: 25_000, interval: 50 }

let fs: FakeSwitch
let world: World
let second: FastifyInstance

beforeAll(async () => {
  fs = await fakeSwitch()
  world = await testWorld({}, undefined, { FREESWITCHES: `switch1=${fs.url}` })
  second = await buildApp(world.app.config)
  await vi.waitFor(() => expect(subscriptions()).toBe(1), SOON)
}, 120_000)
afterAll(async () => {
  await second?.close()
  await world?.close()
  await fs?.close()
})

/** How often somebody subscribed to the events of calls. */
const subscriptions = () => fs.received.filter((command) => command.includes('CHANNEL_CREATE')).length
const leaders = async () => {
  const shown = await Promise.all([world.app, second].map((app) => app.inject('/metrics')))
  return shown.map(({ body }) => Number(/^switch_events_leader\{[^}]*\} (\d)/m.exec(body)?.[1]))
}

let sequence = 0
const happen = () => {
  const uuid = randomUUID()
  fs.emit({
    'Event-Name': 'CHANNEL_ANSWER',
    'Core-UUID': 'a55c6725-a94e-4c90-8f87-06eec1910df1',
    'Event-Date-Timestamp': String(Date.now() * 1000),
    'Event-Sequence': String(++sequence),
    'Unique-ID': uuid,
    'Channel-Presence-ID': '1001@acme.example',
  })
  return uuid
}
/** The rows and announcements of an event, once it is there. */
const stored = async (uuid: string) => {
  const count = async () => {
    const text = `SELECT (SELECT count(*) FROM call_timeline WHERE unique_id = $1)::integer AS rows,
      (SELECT count(*) FROM events WHERE data ->> 'unique_id' = $1::text)::integer AS told`
    return (await world.app.pool.query(text, [uuid])).rows[0]
  }
  await vi.waitFor(async () => expect(await count()).toEqual({ rows: 1, told: 1 }), SOON)
}

test('one replica hears, and another within ten seconds when the database ends its connection', async () => {
  expect((await leaders()).sort()).toEqual([0, 1])
  await stored(happen())
  const before = await leaders()
  const admin = new pg.Client({ connectionString: world.app.config.databaseUrl })
  await admin.connect()
  const ended = performance.now()
  await admin.query(`SELECT pg_terminate_backend(l.pid) FROM pg_locks l WHERE l.locktype = 'advisory' AND l.granted
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
  await admin.end()
  await vi.waitFor(() => expect(subscriptions()).toBe(2), SOON)
  expect(performance.now() - ended).toBeLessThan(TAKEOVER_MS)
  expect((await leaders()).sort()).toEqual([0, 1])
  expect(before).toHaveLength(2)
  await stored(happen())
})

test('one that stops leaves the switch to another, and stores what it has heard', async () => {
  const [first] = await leaders()
  // The one that is left is asked for what is stored.
  if (first === 1) {
    await vi.waitFor(async () => expect((await leaders())[0]).toBe(1), SOON)
    const uuid = happen()
    const heard = subscriptions()
    await stored(uuid)
    await second.close()
    second = await buildApp(world.app.config)
    expect(subscriptions()).toBe(heard)
    return
  }
  const uuid = happen()
  await second.close()
  await stored(uuid)
  await vi.waitFor(() => expect(subscriptions()).toBe(3), SOON)
  await stored(happen())
})
