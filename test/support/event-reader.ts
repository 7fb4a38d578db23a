/** Reads server-sent events over a real socket, as a browser does. */
import { get, type IncomingMessage } from 'node:http'

export interface ServerSent {
  readonly id: string | undefined
  readonly event: string
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely in tests
  readonly data: any
}

export interface EventReader {
  readonly answer: IncomingMessage
  /** What came so far. */
  readonly events: readonly ServerSent[]
  /** The last id that was told, with an event or without. */
  readonly lastId: string | undefined
  /** Waits until an event that was not taken before matches, and takes all up to it. */
  next(matches?: (event: ServerSent) => boolean): Promise<ServerSent>
  /** Resolves when the answer is over, in whatever way. */
  readonly over: Promise<void>
  close(): void
}

/** Opens a stream; rejects with the answer where it is none. */
export async function readEvents(
  url: string,
  token: string,
  headers: Record<string, string> = {},
): Promise<EventReader> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { headers: { authorization: `Token ${token}`, ...headers }, agent: false }
    get(url, options, resolve).on('error', reject)
  })
  if (answer.statusCode !== 200) {
    let body = ''
    for await (const chunk of answer) body += chunk
    throw Object.assign(new Error(`${answer.statusCode} ${body}`), {
      status: answer.statusCode,
      headers: answer.headers,
      body: JSON.parse(body),
    })
  }
  const events: ServerSent[] = []
  let [taken, text, lastId] = [0, '', undefined as string | undefined]
  let wake = () => {}
  let first = () => {}
  // What follows the first frame was committed after the reader had its place.
  const opened = new Promise<void>((resolve) => {
    first = resolve
  })
  const over = new Promise<void>((resolve) => answer.on('close', resolve))
  answer.on('error', () => {})
  answer.setEncoding('utf8')
  answer.on('data', (chunk: string) => {
    text += chunk
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const { id, event, data } = parse(text.slice(0, end))
      text = text.slice(end + 2)
      lastId = id ?? lastId
      if (data !== undefined) events.push({ id: lastId, event, data: JSON.parse(data) })
      first()
    }
    wake()
  })
  await Promise.race([opened, over])
  return {
    answer,
    events,
    get lastId() {
      return lastId
    },
    async next(matches = () => true) {
      for (;;) {
        while (taken < events.length) {
          const event = events[taken]!
          taken += 1
          if (matches(event)) return event
        }
        await new Promise<void>((resolve, reject) => {
          wake = resolve
          over.then(() => reject(new Error('The stream ended.')))
        })
      }
    },
    over,
    close: () => answer.destroy(),
  }
}

function parse(frame: string): { id?: string; event: string; data?: string } {
  const fields = frame.split('\n').filter((line) => !line.startsWith(':'))
  const pairs = fields.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)])
  return { event: 'message', ...Object.fromEntries(pairs) }
}
