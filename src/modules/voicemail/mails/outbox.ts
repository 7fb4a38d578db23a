/** Sends the mails that are due: right after the commit that wrote them, and whenever one is to be tried again. */
import type { MediaStore } from '../../../media/store.ts'
import type { Database } from '../../../rest/database.ts'
import { claim } from './queue.ts'
import { type Sender, sendClaimed } from './sending.ts'

/** Mails of one server at a time; each waits for a mail server most of its time. */
const AT_ONCE = 4

export class Outbox {
  private readonly database: Database
  private readonly sender: Sender
  private readonly workers = new Set<Promise<void>>()
  private writtenMeanwhile = false
  private closed = false

  constructor(database: Database, media: MediaStore, publicUrl: string | undefined, timeZone: string) {
    this.database = database
    this.sender = { database, media, publicUrl, timeZone }
  }

  /** To be told after a commit that may have written mails; waits for nothing. What fails now, the next run meets. */
  readonly written = (): void => {
    this.begin()?.catch(() => {})
  }

  /** Sends all mails that are due, those that its workers began meanwhile included. */
  async run(): Promise<void> {
    this.begin()
    while (this.workers.size > 0) await Promise.all(this.workers)
  }

  /** Begins no other mail and waits for those that are being sent. */
  async close(): Promise<void> {
    this.closed = true
    await Promise.allSettled(this.workers)
  }

  private begin(): Promise<void> | undefined {
    if (this.closed) return undefined
    if (this.workers.size >= AT_ONCE) {
      this.writtenMeanwhile = true
      return undefined
    }
    const worker = this.work().finally(() => this.workers.delete(worker))
    this.workers.add(worker)
    return worker
  }

  private async work(): Promise<void> {
    while (!this.closed) {
      const claimed = await claim(this.database)
      if (claimed) {
        // Where one is due there may be others.
        if (this.workers.size < AT_ONCE) this.written()
        await sendClaimed(this.sender, claimed)
      } else if (this.writtenMeanwhile) this.writtenMeanwhile = false
      else return
    }
  }
}
