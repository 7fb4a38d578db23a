/** A connection to a switch that is lost is made anew, whatever happened to it; and replies stay with their commands. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Command, commands } from '../../../src/freeswitch/commands.ts'
import { SwitchBusy, SwitchRefusal, SwitchTimeout, SwitchUnreachable } from '../../../src/freeswitch/errors.ts'
import type { Bounds } from '../../../src/freeswitch/esl/bounds.ts'
import { event, type FakeSwitch, type FakeSwitchOptions, fakeSwitch } from '../../support/fake-switch.ts'
import { fleetOf, type LinkedSwitch, until } from '../../support/fleet.ts'

let fake: FakeSwitch
let linked: LinkedSwitch

/** Answers that a test gives when it likes, by the word that follows `wait`. */
const held = new Map<string, (answer: string) => void>()
const waiting = (args: string) => new Promise<string>((resolve) => held.set(args, resolve))

async function link(options: FakeSwitchOptions = {}, bounds: Partial<Bounds> = {}): Promise<void> {
  fake = await fakeSwitch({ ...options, answers: { wait: waiting, never: () => undefined, ...options.answers } })
  linked = fleetOf(fake.url, bounds)
  await until('connected', () => linked.link.state === 'connected')
}

const send = (command: Command) => linked.link.send(command)
const quick = (text: string, timeoutMs = 20_000): Command => ({ text, background: false, timeoutMs })
const slow = (text: string, timeoutMs = 20_000): Command => ({ text, background: true, timeoutMs })
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error: unknown) => error,
  )
const works = async () => expect(await send(commands.reloadXml())).toBe('+OK [Success]')
const connectedAgain = (signIns: number) =>
  until('connected again', () => fake.signIns > signIns && linked.link.state === 'connected')

afterEach(async () => {
  await linked?.fleet.close()
  await fake?.close()
  held.clear()
})

describe('a connection is made anew after', () => {
  beforeEach(() => link())

  const harms: Record<string, () => void> = {
    'a reset': () => fake.reset(),
    'a half-close': () => fake.halfClose(),
    'a farewell': () => {
      fake.say('Content-Type: text/disconnect-notice\nContent-Length: 3\n\nbye')
    },
    'bytes that are no frame': () => fake.say('HTTP/1.1 400 Bad Request\r\n\r\n\n\n'),
    'headers without an end': () => fake.say('x'.repeat(70_000)),
    'a length that is no number': () => fake.say('Content-Type: text/event-plain\nContent-Length: -5\n\n'),
    'a body of a gigabyte': () => fake.say('Content-Type: api/response\nContent-Length: 1000000000\n\nx'),
    'a reply to nothing': () => fake.say('Content-Type: api/response\nContent-Length: 2\n\nhm'),
    'a second greeting': () => fake.say('Content-Type: auth/request\n\n'),
  }
  test.each(Object.keys(harms))('%s', async (name) => {
    const { signIns } = fake
    harms[name]!()
    await connectedAgain(signIns)
    await works()
    expect(linked.fleet.counts[0]).toMatchObject({ state: 'connected', reconnects: 1 })
  })

  test('silence, which is noticed within seconds', async () => {
    fake.misbehave({ silent: true })
    await until('noticed', () => linked.link.state === 'connecting', 6_000)
    expect(await failure(send(commands.status()))).toBeInstanceOf(SwitchUnreachable)
    fake.misbehave({ silent: false })
    await until('connected again', () => linked.link.state === 'connected')
    await works()
  })

  test('a restart of the switch', async () => {
    const { port } = fake
    await fake.close()
    await until('noticed', () => linked.link.state === 'connecting')
    expect(await failure(send(commands.status()))).toBeInstanceOf(SwitchUnreachable)
    fake = await fakeSwitch({}, port)
    await until('connected again', () => linked.link.state === 'connected')
    await works()
    // One line for each change, however often it was tried.
    const told = linked.lines.map(({ level, message }) => `${level}: ${message}`)
    expect(told).toEqual([
      'info: connected to the switch',
      'warn: not connected to the switch',
      'info: connected to the switch',
    ])
  })

  test('what was asked for and not answered fails at once', async () => {
    const asked = [quick('wait a'), quick('status'), slow('wait b')].map((command) => failure(send(command)))
    await until('asked', () => held.has('a'))
    fake.reset()
    for (const error of await Promise.all(asked)) expect(error).toBeInstanceOf(SwitchUnreachable)
  })
})

describe('a switch that lets nobody in', () => {
  test('for a wrong password is refused, and tried again; the password is in no line of the log', async () => {
    fake = await fakeSwitch({ password: 'right secret' })
    fake.misbehave({ refuses: true })
    linked = fleetOf(fake.url)
    await until('refused', () => linked.link.state === 'refused')
    expect(await failure(send(commands.status()))).toBeInstanceOf(SwitchUnreachable)
    fake.misbehave({ refuses: false })
    await until('connected', () => linked.link.state === 'connected')
    expect(JSON.stringify(linked.lines)).toContain('-ERR invalid')
    expect(JSON.stringify(linked.lines)).not.toContain('secret')
  })

  test('for its address is refused, and tried again', async () => {
    fake = await fakeSwitch()
    fake.misbehave({ rejects: true })
    linked = fleetOf(fake.url)
    await until('refused', () => linked.link.state === 'refused')
    fake.misbehave({ rejects: false })
    await until('connected', () => linked.link.state === 'connected')
  })

  test('and says nothing is not waited for without end', async () => {
    fake = await fakeSwitch()
    fake.misbehave({ silent: true })
    linked = fleetOf(fake.url, { signInMs: 200 })
    await until('tried', () => linked.lines.some(({ fields }) => String(fields.reason).includes('in time')))
    expect(linked.link.state).toBe('connecting')
  })
})

test('a user with a password signs in as FreeSWITCH has it', async () => {
  await link({ user: 'pbx@example.com', password: 'p@ss,w:rd %' })
  await works()
})

describe('a reply', () => {
  test('that comes late is dropped, and the next command has its own', async () => {
    await link({ answers: { own: (args) => `own ${args}` } }, { graceMs: 10_000 })
    expect(await failure(send(quick('wait a', 50)))).toBeInstanceOf(SwitchTimeout)
    const next = Promise.all(['1', '2', '3'].map((args) => send(quick(`own ${args}`))))
    held.get('a')!('late')
    expect(await next).toEqual(['own 1', 'own 2', 'own 3'])
    expect(fake.signIns).toBe(1)
  })

  test('that never comes costs the connection, and nothing else', async () => {
    await link()
    const { signIns } = fake
    expect(await failure(send(quick('never', 50)))).toBeInstanceOf(SwitchTimeout)
    await connectedAgain(signIns)
    await works()
  })

  test('of a job goes to whom it belongs, whatever else ends before', async () => {
    await link()
    const jobs = ['a', 'b', 'c'].map((args) => send(slow(`wait ${args}`)))
    await until('asked', () => held.size === 3)
    expect(await send(commands.status())).toMatch(/^UP 0 years/)
    for (const args of ['c', 'a', 'b']) held.get(args)!(`+OK ${args}\n`)
    expect(await Promise.all(jobs)).toEqual(['+OK a', '+OK b', '+OK c'])
  })

  test('of a job that never ends is given up, and the job forgotten', async () => {
    await link()
    expect(await failure(send(slow('wait a', 50)))).toBeInstanceOf(SwitchTimeout)
    expect(linked.fleet.counts[0]).toMatchObject({ jobs: 0, waiting: 0 })
    held.get('a')!('+OK late\n')
    await works()
    expect(fake.signIns).toBe(1)
  })

  test('that says no has its cause', async () => {
    await link({ answers: { no: '-ERR USER_BUSY\n', denied: () => undefined } })
    for (const command of [quick('no'), slow('no')]) {
      expect(await failure(send(command))).toMatchObject({ name: 'SwitchRefusal', cause: 'USER_BUSY', status: 409 })
    }
    expect(await failure(send(commands.rescanProfile('nosuch')))).toMatchObject({ cause: 'Invalid Profile [nosuch]' })
    // As a user is answered who may not use the API's command.
    const denied = failure(send(quick('denied')))
    await until('asked', () => fake.received.includes('api denied'))
    fake.say('Content-Type: command/reply\nReply-Text: -ERR permission denied\n\n')
    expect(await denied).toBeInstanceOf(SwitchRefusal)
  })
})

test('commands that nobody can work off are refused, and those that wait have their time', async () => {
  await link({}, { waiting: 3, jobs: 2 })
  const first = send(quick('wait a'))
  const others = [failure(send(quick('status', 50))), send(commands.version()), send(commands.version())]
  expect(await failure(send(commands.version()))).toBeInstanceOf(SwitchBusy)
  expect(await others[0]).toBeInstanceOf(SwitchTimeout)
  held.get('a')!('done')
  expect(await first).toBe('done')
  for (const reply of await Promise.all(others.slice(1))) expect(reply).toMatch(/^FreeSWITCH Version/)
  expect(fake.received).not.toContain('api status')
  const jobs = [send(slow('wait b')), send(slow('wait c'))]
  expect(await failure(send(slow('wait d')))).toBeInstanceOf(SwitchBusy)
  await until('asked', () => held.has('b') && held.has('c'))
  for (const args of ['b', 'c']) held.get(args)!('+OK\n')
  expect(await Promise.all(jobs)).toEqual(['+OK', '+OK'])
  expect(linked.fleet.counts[0]!.commands).toEqual({
    ok: 5,
    refused: 0,
    timeout: 1,
    unreachable: 0,
    busy: 2,
    failed: 0,
  })
})

test('packets may be cut anywhere, and events may have any header', async () => {
  await link({ answers: { long: `${'é'.repeat(5_000)}\n` } })
  for (const packets of ['bytes', 'odd', 'whole'] as const) {
    fake.misbehave({ packets })
    const malformed = 'Event-Name: BACKGROUND_JOB\nJob-UUID: %zz%\nno header\n: x\n\n'
    fake.say(`Content-Length: ${malformed.length}\nContent-Type: text/event-plain\n\n${malformed}`)
    fake.say(event({ 'Event-Name': '*', 'Unique-ID': '**', __proto__x: 'a', 'Job-UUID': 'constructor' }, 'body'))
    expect(await send(quick('long'))).toBe('é'.repeat(5_000))
  }
  expect(fake.signIns).toBe(1)
})

test('a fleet ends at once, whatever it waits for', async () => {
  await link()
  const asked = [quick('never'), slow('never')].map((command) => failure(send(command)))
  const begun = Date.now()
  await linked.fleet.close()
  for (const error of await Promise.all(asked)) expect(error).toBeInstanceOf(SwitchUnreachable)
  expect(Date.now() - begun).toBeLessThan(1_000)
  await until('gone', () => fake.connections === 0)
})
