/**
 * A switch's event socket: a TCP server that says what a FreeSWITCH 1.11 said (test/freeswitch/samples/esl-*.txt), to
 * the byte, remembers what it was asked, and misbehaves on request.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { exchangesIn } from './transcript.ts'

/** The body of a reply; undefined: there will be none. */
type Answer = string | undefined | Promise<string | undefined>

export interface FakeSwitchOptions {
  readonly password?: string
  /** With it, `userauth` is what lets in. */
  readonly user?: string
  /** By the whole command without `api`, or by its first word; a function gets what follows the first word. */
  readonly answers?: Readonly<Record<string, string | ((args: string) => Answer)>>
}

/** How it behaves from now on. */
export interface Manner {
  /** How its bytes are cut into packets: as they are, one by one, or every few of them. */
  readonly packets: 'whole' | 'bytes' | 'odd'
  /** Takes connections and commands, and says nothing more. */
  readonly silent: boolean
  /** Turns connections away with `text/rude-rejection`. */
  readonly rejects: boolean
  /** No password is right. */
  readonly refuses: boolean
  /** In place of the greeting. */
  readonly greeting: string | undefined
}

export interface FakeSwitch {
  /** For FREESWITCHES: `esl://:ClueCon@127.0.0.1:PORT`. */
  readonly url: string
  readonly port: number
  /** Every command but sign-ins and signs of life (`api version`), as it came, headers beneath it included. */
  readonly received: string[]
  /** Sign-ins that were let in so far. */
  readonly signIns: number
  /** Connections that are open. */
  readonly connections: number
  /** Tells everybody who has subscribed to it. */
  emit(headers: Readonly<Record<string, string>>, body?: string): void
  misbehave(manner: Partial<Manner>): void
  /** Puts bytes on every connection, right or wrong. */
  say(bytes: string | Buffer): void
  /** Ends every connection with a reset. */
  reset(): void
  /** Says that nothing more will come, and listens on. */
  halfClose(): void
  close(): Promise<void>
}

interface Client {
  readonly socket: Socket
  signedIn: boolean
  readonly events: Set<string>
  readonly subclasses: Set<string>
}

const GREETING = 'Content-Type: auth/request\n\n'
const REJECTION = 'Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n'
const GOODBYE =
  'Content-Type: text/disconnect-notice\nContent-Length: 67\n\nDisconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n'

const WELL: Manner = { packets: 'whole', silent: false, rejects: false, refuses: false, greeting: undefined }

/** Listens on a free port of 127.0.0.1, or on the one given, as a switch that was started again. */
export async function fakeSwitch(options: FakeSwitchOptions = {}, listenAt = 0): Promise<FakeSwitch> {
  const { password = 'ClueCon', user, answers = {} } = options
  const recorded = recordedAnswers()
  const clients = new Set<Client>()
  const received: string[] = []
  let manner = WELL
  let signIns = 0

  const say = ({ socket }: Client, bytes: string | Buffer) => {
    if (manner.silent || socket.destroyed || socket.writableEnded) return
    for (const packet of packetsOf(Buffer.from(bytes), manner.packets)) socket.write(packet)
  }

  const answerTo = (text: string): Answer => {
    const [, word = '', args = ''] = /^(\S*) ?(.*)$/s.exec(text) ?? []
    for (const answer of [answers[text], answers[word]]) {
      if (answer !== undefined) return typeof answer === 'string' ? answer : answer(args)
    }
    return recorded.get(text) ?? OF_ANY_ARGUMENTS[word] ?? `-ERR ${word} Command not found!\n`
  }

  const signIn = (client: Client, command: string) => {
    const right = user ? `userauth ${user}:${password}` : `auth ${password}`
    if (command === right && !manner.refuses) {
      client.signedIn = true
      signIns += 1
      say(client, reply('+OK accepted'))
    } else {
      say(client, reply('-ERR invalid') + GOODBYE)
      client.socket.end()
    }
  }

  const obey = async (client: Client, command: string) => {
    if (/^(user)?auth /.test(command)) return signIn(client, command)
    if (!client.signedIn) return say(client, reply('-ERR command not found'))
    if (command !== 'api version') received.push(command)
    const [line = '', ...headers] = command.split('\n')
    if (line.startsWith('api ')) {
      const answer = await answerTo(line.slice('api '.length))
      if (answer !== undefined) say(client, response(answer))
    } else if (line.startsWith('bgapi ')) {
      const id = headers.map((header) => /^Job-UUID: (.*)$/.exec(header)?.[1]).find(Boolean) ?? randomUUID()
      say(client, reply(`+OK Job-UUID: ${id}`, `Job-UUID: ${id}\n`))
      const answer = await answerTo(line.slice('bgapi '.length))
      if (answer === undefined || !client.events.has('BACKGROUND_JOB')) return
      say(client, event(jobHeaders(line, id), answer))
    } else if (line.startsWith('event plain ')) {
      const [events, subclasses] = line.slice('event plain '.length).split(/ ?CUSTOM ?/)
      for (const name of events!.split(' ')) if (name) client.events.add(name)
      for (const name of subclasses?.split(' ') ?? []) if (name) client.subclasses.add(name)
      say(client, reply('+OK event listener enabled plain'))
    } else if (line.startsWith('nixevent ')) {
      for (const name of line.split(' ')) client.events.delete(name)
      say(client, reply('+OK events nixed'))
    } else if (line === 'exit') {
      say(client, reply('+OK bye') + GOODBYE)
      client.socket.end()
    } else {
      say(client, reply('-ERR command not found'))
    }
  }

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const client: Client = { socket, signedIn: false, events: new Set(), subclasses: new Set() }
    let asked = ''
    clients.add(client)
    socket.on('error', () => {})
    socket.on('close', () => clients.delete(client))
    socket.on('end', () => socket.end())
    socket.on('data', (packet) => {
      asked += packet
      for (let end = asked.indexOf('\n\n'); end >= 0; end = asked.indexOf('\n\n')) {
        const command = asked.slice(0, end).trim()
        asked = asked.slice(end + 2)
        if (command && !manner.silent) void obey(client, command)
      }
    })
    if (manner.rejects) {
      say(client, REJECTION)
      socket.end()
    } else {
      say(client, manner.greeting ?? GREETING)
    }
  })
  server.listen(listenAt, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const name = user === undefined ? '' : encodeURIComponent(user)
  return {
    url: `esl://${name}:${encodeURIComponent(password)}@127.0.0.1:${port}`,
    port,
    received,
    get signIns() {
      return signIns
    },
    get connections() {
      return clients.size
    },
    emit(headers, body) {
      const { 'Event-Name': kind = '', 'Event-Subclass': subclass = '' } = headers
      for (const client of clients) {
        const isHeard = kind === 'CUSTOM' ? client.subclasses.has(subclass) : client.events.has(kind)
        if (isHeard) say(client, event(headers, body))
      }
    },
    misbehave(changes) {
      manner = { ...manner, ...changes }
    },
    say(bytes) {
      for (const client of clients) say(client, bytes)
    },
    reset() {
      for (const { socket } of clients) socket.resetAndDestroy()
    },
    halfClose() {
      for (const { socket } of clients) socket.end()
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const { socket } of clients) socket.destroy()
      await closed
    },
  }
}

/** The frame of an event as FreeSWITCH writes it. */
export function event(headers: Readonly<Record<string, string>>, body = ''): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${encoded(value)}\n`)
  const length = body === '' ? '' : `Content-Length: ${Buffer.byteLength(body)}\n`
  const text = `${lines.join('')}${length}\n${body}`
  return `Content-Length: ${Buffer.byteLength(text)}\nContent-Type: text/event-plain\n\n${text}`
}

const reply = (text: string, more = '') => `Content-Type: command/reply\nReply-Text: ${text}\n${more}\n`

const response = (body: string) => `Content-Type: api/response\nContent-Length: ${Buffer.byteLength(body)}\n\n${body}`

/** FreeSWITCH leaves these as they are. */
const encoded = (value: string) => encodeURIComponent(value).replaceAll('%2C', ',').replaceAll('%2F', '/')

function jobHeaders(line: string, id: string): Record<string, string> {
  const [, command = '', ...args] = line.split(' ')
  return {
    'Event-Name': 'BACKGROUND_JOB',
    'Core-UUID': '0c8fc172-b3cf-403f-8ae5-4740c3fcf7ab',
    'FreeSWITCH-Hostname': 'vm',
    'FreeSWITCH-Switchname': 'fs-test',
    'FreeSWITCH-IPv4': '192.0.2.2',
    'FreeSWITCH-IPv6': 'fd00::2',
    'Event-Date-Local': '2026-11-23 21:26:18',
    'Event-Date-GMT': 'Mon, 23 Nov 2026 21:26:18 GMT',
    'Event-Date-Timestamp': '1795469178000519',
    'Event-Calling-File': 'mod_event_socket.c',
    'Event-Calling-Function': 'api_exec',
    'Event-Calling-Line-Number': '1580',
    'Event-Sequence': '712',
    'Job-UUID': id,
    'Job-Command': command,
    ...(args.length > 0 && { 'Job-Command-Arg': args.join(' ') }),
  }
}

/** What was recorded of arguments that the switch did not know. */
const OF_ANY_ARGUMENTS: Readonly<Record<string, string>> = {
  xml_flush_cache: '+OK cleared 0 entries\n',
  uuid_kill: '-ERR No such channel!\n',
  uuid_exists: 'false',
  vm_boxcount: '0',
  sofia_contact: 'error/user_not_registered',
  originate: '-ERR SUBSCRIBER_ABSENT\n',
}

/** Recordings of commands and their answers; the one of a click tells events besides. */
export const TRANSCRIPTS = [
  'basic',
  'gateway-lifecycle',
  'misc',
  'originate-fail',
  'originate-ok',
  'registrations',
  'sip-call',
  'xml_flush_cache',
]

/** The first answer that was recorded for a command. */
function recordedAnswers(): Map<string, string> {
  const answers = new Map<string, string>()
  for (const name of TRANSCRIPTS) {
    for (const { sent, received } of exchangesIn(`esl-${name}.txt`)) {
      const [line = ''] = sent.split('\n')
      const [, command] = /^(?:bg)?api (.*)$/.exec(line) ?? []
      const [first, second] = received
      if (command === undefined || first === undefined || answers.has(command)) continue
      // That of a job is the body of the event that tells its end.
      const body = line.startsWith('bgapi') ? second?.body.split('\n\n').slice(1).join('\n\n') : first.body
      if (body !== undefined) answers.set(command, body)
    }
  }
  return answers
}

function packetsOf(bytes: Buffer, packets: Manner['packets']): Buffer[] {
  if (packets === 'whole') return [bytes]
  const size = packets === 'bytes' ? 1 : 7
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, place) =>
    bytes.subarray(place * size, (place + 1) * size),
  )
}
