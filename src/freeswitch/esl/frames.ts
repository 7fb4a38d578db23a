/** The event socket's stream taken apart: headers, a blank line, and a body where a length says so. */
import type { Bounds } from './bounds.ts'

export interface Frame {
  /** `command/reply`, `text/event-plain` … */
  readonly type: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** The number of the packet that its first byte came in. */
  readonly packet: number
}

/** What came is no event socket's, or more than we hold: what follows it cannot be trusted either. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
}

const LINE_FEED = 0x0a
const NOTHING = Buffer.alloc(0)

/** Gives frames as their last byte comes, however the stream was cut into packets. */
export class FrameReader {
  readonly #bounds: Pick<Bounds, 'headerBytes' | 'bodyBytes'>
  /** Of the headers that are not complete, and what of them holds no end. */
  #pending: Buffer = NOTHING
  #searched = 0
  /** The frame whose body is awaited, and how much of it is there. */
  #open: { frame: Frame; got: number } | undefined
  #began = 0
  /** How many there were so far. */
  packets = 0

  constructor(bounds: Pick<Bounds, 'headerBytes' | 'bodyBytes'>) {
    this.#bounds = bounds
  }

  /** Throws a FrameError where the stream is none; the reader is of no use then. */
  *read(packet: Buffer): Generator<Frame> {
    this.packets += 1
    let rest: Buffer | undefined = packet
    while (rest && rest.length > 0) {
      rest = this.#open ? this.#readBody(rest) : this.#readHead(rest)
      if (!this.#open || this.#open.got < this.#open.frame.body.length) continue
      const { frame } = this.#open
      this.#open = undefined
      yield frame
    }
  }

  #readBody(packet: Buffer): Buffer {
    const open = this.#open!
    const copied = packet.copy(open.frame.body, open.got)
    open.got += copied
    return packet.subarray(copied)
  }

  #readHead(packet: Buffer): Buffer | undefined {
    let bytes = this.#pending.length > 0 ? Buffer.concat([this.#pending, packet]) : packet
    // Blank lines between frames mean nothing.
    let start = 0
    while (bytes[start] === LINE_FEED) start++
    bytes = bytes.subarray(start)
    if (this.#pending.length === 0) this.#began = this.packets
    const end = bytes.indexOf('\n\n', Math.max(0, this.#searched - 1))
    if (end > this.#bounds.headerBytes || (end === -1 && bytes.length > this.#bounds.headerBytes)) {
      throw new FrameError('headers without an end')
    }
    if (end === -1) {
      this.#pending = bytes
      this.#searched = bytes.length
      return undefined
    }
    this.#pending = NOTHING
    this.#searched = 0
    const headers = readHeaders(bytes.toString('utf8', 0, end))
    const type = headers['Content-Type']
    if (type === undefined) throw new FrameError('a frame without a type')
    const length = lengthOf(headers['Content-Length'])
    if (length > this.#bounds.bodyBytes) throw new FrameError(`a body of ${length} bytes`)
    this.#open = { frame: { type, headers, body: Buffer.allocUnsafe(length), packet: this.#began }, got: 0 }
    return bytes.subarray(end + 2)
  }
}

/** `Name: value` a line; of a name that comes again the last counts. Lines that are none are left out. */
export function readHeaders(text: string, decode = (value: string) => value): Record<string, string> {
  // Without a prototype: a switch may name a header as it likes.
  const headers: Record<string, string> = Object.create(null)
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) headers[line.slice(0, colon)] = decode(line.slice(colon + 1).trim())
  }
  return headers
}

function lengthOf(text: string | undefined): number {
  if (text === undefined) return 0
  if (!/^\d{1,12}$/.test(text)) throw new FrameError('a length that is no number')
  return Number(text)
}
