/**
 * Which of several servers does what only one may do: whoever holds a lock of PostgreSQL, on a connection of its own. A
 * server that dies, or cannot reach the database, loses it, and another has it a few seconds later.
 */
import type pg from 'pg'
import { type Log, StandingConnection } from './standing.ts'

export interface LeadershipOptions {
  readonly connection: pg.ClientConfig
  /** What is led; each may be led by another server. */
  readonly names: readonly string[]
  readonly log: Log
  onWon(name: string): void
  /** Called as soon as somebody else may lead. */
  onLost(name: string): void
}

const HEARTBEAT_MS = 1_500
/** PostgreSQL ends a session that is not heard of for so long, also of a server that was frozen or cut off. */
const SESSION_MS = 7_000
/** A server believes in its lock for less than that. */
const SURE_MS = 6_000
/** Who has lost its connection lets others go first: theirs may be better. */
const MODESTY_MS = 2 * HEARTBEAT_MS

const LOCK = `SELECT "name", pg_try_advisory_lock(hashtextextended('pbx leader of ' || "name", 0))
  FROM unnest($1::text[]) AS "name"`

export class Leadership {
  readonly #connection: StandingConnection
  readonly #options: LeadershipOptions
  readonly #led = new Set<string>()
  #sureUntil = 0
  #modestUntil = 0

  constructor(options: LeadershipOptions) {
    this.#options = options
    const { connection, log } = options
    this.#connection = new StandingConnection({
      connection,
      applicationName: 'pbx-api leader',
      purpose: 'to lead on',
      log,
      heartbeatMs: HEARTBEAT_MS,
      begin: async (client) => {
        await client.query(`SET idle_session_timeout = ${SESSION_MS}`)
        await this.#strive(client)
      },
      beat: (client) => this.#strive(client),
      onLive: () => this.#tell(),
      onLost: () => this.#loseAll(),
    })
  }

  /** Whether this server leads, beyond doubt. */
  leads(name: string): boolean {
    return this.#led.has(name) && performance.now() < this.#sureUntil
  }

  /** Gives up everything that is led, so that others can have it at once. */
  close(): Promise<void> {
    return this.#connection.close()
  }

  /** Renews what is led, and tries for what is not. */
  async #strive(client: pg.Client): Promise<void> {
    const asked = performance.now()
    const names = asked < this.#modestUntil ? [] : this.#options.names
    const wanted = names.filter((name) => !this.#led.has(name))
    const { rows } = await client.query({ text: LOCK, values: [wanted], rowMode: 'array' })
    this.#sureUntil = asked + SURE_MS
    this.#won = rows.filter(([, isLocked]) => isLocked).map(([name]) => name as string)
    if (this.#connection?.live) this.#tell()
  }
  #won: string[] = []

  #tell(): void {
    const won = this.#won
    this.#won = []
    for (const name of won) this.#led.add(name)
    for (const name of won) this.#options.onWon(name)
  }

  #loseAll(): void {
    const lost = [...this.#led]
    this.#led.clear()
    this.#won = []
    this.#sureUntil = 0
    if (lost.length > 0) this.#modestUntil = performance.now() + MODESTY_MS
    for (const name of lost) this.#options.onLost(name)
  }
}
