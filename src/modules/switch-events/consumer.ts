/** Hears a switch for as long as this server leads it, and hands on what it hears: nothing here waits. */
import type { EventStream, Fleet } from '../../freeswitch/fleet.ts'
import type { Database } from '../../rest/database.ts'
import { isOfCalls, type SwitchEvent } from '../cdr/timeline/row.ts'
import { isOfRegistrations, Registrations } from './announcements/registrations.ts'
import { EventQueue } from './event-queue.ts'
import { EventWriter, type WriterLog } from './event-writer.ts'
import { read, SUBSCRIPTION } from './subscription.ts'

/** What the mailboxes of a switch do with what is heard of them. */
export interface MailboxEvents {
  heard(event: SwitchEvent): void
  /** Anything may have happened before. */
  missed(): void
  close(): Promise<void>
}

export interface ConsumerLog extends WriterLog {
  info(details: object, message: string): void
}

export interface ConsumerParts {
  readonly name: string
  readonly fleet: Fleet
  readonly database: Database
  readonly log: ConsumerLog
  /** Characters of events that wait. */
  readonly capacity: number
  readonly mailboxes: MailboxEvents
  /** Whether this server still leads the switch, beyond doubt. */
  leads(): boolean
}

export class Consumer {
  readonly #parts: ConsumerParts
  readonly #queue: EventQueue
  readonly #writer: EventWriter
  readonly #registrations = new Registrations()
  #stream: EventStream | undefined

  constructor(parts: ConsumerParts) {
    this.#parts = parts
    this.#queue = new EventQueue(parts.capacity)
    this.#writer = new EventWriter(parts.name, parts.database, this.#queue, parts.log)
  }

  start(): void {
    const { name, fleet, log, mailboxes } = this.#parts
    this.#stream = fleet.events(name, SUBSCRIPTION, {
      onEvent: (event) => this.#hear(event),
      onUp() {
        log.info({ switch: name }, 'hearing the events of a switch')
        mailboxes.missed()
      },
      onDown: () => log.warn({ switch: name }, 'the events of a switch are not heard any more; trying again'),
    })
  }

  /** What happened to the events that were heard. */
  get counts(): { readonly stored: number; readonly shed: number; readonly refused: number; readonly waiting: number } {
    const { stored, refused } = this.#writer
    return { stored, refused, shed: this.#queue.shed + (this.#stream?.shed ?? 0), waiting: this.#queue.length }
  }

  /** Hears no more; what was heard is stored if it can be. */
  async close(): Promise<void> {
    await this.#stream?.close()
    await Promise.all([this.#writer.close(), this.#parts.mailboxes.close()])
  }

  #hear(event: SwitchEvent): void {
    // Another server hears it.
    if (!this.#parts.leads()) return
    const told = read(event)
    if (told['Event-Subclass'] === 'vm::maintenance') this.#parts.mailboxes.heard(told)
    const isNews = isOfRegistrations(told) ? this.#registrations.isNews(told) : isOfCalls(told)
    if (!isNews) return
    this.#queue.push(told)
    this.#writer.wake()
  }
}
