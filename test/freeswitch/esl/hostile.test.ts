/** A switch may send any bytes: nothing of them ends the process, and no reply goes to another command than its own. */
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { BOUNDS } from '../../../src/freeswitch/esl/bounds.ts'
import { Client } from '../../../src/freeswitch/esl/client.ts'
import type { SocketEvent } from '../../../src/freeswitch/esl/events.ts'
import { Guard } from '../../../src/freeswitch/esl/guard.ts'
import { Lane } from '../../../src/freeswitch/esl/lane.ts'
import { type FakeSwitch, fakeSwitch } from '../../support/fake-switch.ts'
import { fleetOf, type LinkedSwitch, until } from '../../support/fleet.ts'

const SMALL = { headerBytes: 400, bodyBytes: 2_000 }

const types = fc.constantFrom(
  'api/response',
  'command/reply',
  'text/event-plain',
  'text/event-json',
  'text/disconnect-notice',
  'text/rude-rejection',
  'auth/request',
  'log/data',
  'x/*::**',
)
const nasty = fc.constantFrom('%', '%zz', '%E4', '::', '*', '\0', '\r\n', ': ', '__proto__: {}', 'Event-Name: ', 'é€😀')
const text = fc.oneof(nasty, fc.string({ maxLength: 20 }), fc.string({ unit: 'binary', maxLength: 20 }))
const header = fc.tuple(
  fc.oneof(fc.constantFrom('Reply-Text', 'Job-UUID', 'Event-Name', 'Unique-ID', '_body'), text),
  text,
)
const bytes = (content: string) => Buffer.from(content)

/** Frames that are right, or wrong in their headers or their length. */
const frame = fc
  .record({
    type: types,
    headers: fc.array(header, { maxLength: 4 }),
    body: fc.array(text, { maxLength: 5 }),
    length: fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, fc.constantFrom('-1', '0', '7', '99999', 'x')),
  })
  .map(({ type, headers, body, length }) => {
    const content = body.join('\n')
    const lines = [
      `Content-Type: ${type}`,
      ...headers.map(([name, value]) => `${name}: ${value}`),
      ...(content || length ? [`Content-Length: ${length ?? Buffer.byteLength(content)}`] : []),
    ]
    return bytes(`${lines.join('\n')}\n\n${content}`)
  })
const stream = fc
  .array(fc.oneof({ weight: 5, arbitrary: frame }, text.map(bytes), fc.uint8Array({ maxLength: 40 })), { maxLength: 6 })
  .map((parts) => Buffer.concat(parts))
const cuts = fc.array(fc.nat(400), { maxLength: 5 })

function packetsOf(all: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.filter((place) => place < all.length), all.length].sort((a, b) => a - b)
  return ends.map((end, index) => all.subarray(ends[index - 1] ?? 0, end))
}

/** Guard and modesl as a connection has them, with one command under way, and all that came of it. */
async function heardOf(packets: readonly Buffer[]) {
  const heard: unknown[] = []
  const guard = new Guard(SMALL, {
    transmit: () => {},
    onEvent: ({ headers, body }: SocketEvent) => heard.push(['event', { ...headers }, body]),
    onNotice: (kind) => heard.push(['notice', kind]),
    onFailure: ({ name }) => heard.push(['failure', name]),
  })
  const client = new Client(guard)
  client.on('error', (error) => heard.push(['modesl threw', error.message]))
  client.on('esl::event::auth::request', () => heard.push(['greeting']))
  const replies: string[] = []
  client.api('status', (event) => replies.push(event.getBody()))
  for (const packet of packets) guard.receive(packet)
  await new Promise((resolve) => setImmediate(resolve))
  return { heard, replies }
}

test('any bytes, cut anywhere, are taken the same way, and throw nothing', async () => {
  await fc.assert(
    fc.asyncProperty(stream, cuts, async (all, places) => {
      const whole = await heardOf([all])
      expect(await heardOf(packetsOf(all, places))).toEqual(whole)
      expect(whole.replies.length).toBeLessThanOrEqual(1)
      expect(JSON.stringify(whole.heard)).not.toContain('modesl threw')
    }),
    { numRuns: 3_500 },
  )
})

/** What a switch may put between replies without being at fault. */
const between = fc.constantFrom(
  'Content-Type: log/data\nContent-Length: 3\n\n\n\n\n',
  'Content-Type: text/event-plain\nContent-Length: 28\n\nEvent-Name: A\nJob-UUID: %zz\n\n',
  'Content-Type: text/event-plain\nContent-Length: 0\n\n',
  'Content-Type: text/event-json\nContent-Length: 5\n\n{"a":',
  '\n\n',
)

test('a second reply in the packet of the first is nobody else’s', async () => {
  const reply = 'Content-Type: api/response\nContent-Length: 2\n\nab'
  let failures = 0
  const guard = new Guard(SMALL, {
    transmit: () => {},
    onEvent: () => {},
    onNotice: () => {},
    onFailure: () => {
      failures += 1
    },
  })
  const client = new Client(guard)
  const replies: string[] = []
  client.api('a', () => {
    replies.push('a')
    client.api('b', () => replies.push('b'))
  })
  guard.receive(bytes(reply + reply.slice(0, 30)))
  guard.receive(bytes(reply.slice(30)))
  await new Promise((resolve) => setImmediate(resolve))
  expect({ replies, failures }).toEqual({ replies: ['a'], failures: 1 })
})

test('each of many commands has its own reply, or none', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ noise: fc.array(between, { maxLength: 2 }), api: fc.boolean(), more: text }), {
        minLength: 1,
        maxLength: 5,
      }),
      fc.integer({ min: 1, max: 90 }),
      async (turns, size) => {
        const guard: Guard = new Guard(BOUNDS, {
          // The switch answers what it is asked, in its own words, in pieces of any size.
          transmit(command) {
            const [, number] = /#(\d+)/.exec(command) ?? []
            const { noise, more } = turns[Number(number)]!
            const said = `#${number} ${command.startsWith('api') ? more : 'ok'}`
            const reply = command.startsWith('api')
              ? `Content-Type: api/response\nContent-Length: ${Buffer.byteLength(said)}\n\n${said}`
              : `Content-Type: command/reply\nReply-Text: ${said}\n\n`
            const all = bytes(noise.join('') + reply)
            queueMicrotask(() => {
              for (let at = 0; at < all.length; at += size) guard.receive(all.subarray(at, at + size))
            })
          },
          onEvent: () => {},
          onNotice: () => {},
          onFailure: (error) => expect(error).toBeUndefined(),
        })
        const client = new Client(guard)
        client.on('error', (error) => expect(error).toBeUndefined())
        const lane = new Lane('switch1', BOUNDS, {
          ask: ({ line, onReply }) =>
            line.startsWith('api ')
              ? client.api(line.slice(4), (event) => onReply(event.getBody()))
              : client.sendRecv(line, null, (event) => onReply(event.getHeader('Reply-Text') ?? '')),
          onSilence: () => expect('silence').toBeUndefined(),
        })
        const asked = turns.map(({ api }, place) =>
          lane.ask({ line: `${api ? 'api ' : ''}x #${place}`, timeoutMs: 9_000 }),
        )
        for (const [place, reply] of (await Promise.all(asked)).entries()) {
          expect(reply.startsWith(`#${place} `)).toBe(true)
        }
      },
    ),
    { numRuns: 6_200 },
  )
})

let fake: FakeSwitch | undefined
let linked: LinkedSwitch | undefined
afterAll(async () => {
  await linked?.fleet.close()
  await fake?.close()
})

test('on a real socket, each command has its own reply or fails, whatever else the switch says', async () => {
  const server = await fakeSwitch({ answers: { own: (args) => `own ${args}` } })
  fake = server
  linked = fleetOf(server.url, { firstTryMs: 1, lastTryMs: 2, refusedMs: 2, stableMs: 0, ...SMALL })
  const { link } = linked
  let number = 0
  await fc.assert(
    fc.asyncProperty(stream, fc.constantFrom('whole', 'odd', 'bytes' as const), async (all, packets) => {
      await until('connected', () => link.state === 'connected')
      server.misbehave({ packets })
      number += 1
      const command = { text: `own ${number}`, background: number % 3 === 0, timeoutMs: 10_000 }
      const asked = link.send(command).catch((error: Error) => error.name)
      // What looks like a reply and comes while one is awaited is one to anybody: there is nothing to tell it by.
      const isLikeReply = /api\/response|command\/reply/.test(all.toString('latin1'))
      if (isLikeReply) await asked
      const { signIns } = server
      server.say(all)
      if (isLikeReply) {
        server.halfClose()
        await until('connected anew', () => server.signIns > signIns)
      }
      expect([`own ${number}`, 'SwitchUnreachable', 'SwitchRefusal']).toContain(await asked)
    }),
    { numRuns: 300 },
  )
  await until('connected', () => link.state === 'connected')
})
