/** Of several replicas one hears a switch; another does when it cannot any more. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
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
}, 120_000)
afterAll(async () => {
  await second?.close()
  await world?.close()
  await fs?.close()
})

/** 1 for each that leads. */
const leaders = async () => {
  const shown = await Promise.all([world.app, second].map((app) => app.inject('/metrics')))
  return shown.map(({ body }) => Number(/^switch_events_leader\{[^}]*\} (\d)/m.exec(body)?.[1]))
}

let sequence = 0
/** Something happens now and then, until somebody has heard of it. */
const untilHeard = () =>
  vi.waitFor(async () => {
    const uuid = randomUUID()
    fs.emit({
      'Event-Name': 'CHANNEL_ANSWER',
      'Core-UUID': 'a55c6725-a94e-4c90-8f87-06eec1910df1',
      'Event-Date-Timestamp': String(Date.now() * 1000),
      'Event-Sequence': String(++sequence),
      'Unique-ID': uuid,
      'Channel-Presence-ID': '1001@acme.example',
    })
    await sleep(300)
    const text = 'SELECT FROM call_timeline WHERE unique_id = $1'
    expect((await world.app.pool.query(text, [uuid])).rowCount).toBe(1)
  }, SOON)
/** How often each event that is stored is in the timeline, and was announced. */
const timesStored = async () => {
  const text = `SELECT DISTINCT (SELECT count(*) FROM call_timeline o WHERE o.unique_id = t.unique_id)::integer AS rows,
    (SELECT count(*) FROM events WHERE data ->> 'unique_id' = t.unique_id::text)::integer AS told FROM call_timeline t`
  return (await world.app.pool.query(text)).rows
}

test('one replica hears, and the other within ten seconds when the database ends its connection', async () => {
  await untilHeard()
  await vi.waitFor(async () => expect((await leaders()).sort()).toEqual([0, 1]), SOON)
  const before = await leaders()
  const ended = performance.now()
  await world.app.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
  await vi.waitFor(async () => expect(await leaders()).toEqual([...before].reverse()), SOON)
  await untilHeard()
  expect(performance.now() - ended).toBeLessThan(TAKEOVER_MS)
  expect(await timesStored()).toEqual([{ rows: 1, told: 1 }])
})

test('one that stops leaves the switch to another', async () => {
  await second.close()
  await untilHeard()
  second = await buildApp(world.app.config)
  await vi.waitFor(async () => expect(await leaders()).toEqual([1, 0]), SOON)
  await untilHeard()
  expect(await timesStored()).toEqual([{ rows: 1, told: 1 }])
})
