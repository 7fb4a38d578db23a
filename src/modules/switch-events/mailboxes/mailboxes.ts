/**
 * The mailboxes of a switch, followed for as long as this server leads it: messages that are left come here at once, and
 * a mailbox in which something has changed, or may have while nobody heard, is compared.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { SwitchRefusal } from '../../../freeswitch/errors.ts'
import type { SwitchEvent } from '../../cdr/timeline/row.ts'
import type { MailboxEvents } from '../consumer.ts'
import { type Comparing, compareMailbox, type Mailbox } from './comparing.ts'
import { keepMessage } from './keeping.ts'
import { type Left, leftIn } from './left.ts'

/** Messages that wait; of those beyond their mailboxes are compared. */
const MOST_WAITING = 1_000
/** Mailboxes that wait to be compared. */
const MOST_MAILBOXES = 10_000
/** One call changes a mailbox several times. */
const SETTLING_MS = 500
const UNSETTLED_MS = 15_000
const FIRST_DELAY_MS = 1_000
const MOST_TRIES = 10
/** How often audio is asked for that could not be reached. */
const AUDIO_EVERY_MS = 300_000

interface Due extends Mailbox {
  readonly at: number
  readonly tries: number
}

export class Mailboxes implements MailboxEvents {
  readonly #comparing: Comparing
  readonly #stopping = new AbortController()
  readonly #waiting: { left: Left; tries: number }[] = []
  readonly #due = new Map<string, Due>()
  readonly #running: Promise<void>
  #wake = new AbortController()
  #isToCatchUp = false
  #audioAt = performance.now() + AUDIO_EVERY_MS

  constructor(comparing: Comparing) {
    this.#comparing = comparing
    this.#running = this.#run()
  }

  heard(event: SwitchEvent): void {
    const left = leftIn(event, this.#comparing.switchName)
    if (left && this.#waiting.length < MOST_WAITING) this.#waiting.push({ left, tries: 0 })
    const { 'VM-User': user, 'VM-Domain': domain } = event
    if (user && domain) this.#compare({ user, domain, at: performance.now() + SETTLING_MS, tries: 0 })
    this.#wake.abort()
  }

  missed(): void {
    this.#isToCatchUp = true
    this.#wake.abort()
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  #compare(due: Due): void {
    if (this.#due.size >= MOST_MAILBOXES) return
    const key = `${due.user}@${due.domain}`
    // In the order in which they are due, nearly.
    this.#due.delete(key)
    this.#due.set(key, due)
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      this.#wake = new AbortController()
      const pauseMs = await this.#doNext().catch((error: unknown) => {
        this.#comparing.log.warn(
          { err: error, switch: this.#comparing.switchName },
          'mailboxes of a switch have to wait',
        )
        return FIRST_DELAY_MS
      })
      if (pauseMs > 0 && !this.#wake.signal.aborted) {
        await sleep(pauseMs, undefined, { signal: AbortSignal.any([signal, this.#wake.signal]) }).catch(() => {})
      }
    }
  }

  /** Gives how long there is nothing to do. */
  async #doNext(): Promise<number> {
    const now = performance.now()
    const [message] = this.#waiting
    if (message) {
      this.#waiting.shift()
      await this.#keep(message)
      return 0
    }
    if (this.#isToCatchUp || now >= this.#audioAt) {
      const which = this.#isToCatchUp ? EVERY_MAILBOX : WITHOUT_AUDIO
      this.#audioAt = now + AUDIO_EVERY_MS
      if (this.#isToCatchUp || this.#comparing.folders.length > 0) await this.#lookAt(which)
      this.#isToCatchUp = false
      return 0
    }
    let next = this.#audioAt
    let due: Due | undefined
    for (const one of this.#due.values()) {
      if (one.at <= now) {
        due = one
        break
      }
      next = Math.min(next, one.at)
    }
    if (!due) return Math.max(1, next - now)
    if (this.#comparing.link.state !== 'connected') return FIRST_DELAY_MS
    this.#due.delete(`${due.user}@${due.domain}`)
    await this.#compareOne(due)
    return 0
  }

  async #keep({ left, tries }: { left: Left; tries: number }): Promise<void> {
    try {
      await keepMessage(this.#comparing, left)
    } catch (error) {
      // The database is away: the message waits, and is among those of its mailbox in the end.
      if (tries < MOST_TRIES) this.#waiting.unshift({ left, tries: tries + 1 })
      throw error
    }
  }

  async #compareOne({ user, domain, tries }: Due): Promise<void> {
    const again = (afterMs: number) => {
      if (tries < MOST_TRIES) this.#compare({ user, domain, at: performance.now() + afterMs, tries: tries + 1 })
    }
    try {
      if (!(await compareMailbox(this.#comparing, { user, domain }))) again(UNSETTLED_MS)
    } catch (error) {
      // A switch that has no mailboxes at all has none of the others either.
      if (error instanceof SwitchRefusal) this.#due.clear()
      else again(UNSETTLED_MS * (tries + 1))
      throw error
    }
  }

  async #lookAt(text: string): Promise<void> {
    const { database, switchName } = this.#comparing
    const rows = await database.run({ text, values: [switchName, MOST_MAILBOXES] })
    const at = performance.now()
    for (const [user, domain] of rows as [string, string][]) this.#compare({ user, domain, at, tries: 0 })
  }
}

// A switch has a mailbox of each number that it is asked for. Those with messages of the switch come first. A tenant's switch is the one that has its mailboxes; where that name
// is of no switch there is, any may have them.
const EVERY_MAILBOX = `
  SELECT b."number", d."name" FROM "voicemails" v
  JOIN "extensions" e ON e."id" = v."extension_id" JOIN "domains" d ON d."id" = e."domain_id"
  CROSS JOIN LATERAL unnest(ARRAY[e."extension", e."number_alias"]) AS b("number")
  LEFT JOIN (SELECT DISTINCT "voicemail_id" FROM "voicemail_messages" WHERE "switch_name" = $1) m ON m."voicemail_id" = v."id"
  WHERE v."enabled" AND e."enabled" AND d."enabled" AND b."number" <> '' AND (m."voicemail_id" IS NOT NULL OR d."home_switch" = $1
    OR NOT EXISTS (SELECT FROM "switches" s WHERE s."name" = d."home_switch"))
  ORDER BY m."voicemail_id" IS NULL, v."id" LIMIT $2`

const WITHOUT_AUDIO = `
  SELECT DISTINCT split_part("switch_mailbox", '@', 1), split_part("switch_mailbox", '@', 2)
  FROM "voicemail_messages" WHERE "switch_name" = $1 AND "on_switch" LIMIT $2`
