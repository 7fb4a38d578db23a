/**
 * What stands between modesl and the socket. modesl sees only what it cannot be harmed by: one whole frame at a time,
 * written anew, of replies to a command that is under way. Events never reach it (docs/decisions/event-socket.md).
 */
import { Duplex } from 'node:stream'
import type { Bounds } from './bounds.ts'
import { readEvent, type SocketEvent } from './events.ts'
import { type Frame, FrameError, FrameReader } from './frames.ts'

export interface GuardHandlers {
  /** A whole command, for the wire. */
  transmit(text: string): void
  onEvent(event: SocketEvent): void
  /** The switch ends the connection, or never wanted it. */
  onNotice(kind: 'disconnect' | 'rejection'): void
  /** The stream is none, or its replies are out of order. */
  onFailure(error: FrameError): void
}

export class Guard extends Duplex {
  readonly #reader: FrameReader
  readonly #handlers: GuardHandlers
  #written = ''
  /** What the switch has not replied to. */
  #owed: 'api' | 'command' | undefined
  /** How many packets had come when that was asked: what began in one of them is no reply to it. */
  #askedAfter = 0
  #broken = false

  constructor(bounds: Pick<Bounds, 'headerBytes' | 'bodyBytes'>, handlers: GuardHandlers) {
    super()
    this.#reader = new FrameReader(bounds)
    this.#handlers = handlers
  }

  /** Takes what came from the socket. */
  receive(packet: Buffer): void {
    if (this.#broken) return
    try {
      for (const frame of this.#reader.read(packet)) {
        this.#pass(frame)
        if (this.#broken) return
      }
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      this.#fail(error)
    }
  }

  override _read(): void {
    // Frames are pushed as they come; there is one at most, since one command is under way at most.
  }

  /** modesl writes a command in pieces. It leaves when its blank line is there, in one packet. */
  override _write(piece: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#written += piece.toString('utf8')
    if (this.#written.endsWith('\n\n')) this.#transmit()
    done()
  }

  #transmit(): void {
    const text = this.#written
    this.#written = ''
    // Where all text comes from (commands.ts) there are no line breaks. Should one get through, it ends here.
    if (this.#owed || text.indexOf('\n\n') !== text.length - 2) {
      this.#fail(new FrameError('a command within a command'))
      return
    }
    this.#owed = text.startsWith('api ') ? 'api' : 'command'
    this.#askedAfter = this.#reader.packets
    this.#handlers.transmit(text)
  }

  #pass(frame: Frame): void {
    switch (frame.type) {
      case 'auth/request':
        this.push('Content-Type: auth/request\n\n')
        return
      case 'command/reply':
      case 'api/response':
        this.#passReply(frame)
        return
      case 'text/event-plain':
        this.#handlers.onEvent(readEvent(frame.body))
        return
      case 'text/disconnect-notice':
        this.#handlers.onNotice('disconnect')
        return
      case 'text/rude-rejection':
        this.#handlers.onNotice('rejection')
        return
    }
    // Log lines, and what later versions may send, were not asked for and mean nothing to us.
  }

  #passReply({ type, headers, body, packet }: Frame): void {
    const owed = this.#owed
    this.#owed = undefined
    const text = headers['Reply-Text'] ?? ''
    if (!owed || packet <= this.#askedAfter) {
      this.#fail(new FrameError('a reply to nothing'))
    } else if (owed === 'api') {
      // A user who may not use the API hears so as of any command.
      const content = type === 'api/response' ? body : Buffer.from(text)
      this.push(
        Buffer.concat([Buffer.from(`Content-Type: api/response\nContent-Length: ${content.length}\n\n`), content]),
      )
    } else if (type === 'command/reply') {
      const job = headers['Job-UUID']
      const more = job === undefined ? '' : `Job-UUID: ${encodeURIComponent(job.toWellFormed())}\n`
      this.push(`Content-Type: command/reply\nReply-Text: ${encodeURIComponent(text.toWellFormed())}\n${more}\n`)
    } else {
      this.#fail(new FrameError('a reply of another kind'))
    }
  }

  #fail(error: FrameError): void {
    if (this.#broken) return
    this.#broken = true
    this.#handlers.onFailure(error)
  }
}
