/** Events of a switch: heard again after every loss, in order, and shed rather than kept without end. */
import { afterEach, expect, test } from 'vitest'
import { commands } from '../../../src/freeswitch/commands.ts'
import type { Bounds } from '../../../src/freeswitch/esl/bounds.ts'
import type { EventStream } from '../../../src/freeswitch/fleet.ts'
import { type FakeSwitch, fakeSwitch } from '../../support/fake-switch.ts'
import { fleetOf, type LinkedSwitch, until } from '../../support/fleet.ts'

const SUBSCRIPTION = { events: ['CHANNEL_ANSWER', 'DTMF'], subclasses: ['sofia::register', 'vm::maintenance'] }

let fake: FakeSwitch
let linked: LinkedSwitch
let stream: EventStream
/** What the handlers were told, as words. */
let heard: string[]

afterEach(async () => {
  await stream?.close()
  await linked?.fleet.close()
  await fake?.close()
})

async function listen(onEvent?: (name: string) => void | Promise<void>, bounds: Partial<Bounds> = {}): Promise<void> {
  heard = []
  fake = await fakeSwitch()
  linked = fleetOf(fake.url, bounds)
  stream = linked.fleet.events('switch1', SUBSCRIPTION, {
    onEvent(headers, body) {
      const { 'Event-Name': name = '', 'Event-Subclass': subclass, number } = headers
      heard.push([subclass ?? name, number, body].filter(Boolean).join(' '))
      return onEvent?.(number ?? '')
    },
    onUp: () => void heard.push('up'),
    onDown: () => void heard.push('down'),
  })
  await until('up', () => heard.includes('up') && linked.link.state === 'connected')
}

const dtmf = (number: number) => fake.emit({ 'Event-Name': 'DTMF', number: String(number) })
const count = (word: string) => heard.filter((one) => one === word).length

test('only what was subscribed to is heard, decoded, on a connection of its own', async () => {
  await listen()
  expect(fake.received).toContain('event plain CHANNEL_ANSWER DTMF CUSTOM sofia::register vm::maintenance')
  expect(fake.connections).toBe(2)
  fake.emit({ 'Event-Name': 'CHANNEL_CREATE' })
  fake.emit({ 'Event-Name': 'CUSTOM', 'Event-Subclass': 'sofia::expire' })
  fake.emit({ 'Event-Name': 'CUSTOM', 'Event-Subclass': 'sofia::register', number: 'é %,/' }, 'a body: ä\n')
  dtmf(1)
  await until('heard', () => heard.length === 3)
  expect(heard).toEqual(['up', 'sofia::register é %,/ a body: ä\n', 'DTMF 1'])
})

test('they are subscribed to again when the switch was lost', async () => {
  await listen()
  fake.reset()
  await until('up again', () => count('up') === 2)
  dtmf(2)
  await until('heard', () => heard.includes('DTMF 2'))
  expect(heard).toEqual(['up', 'down', 'up', 'DTMF 2'])
  fake.misbehave({ silent: true })
  await until('the silence is noticed', () => count('down') === 2)
})

test('a slow handler gets them one after the other, and what is too much is shed and counted', async () => {
  let release = () => {}
  let under = 0
  await listen(
    async () => {
      under += 1
      expect(under).toBe(1)
      await new Promise<void>((resolve) => {
        release = resolve
      })
      under -= 1
    },
    { events: 5 },
  )
  for (let number = 1; number <= 20; number += 1) dtmf(number)
  await until('all are there', () => linked.fleet.counts[0]!.events === 20)
  expect(stream.shed).toBe(14)
  expect(linked.fleet.counts[0]!.shed).toBe(14)
  const work = setInterval(() => release(), 1)
  await until('worked off', () => heard.includes('DTMF 6') && under === 0)
  dtmf(21)
  await until('heard', () => heard.includes('DTMF 21'))
  clearInterval(work)
  release()
  expect(heard).toEqual(['up', 'DTMF 1', 'DTMF 2', 'DTMF 3', 'DTMF 4', 'DTMF 5', 'DTMF 6', 'DTMF 21'])
})

test('many of them are all heard, in order, while commands are answered', async () => {
  await listen()
  const number = 5_000
  for (let each = 1; each <= number; each += 1) dtmf(each)

  expect(await linked.link.send(commands.reloadAcl())).toBe('+OK acl reloaded')
  await until('heard', () => heard.length === number + 1)
  expect(heard.slice(1)).toEqual(Array.from({ length: number }, (_, index) => `DTMF ${index + 1}`))
  expect(stream.shed).toBe(0)
})

test('an event that its handler cannot take is told, and the next one is heard', async () => {
  await listen((number) => {
    if (number === '1') throw new Error('no')
    if (number === '2') return Promise.reject(new Error('neither'))
  })
  for (const number of [1, 2, 3]) dtmf(number)
  await until('heard', () => heard.includes('DTMF 3'))
  expect(linked.lines.filter(({ message }) => message === 'an event was not worked off')).toHaveLength(2)
})

test('nothing is heard after the end, and it is waited for what is under way', async () => {
  let done = false
  await listen(async () => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    done = true
  })
  dtmf(1)
  dtmf(2)
  await until('begun', () => heard.includes('DTMF 1'))
  await stream.close()
  expect(done).toBe(true)
  expect(heard).toEqual(['up', 'DTMF 1', 'down'])
})

test('everything, and names that are none, cannot be subscribed to', async () => {
  await listen()
  const handlers = { onEvent: () => {}, onUp: () => {}, onDown: () => {} }
  for (const wrong of ['ALL', 'CHANNEL_ANSWER\n\napi status', 'CUSTOM', '']) {
    expect(() => linked.fleet.events('switch1', { events: [wrong], subclasses: [] }, handlers)).toThrow(/named/)
  }
  const wrong = { events: [], subclasses: ['a b'] }
  expect(() => linked.fleet.events('switch1', wrong, handlers)).toThrow(/named/)
  expect(() => linked.fleet.events('other', SUBSCRIPTION, handlers)).toThrow('There is no switch "other".')
})
