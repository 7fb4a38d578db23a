/** One switch, heard while this server leads it. */
import type { SwitchStorage } from '../../config/switch-storage.ts'
import type { Services } from '../../rest/services.ts'
import { Consumer, type ConsumerLog } from './consumer.ts'
import { Mailboxes } from './mailboxes/mailboxes.ts'

/** Characters of events that wait for the database: those of some thousand calls. */
const CAPACITY = 16 * 2 ** 20

export interface Counts {
  readonly stored: number
  readonly shed: number
  readonly refused: number
  readonly waiting: number
}

const NONE: Counts = { stored: 0, shed: 0, refused: 0, waiting: 0 }

export class Listening {
  readonly name: string
  readonly #services: Services
  readonly #folders: readonly SwitchStorage[]
  readonly #log: ConsumerLog
  readonly #leads: () => boolean
  #consumer: Consumer | undefined
  /** Of consumers that are no more. */
  #before = NONE
  /** Consumers that still store what they heard. */
  readonly #closing = new Set<Promise<void>>()
  #told = 0

  constructor(name: string, services: Services, folders: readonly SwitchStorage[], log: ConsumerLog) {
    this.name = name
    this.#services = services
    this.#folders = folders
    this.#log = log
    this.#leads = services.leadership.strive(`events of ${name}`, {
      onWon: () => this.#begin(),
      onLost: () => void this.#end(),
    })
  }

  get isLeader(): boolean {
    return this.#leads()
  }

  get counts(): Counts {
    return sum(this.#before, this.#consumer?.counts ?? NONE)
  }

  /** One line for all that were shed since the last one. */
  tellOfShed(): void {
    const { shed } = this.counts
    if (shed > this.#told)
      this.#log.warn({ switch: this.name, shed: shed - this.#told }, 'events of a switch were shed')
    this.#told = shed
  }

  async close(): Promise<void> {
    void this.#end()
    await Promise.all(this.#closing)
  }

  #begin(): void {
    const { fleet, database, voicemailIntake } = this.#services
    const { name } = this
    const log = this.#log
    log.info({ switch: name }, 'this server hears the switch, no other does')
    const link = fleet.link(name)!
    const mailboxes = new Mailboxes({
      switchName: name,
      link,
      database,
      intake: voicemailIntake,
      folders: this.#folders,
      log,
    })
    this.#consumer = new Consumer({ name, fleet, database, log, capacity: CAPACITY, mailboxes, leads: this.#leads })
    this.#consumer.start()
  }

  async #end(): Promise<void> {
    const consumer = this.#consumer
    if (!consumer) return
    this.#consumer = undefined
    const closed = consumer.close().finally(() => {
      this.#before = { ...sum(this.#before, consumer.counts), waiting: 0 }
      this.#closing.delete(closed)
    })
    this.#closing.add(closed)
    await closed
  }
}

const sum = (one: Counts, other: Counts): Counts => ({
  stored: one.stored + other.stored,
  shed: one.shed + other.shed,
  refused: one.refused + other.refused,
  waiting: one.waiting + other.waiting,
})
