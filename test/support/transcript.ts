/** Transcripts of the event socket, `>>` sent and `<<` received, in test/freeswitch/samples. */
import { sample } from '../freeswitch/sample.ts'

/** The events that a transcript received, each as its headers with their values decoded. */
export function eventsIn(name: string): Record<string, string>[] {
  const events: Record<string, string>[] = []
  let open: Record<string, string> | undefined
  for (const line of sample(name).toString().split('\n')) {
    if (!line.startsWith('<<')) continue
    const text = line.slice(3)
    if (text.startsWith('Event-Name: ')) {
      open = {}
      events.push(open)
    } else if (text === '') {
      open = undefined
    }
    const [, header, value] = /^([^:]+): (.*)$/.exec(text) ?? []
    if (open && header) open[header] = decodeURIComponent(value!)
  }
  return events
}

/** A command as it was sent, without its blank line, and whole frames as they came in answer. */
export interface Exchange {
  readonly sent: string
  readonly received: readonly { readonly head: string; readonly body: string }[]
}

/** What was said and answered in a transcript, greetings and sign-ins left out. */
export function exchangesIn(name: string): Exchange[] {
  const parts = sample(name)
    .toString()
    .split(/^(?=>> )/m)
    .slice(1)
  return parts.flatMap((part) => {
    const lines = part.replace(/\n$/, '').split('\n')
    const sent = lines.filter((line) => !line.startsWith('<<')).map((line) => line.replace(/^>> /, ''))
    const text = lines.filter((line) => line.startsWith('<<')).map((line) => `${line.slice(3)}\n`)
    return sent[0]!.startsWith('auth ') ? [] : [{ sent: sent.join('\n'), received: framesIn(text.join('')) }]
  })
}

function framesIn(text: string): Exchange['received'] {
  const frames: { head: string; body: string }[] = []
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    const end = rest.indexOf('\n\n')
    const head = rest.toString('utf8', 0, end)
    // Another connection begins.
    if (head.includes('auth/request')) break
    const length = Number(/^Content-Length: (\d+)$/m.exec(head)?.[1] ?? 0)
    const body = rest.toString('utf8', end + 2, end + 2 + length)
    frames.push({ head, body })
    // A transcript ends its line after a body.
    rest = rest.subarray(end + 2 + length + Number(length > 0))
  }
  return frames
}

/** What a transcript received for each `api` command, as its body. Of a command that was sent twice the first counts. */
export function repliesIn(name: string): ReadonlyMap<string, string> {
  const replies = new Map<string, string>()
  for (const { sent, received } of exchangesIn(name)) {
    const [, command] = /^api (.*)$/.exec(sent) ?? []
    if (command !== undefined && received[0] && !replies.has(command)) replies.set(command, received[0].body)
  }
  return replies
}
