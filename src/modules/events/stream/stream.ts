/** What one reader of events gets: what it missed, then what happens, heartbeats between. */
import { Readable } from 'node:stream'
import type { Database } from '../../../rest/database.ts'
import type { Hub } from './hub.ts'
import { isIn, reachesBack, readEvents, type Scope, type Told } from './told.ts'

export interface StreamOptions {
  readonly hub: Hub
  readonly database: Database
  readonly scope: Scope
  /** The position it read last; undefined: it wants what happens from now on. */
  readonly after: number | undefined
  /** Whether its reader may still read. */
  stillMay(): Promise<boolean>
  readonly longestStallMs?: number
}

/** What is kept for a reader that does not take it; what comes then it reads from the table, when it has taken that. */
const MOST_UNREAD_BYTES = 256 * 1024
/** Events are read from the table so many at a time. */
const MOST_READ = 100
/** A reader that takes nothing for so long, though there is something, is cut off. It may come again. */
const LONGEST_STALL_MS = 15_000
/** How long the last bytes may take once it is ended. */
const GOODBYE_MS = 1_000
/** Milliseconds that a browser waits before it comes again. */
const RETRY_MS = 3_000

export class EventStream {
  readonly body: Readable
  readonly #options: StreamOptions
  /** Everything up to here was sent, or is none of the reader's business. */
  #position = 0
  /** What was told as an id last. */
  #idTold = -1
  /** It has read what it missed, and hears the rest from the hub; else it reads from the table. */
  #live = false
  #ended = false
  #drained: (() => void) | undefined

  constructor(options: StreamOptions) {
    this.#options = options
    this.body = new Readable({ read: () => this.#drained?.() })
    this.body.on('error', () => {}) // whoever sends it logs it
  }

  /** Begins; rejects where the database does not answer. Whoever is done destroys the body. */
  async begin(): Promise<void> {
    const { hub, database, after } = this.#options
    await hub.ready()
    const missing = after !== undefined && !(await reachesBack(database, after))
    this.#position = missing ? hub.position : (after ?? hub.position)
    const reset = `event: reset\ndata: ${JSON.stringify({ last_event_id: String(after) })}\n`
    this.#send(`retry: ${RETRY_MS}\nid: ${this.#position}\n${missing ? reset : ''}\n`)
    this.#idTold = this.#position
    const leave = hub.add(this)
    this.body.once('close', () => {
      leave()
      this.#drained?.()
    })
    this.#catchUp()
  }

  hear(event: Told): void {
    if (!this.#live || event.position <= this.#position || !isIn(this.#options.scope, event)) return
    this.#position = event.position
    this.#idTold = event.position
    this.#send(event.text)
    if (this.body.readableLength > MOST_UNREAD_BYTES) this.#catchUp()
  }

  upTo(position: number): void {
    if (this.#live && position > this.#position) this.#position = position
  }

  /** Shows that the connection lives, and how far it is, so that a quiet reader can come again after hours. */
  beat(): void {
    if (!this.#live) return
    const moved = this.#position > this.#idTold
    this.#idTold = this.#position
    this.#send(moved ? `: alive\nid: ${this.#position}\n\n` : ': alive\n\n')
  }

  /** Ends it where its reader may read no more. */
  async check(): Promise<void> {
    // What cannot be found out now is asked for again.
    if (!(await this.#options.stillMay().catch(() => true))) this.end()
  }

  /** Ends it; its reader may come again. */
  end(): void {
    if (this.#isOver) return
    this.#ended = true
    this.#live = false
    this.body.push(null)
    setTimeout(() => this.body.destroy(), GOODBYE_MS).unref()
  }

  /** From now on it reads from the table, until the hub can go on. An answer that cannot go on is broken off. */
  #catchUp(): void {
    this.#live = false
    this.#readTable().catch((error: Error) => this.body.destroy(error))
  }

  /** Reads what it has not got from the table, as fast as that is taken. */
  async #readTable(): Promise<void> {
    const { hub, database, scope } = this.#options
    for (;;) {
      await this.#untilDrained()
      const upTo = hub.position
      if (this.#isOver || this.#position >= upTo) break
      const events = await readEvents(database, this.#position, upTo, scope, MOST_READ)
      // So slow that what follows is gone: when it comes again it is told so.
      if (!(await reachesBack(database, this.#position))) this.body.destroy()
      for (const { position, text } of events) {
        this.#send(text)
        this.#idTold = position
        await this.#untilDrained()
        if (this.#isOver) return
      }
      this.#position = events.length < MOST_READ ? upTo : events.at(-1)!.position
    }
    // Nothing was awaited since the hub's position was seen: it tells what comes after.
    this.#live = !this.#isOver
  }

  get #isOver(): boolean {
    return this.#ended || this.body.destroyed
  }

  async #untilDrained(): Promise<void> {
    if (this.body.readableLength < this.body.readableHighWaterMark || this.#isOver) return
    const { longestStallMs = LONGEST_STALL_MS } = this.#options
    const stalled = setTimeout(() => this.body.destroy(), longestStallMs).unref()
    await new Promise<void>((resolve) => {
      this.#drained = resolve
    })
    clearTimeout(stalled)
    this.#drained = undefined
  }

  #send(text: string): void {
    if (!this.#isOver) this.body.push(text)
  }
}
