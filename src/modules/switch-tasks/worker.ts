/**
 * Tells switches what has changed: as soon as PostgreSQL notifies of it, whenever a switch is there again, and now and
 * then, should a notification have been lost.
 */
import type { FastifyBaseLogger } from 'fastify'
import { SwitchUnreachable } from '../../freeswitch/errors.ts'
import type { Fleet, SwitchLink } from '../../freeswitch/fleet.ts'
import type { Database } from '../../rest/database.ts'
import { isTaskKind, TOLD } from './kinds.ts'
import {
  type Claimed,
  claim,
  giveBack,
  rememberSwitches,
  settleDone,
  settleFailed,
  switchesWithTasks,
  tellOfAll,
} from './queue.ts'

/** So many users at once are told of as all users. */
const MANY_USERS = 50

type Log = Pick<FastifyBaseLogger, 'warn' | 'info'>

export class TaskWorker {
  readonly #database: Database
  readonly #fleet: Fleet
  readonly #log: Log
  readonly #working = new Map<string, Promise<void>>()
  /** Switches whose tasks were written while theirs were worked off. */
  readonly #again = new Set<string>()
  readonly #present = new Set<string>()
  #remembered = false
  #closed = false

  constructor(database: Database, fleet: Fleet, log: Log) {
    this.#database = database
    this.#fleet = fleet
    this.#log = log
  }

  /** Looks for what is due, for all switches that are there. What fails now, the next run meets. */
  async run(): Promise<void> {
    if (this.#closed) return
    const names = this.#fleet.links.map(({ name }) => name)
    if (!this.#remembered) {
      await rememberSwitches(this.#database, names)
      this.#remembered = true
    }
    await this.#noticeArrivals()
    const present = [...this.#present]
    if (present.length === 0) return
    for (const name of await switchesWithTasks(this.#database, present)) this.#begin(name)
  }

  /** The same, waiting for nothing: there is something new. */
  readonly written = (): void => {
    this.run().catch((error: unknown) => this.#log.warn({ err: error }, 'what switches are to be told was not read'))
  }

  /** Begins no other task and waits for those under way. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#working.values())
  }

  async #noticeArrivals(): Promise<void> {
    for (const { name, state } of this.#fleet.links) {
      if (state !== 'connected') this.#present.delete(name)
      else if (!this.#present.has(name)) {
        await tellOfAll(this.#database, name)
        this.#present.add(name)
      }
    }
  }

  #begin(name: string): void {
    if (this.#closed) return
    if (this.#working.has(name)) {
      this.#again.add(name)
      return
    }
    const link = this.#fleet.link(name)
    if (!link) return
    const work = this.#work(link)
      .catch((error: unknown) => this.#log.warn({ err: error, switch: name }, 'a switch could not be told of changes'))
      .finally(() => {
        this.#working.delete(name)
        if (this.#again.delete(name)) this.#begin(name)
      })
    this.#working.set(name, work)
  }

  async #work(link: SwitchLink): Promise<void> {
    while (!this.#closed) {
      const claimed = await claim(this.#database, link.name)
      if (claimed.length === 0) return
      const tasks = usersTogether(claimed)
      for (const [index, task] of tasks.entries()) {
        if (this.#closed || link.state !== 'connected' || !(await this.#tell(link, task))) {
          await giveBack(this.#database, tasks.slice(index))
          return
        }
      }
    }
  }

  /** False where the switch is gone. */
  async #tell(link: SwitchLink, task: Claimed): Promise<boolean> {
    try {
      if (isTaskKind(task.kind)) await TOLD[task.kind](link, task.subject, this.#database)
      await settleDone(this.#database, [task])
      return true
    } catch (error) {
      if (error instanceof SwitchUnreachable) return false
      const { message } = error as Error
      const { kind, subject } = task
      const again = await settleFailed(this.#database, task, message)
      if (!again)
        this.#log.warn({ switch: link.name, kind, subject, reason: message }, 'a switch was not told of a change')
      return true
    }
  }
}

/** Telling a switch to forget everybody takes no longer than one, and it asks for those it needs in milliseconds. */
function usersTogether(tasks: readonly Claimed[]): Claimed[] {
  const users = tasks.filter(({ kind }) => kind === 'user')
  if (users.length < MANY_USERS) return [...tasks]
  const all = { ids: users.flatMap(({ ids }) => ids), kind: 'users', subject: [], attempts: 1 }
  return [all, ...tasks.filter(({ kind }) => kind !== 'user')]
}
