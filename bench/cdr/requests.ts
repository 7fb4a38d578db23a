/** Requests as FreeSWITCH posts them: real bodies in which the call's uuid and all times are new each time. */
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A call record to be posted. */
export interface CallRecord {
  readonly uuid: string
  readonly request: string
}

/** Text, or what takes its place: the call's uuid, or a time that far from the start of the call. */
type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'micros' | 'seconds' | 'stamp'; readonly offset: number }

interface Sample {
  readonly parts: readonly Part[]
  readonly bytes: number
  /** Microseconds from start to end. */
  readonly lasted: number
}

/** Bodies below a folder become requests to a host, in turn. Calls end at the moment of their request. */
export function requestsFrom(folder: string, host: string): () => CallRecord {
  const samples = readdirSync(folder).map((file) => readSample(readFileSync(join(folder, file), 'latin1')))
  let count = 0
  return () => {
    const sample = samples[count++ % samples.length]!
    const uuid = randomUUID()
    const start = Date.now() * 1000 - sample.lasted
    const body = sample.parts.map((part) => textOf(part, uuid, start)).join('')
    return { uuid, request: head(uuid, host, sample.bytes) + body }
  }
}

const head = (uuid: string, host: string, bytes: number): string =>
  `POST /xmlcdr/?uuid=a_${uuid} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: freeswitch-xml/1.0\r\nAccept: */*\r\n` +
  `Content-Length: ${bytes}\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n`

/** Percent signs are encoded once more in the body than in the XML. */
const STAMP = /\d{4}-\d\d-\d\d%2520\d\d%253A\d\d%253A\d\d/

function readSample(body: string): Sample {
  const uuid = /%3Cuuid%3E([0-9a-f-]{36})%3C/.exec(body)![1]!
  const [start, end] = ['start_uepoch', 'end_uepoch'].map((name) =>
    Number(new RegExp(`%3C${name}%3E(\\d{16})%3C`).exec(body)![1]),
  ) as [number, number]
  // Numbers of the same age: other ones are no times.
  const epoch = String(start).slice(0, 4)
  const places = new RegExp(`(${uuid}|(?<!\\d)${epoch}\\d{12}(?!\\d)|(?<!\\d)${epoch}\\d{6}(?!\\d)|${STAMP.source})`)
  const parts = body.split(places).map((text, index): Part => {
    if (index % 2 === 0) return { kind: 'text', text }
    if (text === uuid) return { kind: 'uuid' }
    if (STAMP.test(text)) return { kind: 'stamp', offset: Date.parse(`${decodeTwice(text)}Z`) - start / 1000 }
    if (text.length === 16) return { kind: 'micros', offset: Number(text) - start }
    return { kind: 'seconds', offset: Number(text) - start / 1e6 }
  })
  return { parts, bytes: body.length, lasted: end - start }
}

const decodeTwice = (text: string): string => decodeURIComponent(decodeURIComponent(text)).replace(' ', 'T')

function textOf(part: Part, uuid: string, start: number): string {
  switch (part.kind) {
    case 'text':
      return part.text
    case 'uuid':
      return uuid
    case 'micros':
      return String(start + part.offset)
    case 'seconds':
      return String(Math.round(start / 1e6 + part.offset))
    case 'stamp':
      return new Date(start / 1000 + part.offset)
        .toISOString()
        .slice(0, 19)
        .replace('T', '%2520')
        .replaceAll(':', '%253A')
  }
}
