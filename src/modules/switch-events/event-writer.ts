/**
 * Stores the events of a switch together: their rows in the timeline and what they announce, in one transaction. An
 * event that is stored already announces nothing, so that each does once, whoever heard it and however often it is tried.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../../rest/database.ts'
import { recordEvents } from '../cdr/timeline/events.ts'
import { isOfCalls, type SwitchEvent } from '../cdr/timeline/row.ts'
import { announce } from '../events/announce.ts'
import { callDraft } from './announcements/calls.ts'
import { placed } from './announcements/placed.ts'
import { registrationDraft } from './announcements/registrations.ts'
import type { EventQueue } from './event-queue.ts'

export interface WriterLog {
  warn(details: object, message: string): void
}

/** Events wait so long for others to be stored with. */
const GATHERING_MS = 100
const MOST_TOGETHER = 500
const FIRST_DELAY_MS = 200
const LONGEST_DELAY_MS = 5_000

export class EventWriter {
  readonly #switchName: string
  readonly #database: Database
  readonly #queue: EventQueue
  readonly #log: WriterLog
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined
  /** Events that the database took. */
  stored = 0
  /** Events that the database would never take. */
  refused = 0

  constructor(switchName: string, database: Database, queue: EventQueue, log: WriterLog) {
    this.#switchName = switchName
    this.#database = database
    this.#queue = queue
    this.#log = log
  }

  /** There are events to store. */
  wake(): void {
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined
      if (this.#queue.length > 0 && !this.#stopping.signal.aborted) this.wake()
    })
  }

  /** Stores what is there, unless the database does not take it now. */
  async close(): Promise<void> {
    this.#stopping.abort()
    await this.#running
    while (this.#queue.length > 0) if (!(await this.#writeSome())) return
  }

  async #work(): Promise<void> {
    let delayMs = FIRST_DELAY_MS
    await this.#pause(GATHERING_MS)
    while (this.#queue.length > 0 && !this.#stopping.signal.aborted) {
      if (await this.#writeSome()) {
        delayMs = FIRST_DELAY_MS
      } else {
        await this.#pause(delayMs)
        delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)
      }
    }
  }

  /** False: the database is away, and the events are back in the queue. */
  async #writeSome(): Promise<boolean> {
    const events = this.#queue.take(MOST_TOGETHER)
    try {
      await this.#write(events)
      return true
    } catch (error) {
      if (isRefused(error)) return this.#writeEach(events, error)
      this.#log.warn({ err: error, switch: this.#switchName }, 'events of a switch could not be stored; trying again')
      this.#queue.putBack(events)
      return false
    }
  }

  /** One event that the database does not take is not in the way of others. */
  async #writeEach(events: readonly SwitchEvent[], error: unknown): Promise<boolean> {
    if (events.length === 1) {
      this.refused += 1
      this.#log.warn({ err: error, switch: this.#switchName }, 'an event of a switch cannot be stored')
      return true
    }
    for (const [index, event] of events.entries()) {
      try {
        await this.#write([event])
      } catch (failure) {
        if (isRefused(failure)) {
          await this.#writeEach([event], failure)
        } else {
          this.#queue.putBack(events.slice(index))
          return false
        }
      }
    }
    return true
  }

  async #write(events: readonly SwitchEvent[]): Promise<void> {
    const registrations = events.filter((event) => !isOfCalls(event))
    await this.#database.transaction(async (db) => {
      const news = await recordEvents(db, events)
      const drafts = [
        ...news.map((event) => callDraft(event, this.#switchName)),
        ...registrations.map((event) => registrationDraft(event, this.#switchName)),
      ]
      await announce(
        db,
        await placed(
          db,
          drafts.filter((draft) => draft !== undefined),
        ),
      )
    })
    this.stored += events.length
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => {})
  }
}

/** What PostgreSQL says no to, other than for the time being: it is as wrong the next time. */
function isRefused(error: unknown): boolean {
  const { severity, code = '' } = error as { severity?: string; code?: string }
  // Transactions in each other's way, no room, and an operator who intervenes are for the time being.
  return severity === 'ERROR' && !/^(40|53|57|58|25|55)/.test(code)
}
