import { RateLimiterMemory } from 'rate-limiter-flexible'
import { tooManyRequests, unavailable } from '../rest/errors.ts'

export interface AttemptsOptions {
  readonly failuresPerMinute: number
  /** Attempts of all keys worked on together: each costs a core, and hashing shares its threads with other work. */
  readonly atOnce: number
  /** Attempts that may wait for that; more are turned away. */
  readonly waiting: number
}

/** Lets a key fail so many times a minute, and then not try until the minute is over. Successes are never counted. */
export class Attempts {
  readonly #failures: RateLimiterMemory
  readonly #limit: number
  readonly #gate: Gate
  /** The last attempt of each key with attempts under way. */
  readonly #last = new Map<string, Promise<unknown>>()

  constructor({ failuresPerMinute, atOnce, waiting }: AttemptsOptions) {
    this.#failures = new RateLimiterMemory({ points: failuresPerMinute, duration: 60 })
    this.#limit = failuresPerMinute
    this.#gate = new Gate(atOnce, waiting)
  }

  /**
   * Does `work`, which answers null when it failed. Attempts with one key follow one another, so that neither many
   * wrong ones at once get past the limit nor many right ones meet it.
   */
  async run<Result>(key: string, work: () => Promise<Result | null>): Promise<Result | null> {
    const turn = (this.#last.get(key) ?? Promise.resolve()).then(() => this.#attempt(key, work))
    const done = turn.then(
      () => {},
      () => {},
    )
    this.#last.set(key, done)
    try {
      return await turn
    } finally {
      if (this.#last.get(key) === done) this.#last.delete(key)
    }
  }

  async #attempt<Result>(key: string, work: () => Promise<Result | null>): Promise<Result | null> {
    const failures = await this.#failures.get(key)
    if (failures && failures.consumedPoints >= this.#limit) {
      throw tooManyRequests(Math.max(1, Math.ceil(failures.msBeforeNext / 1000)))
    }
    const result = await this.#gate.pass(work)
    if (result === null) await this.#failures.penalty(key)
    else if (failures) await this.#failures.delete(key)
    return result
  }
}

/** Lets few through at once, keeps some waiting and turns the rest away. */
class Gate {
  readonly #waiters: (() => void)[] = []
  readonly #mayWait: number
  #free: number

  constructor(atOnce: number, mayWait: number) {
    this.#free = atOnce
    this.#mayWait = mayWait
  }

  async pass<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1
    else if (this.#waiters.length >= this.#mayWait) throw unavailable('Too many people are signing in at once.', 1)
    else await new Promise<void>((resolve) => this.#waiters.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiters.shift()
      if (next) next()
      else this.#free += 1
    }
  }
}
