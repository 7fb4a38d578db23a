/** The streams that are open on this server: how many there may be, their heartbeats, and when they end. */
import type { Readable } from 'node:stream'
import type { Callers } from '../../../auth/callers.ts'
import type { FeedReader } from '../../../rest/asking.ts'
import type { Caller } from '../../../rest/caller.ts'
import type { Database } from '../../../rest/database.ts'
import { ApiError, unavailable } from '../../../rest/errors.ts'
import type { Hub } from './hub.ts'
import { EventStream } from './stream.ts'
import type { Scope } from './told.ts'

/** Of one user on one server: a browser's tabs and a few programs. */
export const MOST_OF_A_USER = 10
const MOST_IN_ALL = 5_000
const RETRY_SECONDS = 10
const HEARTBEAT_MS = 15_000
/** A change of a caller is heard of at once; tokens also expire, and hearing can fail. */
const CHECK_MS = 5_000

export class Streams {
  readonly #hub: Hub
  readonly #database: Database
  readonly #streams = new Set<EventStream>()
  readonly #ofUser = new Map<number, number>()
  readonly #timers: readonly NodeJS.Timeout[]
  readonly #unwatch: () => void
  #opened = 0
  #closed = false

  constructor(hub: Hub, database: Database, callers: Pick<Callers, 'watch'>) {
    this.#hub = hub
    this.#database = database
    this.#unwatch = callers.watch(() => this.#check())
    this.#timers = [
      setInterval(() => {
        for (const stream of this.#streams) stream.beat()
      }, HEARTBEAT_MS).unref(),
      setInterval(() => this.#check(), CHECK_MS).unref(),
    ]
  }

  /** Opens a stream: a 429 where the user has too many, a 503 where the server has. */
  async open(caller: Caller, scope: Scope, after: number | undefined, reader: FeedReader): Promise<Readable> {
    const giveBack = this.#take(caller.userId)
    const stream = new EventStream({
      hub: this.#hub,
      database: this.#database,
      scope,
      after,
      stillMay: () => reader.stillMay(),
    })
    stream.body.once('close', () => {
      this.#streams.delete(stream)
      giveBack()
    })
    try {
      await stream.begin()
      this.#streams.add(stream)
      if (this.#closed) stream.end()
      return stream.body
    } catch (error) {
      stream.body.destroy()
      throw error
    }
  }

  /** Ends all, and opens no more. */
  close(): void {
    this.#closed = true
    this.#unwatch()
    for (const timer of this.#timers) clearInterval(timer)
    for (const stream of this.#streams) stream.end()
  }

  #check(): void {
    for (const stream of this.#streams) void stream.check()
  }

  /** Counts a stream in; what this gives counts it out. */
  #take(userId: number): () => void {
    const open = this.#ofUser.get(userId) ?? 0
    if (open >= MOST_OF_A_USER) {
      const detail = `There are ${MOST_OF_A_USER} streams of events open for this user already. Close one of them.`
      throw new ApiError(429, detail, { 'Retry-After': String(RETRY_SECONDS) })
    }
    if (this.#closed || this.#opened >= MOST_IN_ALL) throw unavailable('The server can tell no more readers of events.')
    this.#ofUser.set(userId, open + 1)
    this.#opened += 1
    return () => {
      this.#opened -= 1
      const left = this.#ofUser.get(userId)! - 1
      if (left > 0) this.#ofUser.set(userId, left)
      else this.#ofUser.delete(userId)
    }
  }
}
