/**
 * One connection to a switch, from its first packet to its last: signs in, subscribes, asks one command at a time. It
 * is never mended; when it is lost, another one is made (keeper.ts).
 */
import { connect, type Socket } from 'node:net'
import type { SwitchAddress } from '../../config/freeswitches.ts'
import { ApiError } from '../../rest/errors.ts'
import type { Bounds } from './bounds.ts'
import { Client } from './client.ts'
import type { SocketEvent } from './events.ts'
import { Guard } from './guard.ts'
import { Lane, type Question } from './lane.ts'

/** Why a connection ended: refused, so that trying again at once is of no use, or lost. */
export interface Ending {
  readonly kind: 'refused' | 'lost'
  readonly reason: string
}

export interface ConnectionHandlers {
  onReady(): void
  onEvent(event: SocketEvent): void
  /** Once, whatever happened. */
  onEnd(ending: Ending): void
}

export class Connection {
  readonly #address: SwitchAddress
  readonly #bounds: Bounds
  readonly #handlers: ConnectionHandlers
  readonly #socket: Socket
  readonly #client: Client
  readonly #lane: Lane
  #signingIn: NodeJS.Timeout | undefined
  #watching: NodeJS.Timeout | undefined
  #heardAt = Date.now()
  #greeted = false
  #ended = false

  /** `subscription` is what is said after the sign-in, such as `event plain BACKGROUND_JOB`. */
  constructor(address: SwitchAddress, subscription: string, bounds: Bounds, handlers: ConnectionHandlers) {
    this.#address = address
    this.#bounds = bounds
    this.#handlers = handlers
    const guard = new Guard(bounds, {
      transmit: (text) => this.#socket.write(text),
      onEvent: (event) => handlers.onEvent(event),
      onNotice: (kind) =>
        kind === 'rejection'
          ? this.#endSoon('refused', 'the switch takes no connections from this address')
          : this.#endSoon('lost', 'the switch ended the connection'),
      onFailure: (error) => this.end('lost', error.message),
    })
    this.#client = new Client(guard)
    this.#client.on('error', (error) => this.end('lost', error.message))
    this.#client.on('esl::event::auth::request', () => void this.#signIn(subscription))
    this.#lane = new Lane(address.name, bounds, {
      ask: (question) => this.#ask(question),
      onSilence: () => this.end('lost', 'the switch did not reply'),
    })
    this.#socket = connect({ host: address.host, port: address.port, noDelay: true })
    this.#socket.on('data', (packet: Buffer) => {
      this.#heardAt = Date.now()
      guard.receive(packet)
    })
    this.#socket.on('error', (error) => this.end('lost', error.message))
    this.#socket.on('end', () => this.#endSoon('lost', 'the connection was closed'))
    this.#socket.on('close', () => this.#endSoon('lost', 'the connection was closed'))
    this.#signingIn = setTimeout(() => this.end('lost', 'the switch did not let us in in time'), bounds.signInMs)
    this.#signingIn.unref()
  }

  /** Commands that wait for their turn. */
  get waiting(): number {
    return this.#lane.waiting
  }

  /** The reply to a line, with headers beneath it: the body of the API's answer, or the text of the reply. */
  ask(line: string, timeoutMs: number, headers?: Readonly<Record<string, string>>): Promise<string> {
    return this.#lane.ask({ line, timeoutMs, ...(headers && { headers }) })
  }

  /** Ends at once; what was asked fails. */
  end(kind: Ending['kind'], reason: string): void {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#signingIn)
    clearInterval(this.#watching)
    this.#socket.destroy()
    this.#lane.close()
    this.#handlers.onEnd({ kind, reason })
  }

  /** A reply that came in the same packet, such as that to a wrong password, is heard first. */
  #endSoon(kind: Ending['kind'], reason: string): void {
    setImmediate(() => this.end(kind, reason))
  }

  async #signIn(subscription: string): Promise<void> {
    if (this.#greeted) {
      this.end('lost', 'the switch asked for the password twice')
      return
    }
    this.#greeted = true
    const { user, password } = this.#address
    const { signInMs } = this.#bounds
    try {
      const reply = await this.ask(user ? `userauth ${user}:${password}` : `auth ${password}`, signInMs)
      if (!reply.startsWith('+OK')) throw new Error(`the switch refused the password: ${reply}`)
      const subscribed = await this.ask(subscription, signInMs)
      if (!subscribed.startsWith('+OK')) throw new Error(`the switch refused "${subscription}": ${subscribed}`)
    } catch (error) {
      // What the switch did not answer at all is no refusal.
      this.end(error instanceof ApiError ? 'lost' : 'refused', (error as Error).message)
      return
    }
    clearTimeout(this.#signingIn)
    this.#watching = setInterval(() => this.#watch(), Math.ceil(this.#bounds.quietMs / 2))
    this.#watching.unref()
    this.#handlers.onReady()
  }

  /** Asks for a sign of life when nothing was heard for a while. Without one the connection ends. */
  #watch(): void {
    if (this.#lane.isBusy || Date.now() - this.#heardAt < this.#bounds.quietMs) return
    this.ask('api version', this.#bounds.signMs).catch(() => this.end('lost', 'the switch fell silent'))
  }

  #ask({ line, headers, onReply }: Question): void {
    if (line.startsWith('api ')) this.#client.api(line.slice('api '.length), (event) => onReply(event.getBody()))
    else this.#client.sendRecv(line, headers ?? null, (event) => onReply(event.getHeader('Reply-Text') ?? ''))
  }
}
