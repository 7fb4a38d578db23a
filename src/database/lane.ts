/**
 * A few connections that many short reads share: each is sent before the answer to the one before has come, so a busy
 * server speaks to PostgreSQL in fewer, larger writes. One slow statement would hold up those behind it: only reads of
 * one row by its key belong here.
 */
import type pg from 'pg'
import { createPool, type PoolOptions } from './pool.ts'
import { queryText } from './text-query.ts'

const CONNECTIONS = 2

export class Lane {
  readonly #pool: pg.Pool
  /** A connection is made when it is first needed, and again after it was lost. */
  readonly #clients: (Promise<pg.PoolClient> | undefined)[] = []
  #turn = 0
  #closing = false

  constructor(options: Omit<PoolOptions, 'max' | 'pipeline' | 'genericPlans'>) {
    this.#pool = createPool({ ...options, max: CONNECTIONS, pipeline: true, genericPlans: true })
  }

  /** The rows of a statement, each value as text. */
  async query(text: string, values: readonly unknown[], name: string | undefined): Promise<(string | null)[][]> {
    this.#turn = (this.#turn + 1) % CONNECTIONS
    const turn = this.#turn
    this.#clients[turn] ??= this.#connect(turn)
    return queryText(await this.#clients[turn], text, values, name)
  }

  /** Waits for the reads under way. */
  async close(): Promise<void> {
    this.#closing = true
    for (const client of await Promise.allSettled(this.#clients)) {
      if (client.status === 'fulfilled') client.value?.release()
    }
    await this.#pool.end()
  }

  #connect(turn: number): Promise<pg.PoolClient> {
    const connecting = this.#pool.connect()
    const forget = () => {
      if (this.#clients[turn] === connecting) this.#clients[turn] = undefined
    }
    connecting.then((client) => {
      // Gives the place in the pool back as well, once: whoever closes the lane does so, too.
      client.once('error', (error) => {
        if (this.#closing) return
        forget()
        client.release(error)
      })
    }, forget)
    return connecting
  }
}
