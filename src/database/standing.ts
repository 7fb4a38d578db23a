/** A connection that somebody needs all the time: made again whenever it is lost, and tried often enough to know. */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

export interface Log {
  info(details: object, message: string): void
  warn(details: object, message: string): void
}

export interface StandingOptions {
  /** One through a transaction pooler is nobody's own. */
  readonly connection: pg.ClientConfig
  /** The name PostgreSQL shows in pg_stat_activity. */
  readonly applicationName: string
  /** What it is for, as the log says it: "to listen to the database on". */
  readonly purpose: string
  readonly log: Log
  /** How often the connection is tried, since a network that swallows packets closes nothing. */
  readonly heartbeatMs: number
  readonly onNotification?: (message: pg.Notification) => void
  /** Makes a new connection ready; it is live from then on. */
  begin(client: pg.Client): Promise<void>
  /** Tries the connection. */
  beat(client: pg.Client): Promise<void>
  /** Called once everything is as it should be. */
  onLive(): void
  /** Called as soon as the connection may be gone. */
  onLost(): void
}

const FIRST_DELAY_MS = 100
const LONGEST_DELAY_MS = 5_000
const ANSWER_TIMEOUT_MS = 3_000
const GOODBYE_MS = 1_000

export class StandingConnection {
  readonly #options: StandingOptions
  readonly #closing = new AbortController()
  readonly #running: Promise<void>
  #client: pg.Client | undefined
  /** Aborted when the present connection is lost. */
  #lost = new AbortController()
  #live = false
  #complained = false

  constructor(options: StandingOptions) {
    this.#options = options
    this.#running = this.#run()
  }

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
      if (await this.#stand()) delayMs = FIRST_DELAY_MS
      await sleep(delayMs * (0.5 + Math.random()), undefined, { signal, ref: false }).catch(() => {})
      delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)
    }
  }

  /** Lasts until the connection is lost; false when there was none to be had. */
  async #stand(): Promise<boolean> {
    const { connection, applicationName, heartbeatMs, onNotification, begin, beat, onLive } = this.#options
    const client = new pg.Client({
      ...connection,
      application_name: applicationName,
      keepAlive: true,
      connectionTimeoutMillis: ANSWER_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
    })
    this.#client = client
    client.on('error', (error) => this.#lose(client, error))
    client.on('end', () => this.#lose(client, new Error('The connection was closed.')))
    client.on('notification', (message) => {
      if (client === this.#client) onNotification?.(message)
    })
    try {
      await client.connect()
      await begin(client)
      if (client !== this.#client) return false
      this.#live = true
      this.#complained = false
      onLive()
      while (client === this.#client) {
        await sleep(heartbeatMs, undefined, { signal: this.#lost.signal, ref: false }).catch(() => {})
        if (client === this.#client) await beat(client)
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
    this.#options.log.warn({ err: error }, `No connection ${this.#options.purpose}; trying again`)
  }
}
