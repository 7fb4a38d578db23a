/** The story of a call over HTTP: whose calls it tells, from events or else from the record, and what is refused. */
import { randomUUID } from 'node:crypto'
import { SaxesParser } from 'saxes'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordEvents } from '../../../src/modules/cdr/timeline/events.ts'
import { testWorld, type World } from '../../support/app.ts'
import { addCalls } from '../../support/calls.ts'
import { eventsIn } from '../../support/transcript.ts'

const A_LEG = '5f3dda55-e7c4-485f-a8ea-c589dcb1d02f'
const B_LEG = 'a2092af3-5204-4654-9ccf-75e2d9cab683'
const RECORDED = randomUUID()
let world: World

beforeAll(async () => {
  world = await testWorld()
  const { app, acme } = world
  const events = eventsIn('esl-click-to-dial.txt').map((event) => ({ ...event, variable_domain_uuid: acme.id }))
  await recordEvents(app.restHost.services.database, events)
  const more = { call_uuid: RECORDED, caller_id_number: '1001', destination_number: '1002', leg: 'a' }
  await addCalls(app, [{ domain: acme.id, at: '2026-11-20T09:00:00Z', answeredAfter: 8, endedAfter: 68, more }])
})
afterAll(() => world.close())

const ask = (who: { token: string }, query: string) => world.call(who.token, 'GET', `/api/calltimeline/story/?${query}`)

describe('a story', () => {
  test('is told by the uuid of a call, or of any of its channels', async () => {
    for (const who of [world.admin, world.acme.minor]) {
      for (const uuid of [A_LEG, B_LEG, B_LEG.toUpperCase()]) {
        const { status, json } = await ask(who, `call_uuid=${uuid}`)
        expect(status).toBe(200)
        expect(Object.keys(json)).toEqual(['call_uuid', 'started', 'answered', 'ended', 'duration', 'legs', 'steps'])
        expect(json.call_uuid).toBe(A_LEG)
        expect(json.steps.map((step: { text: string }) => step.text)).toContain('1001 and 1002 talked for 3 s')
      }
    }
  })

  test('is told from the record, where there are no events', async () => {
    const { json } = await ask(world.acme.minor, `call_uuid=${RECORDED}`)
    expect(json).toMatchObject({ call_uuid: RECORDED, started: '2026-11-20T09:00:00Z', duration: 68 })
    expect(json.steps.map((step: { type: string }) => step.type)).toEqual([
      'called',
      'ringing',
      'answered',
      'talked',
      'hung_up',
    ])
  })

  test('of others is like one that is not there', async () => {
    const answers = await Promise.all(
      [A_LEG, B_LEG, RECORDED, randomUUID()].map((uuid) => ask(world.rival.minor, `call_uuid=${uuid}`)),
    )
    expect(answers.map(({ status, json }) => [status, json.detail])).toEqual(Array(4).fill([404, 'Not found.']))
    expect((await ask(world.rival.minor, `call_uuid=${A_LEG}&format=svg`)).status).toBe(404)
  })

  test('is for administrators, and is only read', async () => {
    expect((await ask(world.acme.user, `call_uuid=${A_LEG}`)).status).toBe(403)
    expect((await world.call(null, 'GET', '/api/calltimeline/story/')).status).toBe(401)
    expect((await world.call(world.admin.token, 'POST', '/api/calltimeline/story/', {})).status).toBe(405)
  })

  test.each([
    ['', 'This field is required.'],
    ['call_uuid=', 'This field is required.'],
    ['call_uuid=1001', 'Must be a valid UUID.'],
    ['call_uuid=%00', 'Must be a valid UUID.'],
  ])('by “%s” is refused: %s', async (query, sentence) => {
    const { status, json } = await ask(world.admin, query)
    expect([status, json.detail]).toEqual([400, { call_uuid: [sentence] }])
  })

  test('can be a picture, in which no name does harm', async () => {
    const hostile = `<script>alert("1")</script>&'\u0001\u202e`
    const call = randomUUID()
    const event = (name: string, sequence: number) => ({
      'Event-Name': name,
      'Core-UUID': randomUUID(),
      'Event-Sequence': String(sequence),
      'Event-Date-Timestamp': String(1795469700000000 + sequence * 1e6),
      'Channel-Call-UUID': call,
      'Unique-ID': call,
      'Caller-Caller-ID-Name': hostile,
      'Caller-Caller-ID-Number': ']]>{b|x}',
      'Caller-Destination-Number': '{value}',
    })
    await recordEvents(world.app.restHost.services.database, [event('CHANNEL_CREATE', 1), event('CHANNEL_HANGUP', 9)])
    const { status, headers, text } = await ask(world.admin, `call_uuid=${call}&format=svg`)
    expect([status, headers['content-type']]).toEqual([200, 'image/svg+xml; charset=utf-8'])
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    for (const part of ['<script', '\u0001', '\u202e']) expect(text).not.toContain(part)
    const tags = new Set<string>()
    const parser = new SaxesParser()
    parser.on('opentag', ({ name }) => tags.add(name))
    parser.on('error', (error) => expect.fail(error.message))
    parser.write(text).close()
    expect([...tags].sort()).toEqual(['desc', 'path', 'polygon', 'rect', 'style', 'svg', 'text', 'title'])
  })
})
