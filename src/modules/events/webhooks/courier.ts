/** Delivers what waits, as soon as it does and whenever it is to be tried again; every replica has such a courier. */
import type { Database } from '../../../rest/database.ts'
import { type Letter, type Outcome, post } from './post.ts'
import { type Claimed, claim, nextOf, release, settle } from './queue.ts'
import type { Targets } from './targets.ts'

/** Webhooks that a server delivers for at once, each one delivery after the other. */
const AT_ONCE = 8
/** Of these so many may be some whose receivers do not answer, since they take long. */
const FAILING_AT_ONCE = 3
/** Deliveries of one webhook until others have their turn. */
const MOST_IN_A_TURN = 50

export class Courier {
  readonly targets: Targets
  readonly #database: Database
  readonly #closing = new AbortController()
  readonly #workers = new Set<Promise<void>>()
  #again = false

  constructor(database: Database, targets: Targets) {
    this.#database = database
    this.targets = targets
  }

  /** For the channel on which new deliveries are notified. What fails now, the next run meets. */
  readonly hearer = {
    onNotification: () => this.begin(),
    onLive: () => this.begin(),
  }

  /** To be told that something may be due; waits for nothing. */
  begin(): void {
    this.#start()?.catch(() => {})
  }

  /** Delivers all that is due. */
  async run(): Promise<void> {
    this.begin()
    await Promise.all(this.#workers)
  }

  /** Posts one letter now, outside the queue. */
  post(letter: Letter): Promise<Outcome> {
    return post(letter, this.targets, this.#closing.signal)
  }

  /** Breaks off what is under way; it is tried again, by any server. */
  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.allSettled(this.#workers)
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  #start(): Promise<void> | undefined {
    if (this.#isClosed) return undefined
    if (this.#workers.size >= AT_ONCE) {
      this.#again = true
      return undefined
    }
    const worker = this.#work(this.#workers.size < FAILING_AT_ONCE).finally(() => this.#workers.delete(worker))
    this.#workers.add(worker)
    return worker
  }

  async #work(failing: boolean): Promise<void> {
    while (!this.#isClosed) {
      const webhook = await claim(this.#database, failing)
      if (webhook) {
        // Where one has something to deliver there may be others.
        if (this.#workers.size < AT_ONCE) this.begin()
        await this.#deliver(webhook)
      } else if (this.#again) this.#again = false
      else return
    }
  }

  async #deliver(webhook: Claimed): Promise<void> {
    for (let count = 0; count < MOST_IN_A_TURN && !this.#isClosed; count += 1) {
      const delivery = await nextOf(this.#database, webhook)
      if (!delivery) break
      const outcome = await this.post(delivery)
      if (this.#isClosed) break
      await settle(this.#database, webhook, delivery, outcome)
      // One that cannot be reached rests until its time.
      if (outcome.status === null) return
    }
    await release(this.#database, webhook)
  }
}
