/**
 * Commands of one connection, one after the other. The event socket's replies say not what they reply to, so the next
 * command leaves when the reply to the one before is there, also when nobody waits for that any more: a late reply can
 * then be taken for no other. One that never comes ends the connection.
 */
import { SwitchBusy, SwitchTimeout, SwitchUnreachable } from '../errors.ts'
import type { Bounds } from './bounds.ts'

interface Asked {
  readonly line: string
  readonly headers?: Readonly<Record<string, string>>
  /** From now, its turn included. */
  readonly timeoutMs: number
}

/** What to send, and whom to tell of the reply. */
export interface Question extends Asked {
  onReply(text: string): void
}

interface Entry extends Asked {
  resolve(text: string): void
  reject(error: Error): void
  timer?: NodeJS.Timeout
}

export interface LaneHandlers {
  ask(question: Question): void
  /** A reply is overdue, and none will be waited for. */
  onSilence(): void
}

export class Lane {
  readonly #name: string
  readonly #bounds: Pick<Bounds, 'waiting' | 'graceMs'>
  readonly #handlers: LaneHandlers
  readonly #queue: Entry[] = []
  #underWay: Entry | undefined
  #overdue: NodeJS.Timeout | undefined
  #closed = false

  constructor(name: string, bounds: Pick<Bounds, 'waiting' | 'graceMs'>, handlers: LaneHandlers) {
    this.#name = name
    this.#bounds = bounds
    this.#handlers = handlers
  }

  get waiting(): number {
    return this.#queue.length
  }

  get isBusy(): boolean {
    return this.#underWay !== undefined
  }

  ask(asked: Asked): Promise<string> {
    if (this.#closed) return Promise.reject(new SwitchUnreachable(this.#name))
    if (this.#queue.length >= this.#bounds.waiting) return Promise.reject(new SwitchBusy(this.#name))
    return new Promise((resolve, reject) => {
      const entry: Entry = { ...asked, resolve, reject }
      entry.timer = setTimeout(() => this.#giveUp(entry), asked.timeoutMs)
      entry.timer.unref()
      this.#queue.push(entry)
      this.#next()
    })
  }

  /** What was not replied to fails: whether the switch did it is not known. */
  close(): void {
    this.#closed = true
    clearTimeout(this.#overdue)
    for (const entry of [...(this.#underWay ? [this.#underWay] : []), ...this.#queue.splice(0)]) {
      clearTimeout(entry.timer)
      entry.reject(new SwitchUnreachable(this.#name))
    }
    this.#underWay = undefined
  }

  #next(): void {
    if (this.#closed || this.#underWay) return
    const entry = this.#queue.shift()
    if (!entry) return
    this.#underWay = entry
    this.#handlers.ask({ ...entry, onReply: (text) => this.#finish(entry, text) })
  }

  #finish(entry: Entry, text: string): void {
    if (this.#underWay !== entry) return
    this.#underWay = undefined
    clearTimeout(entry.timer)
    clearTimeout(this.#overdue)
    entry.resolve(text)
    this.#next()
  }

  #giveUp(entry: Entry): void {
    const place = this.#queue.indexOf(entry)
    if (place >= 0) this.#queue.splice(place, 1)
    entry.reject(new SwitchTimeout(this.#name))
    if (entry !== this.#underWay) return
    this.#overdue = setTimeout(() => this.#handlers.onSilence(), this.#bounds.graceMs)
    this.#overdue.unref()
  }
}
