/** Every command and every reply that were recorded of a FreeSWITCH 1.11, against a server that says them again. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Command } from '../../../src/freeswitch/commands.ts'
import { SwitchRefusal } from '../../../src/freeswitch/errors.ts'
import { type FakeSwitch, fakeSwitch, TRANSCRIPTS } from '../../support/fake-switch.ts'
import { fleetOf, type LinkedSwitch, until } from '../../support/fleet.ts'
import { exchangesIn } from '../../support/transcript.ts'

/** Commands of the API with the body that they were answered with, in the order they were recorded. */
const EXCHANGES = [...TRANSCRIPTS, 'click-to-dial'].flatMap((name) =>
  exchangesIn(`esl-${name}.txt`).flatMap(({ sent, received }, place) => {
    const [, kind, text] = /^(api|bgapi) ([^\n]*)/.exec(sent) ?? []
    const done =
      kind === 'api' ? received[0] : received.find(({ body }) => body.startsWith('Event-Name: BACKGROUND_JOB'))
    if (!kind || !text || !done) return []
    const body = kind === 'api' ? done.body : done.body.slice(done.body.indexOf('\n\n') + 2)
    return [{ title: `${name} ${place}: ${kind} ${text.slice(0, 60)}`, background: kind === 'bgapi', text, body }]
  }),
)

let next = ''
let fake: FakeSwitch
let linked: LinkedSwitch

beforeAll(async () => {
  const words = new Set(EXCHANGES.map(({ text }) => text.split(' ')[0]!))
  fake = await fakeSwitch({ answers: Object.fromEntries([...words].map((word) => [word, () => next])) })
  linked = fleetOf(fake.url)
  await until('connected', () => linked.link.state === 'connected')
})
afterAll(async () => {
  await linked?.fleet.close()
  await fake?.close()
})

test('there are many of them', () => {
  expect(EXCHANGES.length).toBeGreaterThan(70)
})

test.each(EXCHANGES)('$title', async ({ background, text, body }) => {
  next = body
  const command: Command = { text, background, timeoutMs: 10_000 }
  const answer = await linked.link.send(command).catch((error: unknown) => error)
  if (/^-(ERR|USAGE)/.test(body)) {
    expect(answer).toBeInstanceOf(SwitchRefusal)
    if (body.startsWith('-ERR')) expect((answer as SwitchRefusal).cause).toBe(body.slice(5).trim())
  } else {
    expect(answer).toBe(body.trim())
  }
  // A sign of life is not written down.
  if (text !== 'version') expect(fake.received.at(-1)?.split('\n')[0]).toBe(`${background ? 'bgapi' : 'api'} ${text}`)
})
