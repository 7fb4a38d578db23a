import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

export interface Log {
  info(details: object, message: string): void
  warn(details: object, message: string): void
}

export interface ListenerOptions {
  /** Its own connection; one through a transaction pooler hears nothing. */
  readonly connection: pg.ClientConfig
  readonly channels: readonly string[]
  readonly log: Log
  /** Called with each payload, in the order of the commits. */
  readonly onNotification: (payload: string, channel: string) => void
  /** Called as soon as everything notified from now on will be heard. */
  readonly onLive?: () => void
  /** Called as soon as it is known that notifications may be missed. */
  readonly onLost: () => void
}

const FIRST_DELAY_MS = 100
const LONGEST_DELAY_MS = 5_000
/** How often the connection is tried, since a network that swallows packets closes nothing. */
const HEARTBEAT_MS = 5_000
const ANSWER_TIMEOUT_MS = 3_000
const GOODBYE_MS = 1_000

/** Hears what PostgreSQL notifies on some channels, on a connection of its own that is made again whenever it is lost. */
export class Listener {
  readonly #options: ListenerOptions
  readonly #closing = new AbortController()
  readonly #running: Promise<void>
  #client: pg.Client | undefined
  /** Aborted when the present connection is lost. */
  #lost = new AbortController()
  #live = false
  #complained = false

  constructor(options: ListenerOptions) {
    this.#options = options
    this.#running = this.#run()
  }

  /** Whether everything notified from now on will be heard, or `onLost` called. */
  get live(): boolean {
    return this.#live
  }

  async close(): Promise<void> {
    this.#closing.abort()
    if (this.#client) this.#lose(this.#client)
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    let delayMs = FIRST_DELAY_MS
    while (!signal.aborted) {
      if (await this.#listen()) delayMs = FIRST_DELAY_MS
      await sleep(delayMs * (0.5 + Math.random()), undefined, { signal, ref: false }).catch(() => {})
      delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)
    }
  }

  /** Listens until the connection is lost; false when there was none to be had. */
  async #listen(): Promise<boolean> {
    const { connection, channels, log, onNotification, onLive } = this.#options
    const client = new pg.Client({
      ...connection,
      application_name: 'pbx-api listener',
      keepAlive: true,
      connectionTimeoutMillis: ANSWER_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
    })
    this.#client = client
    client.on('error', (error) => this.#lose(client, error))
    client.on('end', () => this.#lose(client, new Error('The connection was closed.')))
    client.on('notification', ({ payload, channel }) => {
      if (client === this.#client) onNotification(payload ?? '', channel)
    })
    try {
      await client.connect()
      await client.query(channels.map((channel) => `LISTEN ${client.escapeIdentifier(channel)}`).join('; '))
      if (client !== this.#client) return false
      this.#live = true
      this.#complained = false
      log.info({ channels }, 'Listening to the database')
      onLive?.()
      while (client === this.#client) {
        await sleep(HEARTBEAT_MS, undefined, { signal: this.#lost.signal, ref: false }).catch(() => {})
        if (client === this.#client) await client.query('SELECT 1')
      }
      return true
    } catch (error) {
      this.#lose(client, error)
      return false
    } finally {
      // A socket that answers no more is left to itself.
      await Promise.race([client.end().catch(() => {}), sleep(GOODBYE_MS, undefined, { ref: false })])
    }
  }

  /** Called for every sign that a connection is gone; only the first of one counts. */
  #lose(client: pg.Client, error?: unknown): void {
    if (client !== this.#client) return
    this.#client = undefined
    this.#live = false
    this.#lost.abort()
    this.#lost = new AbortController()
    this.#options.onLost()
    if (this.#closing.signal.aborted || this.#complained) return
    this.#complained = true
    this.#options.log.warn({ err: error }, 'No connection to listen to the database on; trying again')
  }
}
