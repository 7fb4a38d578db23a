/**
 * Events until they are stored, in a bounded part of memory: each is one text, and when they come faster than the
 * database takes them, or while it is away, the oldest make room and are counted.
 */
import type { SwitchEvent } from '../cdr/timeline/row.ts'

export class EventQueue {
  readonly #capacity: number
  #texts: string[] = []
  /** Those before it are taken. */
  #head = 0
  #size = 0
  #shed = 0

  /** @param capacity How many characters all events together may have. */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get length(): number {
    return this.#texts.length - this.#head
  }

  /** How many made room for others. */
  get shed(): number {
    return this.#shed
  }

  push(event: SwitchEvent): void {
    const text = JSON.stringify(event)
    this.#texts.push(text)
    this.#size += text.length
    this.#makeRoom()
  }

  /** Takes the oldest ones. */
  take(most: number): SwitchEvent[] {
    const texts = this.#texts.slice(this.#head, this.#head + most)
    this.#head += texts.length
    for (const text of texts) this.#size -= text.length
    this.#tidy()
    return texts.map((text) => JSON.parse(text) as SwitchEvent)
  }

  /** Gives back what was taken and could not be stored; it is the oldest again. */
  putBack(events: readonly SwitchEvent[]): void {
    const texts = events.map((event) => JSON.stringify(event))
    this.#texts = [...texts, ...this.#texts.slice(this.#head)]
    this.#head = 0
    for (const text of texts) this.#size += text.length
    this.#makeRoom()
  }

  #makeRoom(): void {
    while (this.#size > this.#capacity && this.length > 0) {
      this.#size -= this.#texts[this.#head]!.length
      this.#head += 1
      this.#shed += 1
    }
    this.#tidy()
  }

  /** Texts that are taken are let go of when they are as many as those that are not. */
  #tidy(): void {
    if (this.#head < 64 || this.#head < this.#texts.length / 2) return
    this.#texts = this.#texts.slice(this.#head)
    this.#head = 0
  }
}
