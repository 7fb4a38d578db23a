/**
 * Reads events as they are committed, once for all who hear of them on this server. PostgreSQL wakes it; while that
 * cannot be heard it looks for itself, and what came meanwhile it finds by position.
 */
import type { Database } from '../../../rest/database.ts'
import { lastPosition, readEvents, type Told } from './told.ts'

/** Somebody who hears of every event, in order. */
export interface Ear {
  hear(event: Told): void
  /** All up to this position have been told. */
  upTo(position: number): void
}

const MOST_READ = 500
/** How long events wait to be numbered while nobody hears them. */
const UNHEARD_MS = 1_000
/** How often it looks while it would not be woken, and how often all the same. */
const DEAF_MS = 1_000
const BACKSTOP_MS = 15_000

export class Hub {
  readonly #database: Database
  readonly #ears = new Set<Ear>()
  readonly #timer: NodeJS.Timeout
  #position: number | undefined
  #running: Promise<void> | undefined
  #again = false
  #live = false
  #closed = false
  #lookedAtMs = 0

  constructor(database: Database) {
    this.#database = database
    this.#timer = setInterval(() => this.#look(), DEAF_MS).unref()
  }

  /** For the channel on which the table's trigger notifies. */
  readonly hearer = {
    onNotification: () => this.wake(),
    onLive: () => {
      this.#live = true
      this.wake()
    },
    onLost: () => {
      this.#live = false
    },
  }

  /** How many hear. */
  get size(): number {
    return this.#ears.size
  }

  /** The position up to which everything was told. */
  get position(): number {
    return this.#position ?? 0
  }

  /** Waits until the position is known; rejects where the database does not answer. */
  async ready(): Promise<void> {
    this.#position ??= await lastPosition(this.#database, 0)
  }

  /** From now on the ear hears everything, until what this gives is called. */
  add(ear: Ear): () => void {
    this.#ears.add(ear)
    this.wake()
    return () => this.#ears.delete(ear)
  }

  /** Looks for events now, or once more when it is looking. */
  wake(): void {
    this.#again = true
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    await this.#running
  }

  #look(): void {
    const quietMs = Date.now() - this.#lookedAtMs
    if (!this.#live || this.#again || quietMs > BACKSTOP_MS) this.wake()
  }

  async #run(): Promise<void> {
    try {
      while (this.#again && !this.#closed) {
        // With nobody to tell, what comes in a second is numbered together, at the timer's next turn.
        if (this.#ears.size === 0 && Date.now() - this.#lookedAtMs < UNHEARD_MS) return
        this.#again = false
        this.#lookedAtMs = Date.now()
        await this.#tell()
      }
    } catch {
      // The database does not answer. The timer looks again.
      this.#again = true
    }
  }

  async #tell(): Promise<void> {
    await this.ready()
    let position = this.position
    const last = await lastPosition(this.#database, position)
    // Numbers that went back are those of another life of the database; readers are told when they come again.
    if (last < position) position = last
    while (position < last && this.#ears.size > 0) {
      const events = await readEvents(this.#database, position, last, {}, MOST_READ)
      for (const event of events) for (const ear of this.#ears) ear.hear(event)
      position = events.length < MOST_READ ? last : events.at(-1)!.position
      this.#arrive(position)
    }
    this.#arrive(last)
  }

  #arrive(position: number): void {
    this.#position = position
    for (const ear of this.#ears) ear.upTo(position)
  }
}
