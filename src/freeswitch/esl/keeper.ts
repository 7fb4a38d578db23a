/** Keeps a connection to a switch: makes it, and makes it anew whenever it is lost, until closed. */
import type { SwitchAddress } from '../../config/freeswitches.ts'
import type { Bounds } from './bounds.ts'
import { Connection, type Ending } from './connection.ts'
import type { SocketEvent } from './events.ts'

export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface KeeperHandlers {
  onUp(connection: Connection): void
  onEvent(event: SocketEvent): void
  onDown(): void
}

export interface KeeperOptions {
  readonly address: SwitchAddress
  /** What the log calls the connection. */
  readonly purpose: 'commands' | 'events'
  /** Said after each sign-in. */
  readonly subscription: string
  readonly bounds: Bounds
  readonly log: Log
}

export class Keeper {
  readonly #options: KeeperOptions
  readonly #handlers: KeeperHandlers
  #connection: Connection | undefined
  #readyAt: number | undefined
  #failures = 0
  #retry: NodeJS.Timeout | undefined
  #told = ''
  #closed = false
  state: 'connected' | 'connecting' | 'refused' = 'connecting'
  /** Connections that were made after one was lost. */
  reconnects = 0

  constructor(options: KeeperOptions, handlers: KeeperHandlers) {
    this.#options = options
    this.#handlers = handlers
    this.#try()
  }

  /** Of the connection that is ready. */
  get connection(): Connection | undefined {
    return this.state === 'connected' ? this.#connection : undefined
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#retry)
    this.#connection?.end('lost', 'the server stops')
  }

  #try(): void {
    const { address, subscription, bounds } = this.#options
    const connection = new Connection(address, subscription, bounds, {
      onReady: () => this.#ready(connection),
      onEvent: (event) => this.#handlers.onEvent(event),
      onEnd: (ending) => this.#lost(ending),
    })
    this.#connection = connection
  }

  #ready(connection: Connection): void {
    if (this.#told !== '') this.reconnects += 1
    this.#tell('info', 'connected to the switch', {})
    this.state = 'connected'
    this.#readyAt = Date.now()
    this.#handlers.onUp(connection)
  }

  #lost({ kind, reason }: Ending): void {
    const wasUp = this.state === 'connected'
    const { bounds } = this.#options
    this.#connection = undefined
    this.state = kind === 'refused' ? 'refused' : 'connecting'
    if (wasUp) this.#handlers.onDown()
    if (this.#closed) return
    this.#tell('warn', kind === 'refused' ? 'refused by the switch' : 'not connected to the switch', { reason })
    if (this.#readyAt !== undefined && Date.now() - this.#readyAt >= bounds.stableMs) this.#failures = 0
    this.#readyAt = undefined
    this.#failures += 1
    const backOff = Math.min(bounds.lastTryMs, bounds.firstTryMs * 2 ** (this.#failures - 1))
    const delayMs = kind === 'refused' ? bounds.refusedMs : backOff
    // Servers that lost a switch at the same time do not all come back at the same time.
    this.#retry = setTimeout(() => this.#try(), delayMs * (0.5 + Math.random() / 2))
    this.#retry.unref()
  }

  /** A line when something changes, not one for every try. */
  #tell(level: 'info' | 'warn', message: string, fields: object): void {
    const { address, purpose, log } = this.#options
    if (this.#told === message) return
    this.#told = message
    log[level]({ switch: address.name, connection: purpose, ...fields }, message)
  }
}
