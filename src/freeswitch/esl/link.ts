/** Commands for one switch: by the connection that is kept to it, and never twice. */
import { randomUUID } from 'node:crypto'
import type { SwitchAddress } from '../../config/freeswitches.ts'
import type { Command } from '../commands.ts'
import { SwitchBusy, SwitchRefusal, SwitchTimeout, SwitchUnreachable } from '../errors.ts'
import type { LinkState, SwitchLink } from '../fleet.ts'
import type { Bounds } from './bounds.ts'
import type { Counters, Outcome } from './counters.ts'
import type { SocketEvent } from './events.ts'
import { Keeper, type Log } from './keeper.ts'

/** A command that the switch works on in the background; forgotten when its time is over. */
interface Job {
  resolve(body: string): void
  reject(error: Error): void
  readonly timer: NodeJS.Timeout
}

/** However long a command takes, that it is begun with is said at once. */
const TAKING_MS = 5_000

export class Link implements SwitchLink {
  readonly name: string
  readonly address: string
  readonly #bounds: Bounds
  readonly #counters: Counters
  readonly #keeper: Keeper
  readonly #jobs = new Map<string, Job>()

  constructor(address: SwitchAddress, bounds: Bounds, counters: Counters, log: Log) {
    this.name = address.name
    this.address = `${address.host}:${address.port}`
    this.#bounds = bounds
    this.#counters = counters
    this.#keeper = new Keeper(
      { address, purpose: 'commands', subscription: 'event plain BACKGROUND_JOB', bounds, log },
      { onUp: () => {}, onEvent: (event) => this.#jobDone(event), onDown: () => this.#forgetJobs() },
    )
  }

  get state(): LinkState {
    return this.#keeper.state
  }

  get reconnects(): number {
    return this.#keeper.reconnects
  }

  /** Commands that wait for their turn, and those that the switch works on in the background. */
  get pending(): { readonly waiting: number; readonly jobs: number } {
    return { waiting: this.#keeper.connection?.waiting ?? 0, jobs: this.#jobs.size }
  }

  async send(command: Command, taken?: () => void): Promise<string> {
    try {
      const reply = (command.background ? await this.#inBackground(command, taken) : await this.#atOnce(command)).trim()
      const refusal = refusalIn(reply) ?? command.refusal?.(reply)
      if (refusal !== undefined) throw new SwitchRefusal(refusal)
      this.#counters.commands.ok += 1
      return reply
    } catch (error) {
      this.#counters.commands[outcomeOf(error)] += 1
      throw error
    }
  }

  close(): void {
    this.#keeper.close()
    this.#forgetJobs()
  }

  #atOnce({ text, timeoutMs }: Command): Promise<string> {
    const { connection } = this.#keeper
    if (!connection) throw new SwitchUnreachable(this.name)
    return connection.ask(`api ${text}`, timeoutMs)
  }

  /** The switch tells a job by its id, so any number of them end in any order. */
  async #inBackground({ text, timeoutMs }: Command, taken?: () => void): Promise<string> {
    const { connection } = this.#keeper
    if (!connection) throw new SwitchUnreachable(this.name)
    if (this.#jobs.size >= this.#bounds.jobs) throw new SwitchBusy(this.name)
    const id = randomUUID()
    const done = new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => this.#endJob(id)?.reject(new SwitchTimeout(this.name)), timeoutMs)
      timer.unref()
      this.#jobs.set(id, { resolve, reject, timer })
    })
    const begun = connection.ask(`bgapi ${text}`, Math.min(timeoutMs, TAKING_MS), { 'Job-UUID': id })
    begun.then(
      (reply) => {
        if (reply.startsWith('+OK')) taken?.()
        else this.#endJob(id)?.resolve(reply)
      },
      (error: Error) => this.#endJob(id)?.reject(error),
    )
    return done
  }

  #jobDone({ headers, body = '' }: SocketEvent): void {
    // Also the jobs of everybody else who is connected to the switch.
    if (headers['Event-Name'] === 'BACKGROUND_JOB') this.#endJob(headers['Job-UUID'] ?? '')?.resolve(body)
  }

  #endJob(id: string): Job | undefined {
    const job = this.#jobs.get(id)
    clearTimeout(job?.timer)
    this.#jobs.delete(id)
    return job
  }

  #forgetJobs(): void {
    for (const id of [...this.#jobs.keys()]) this.#endJob(id)?.reject(new SwitchUnreachable(this.name))
  }
}

/** `-ERR USER_BUSY` and `-USAGE: …`. */
function refusalIn(reply: string): string | undefined {
  const [, error, usage] = /^(?:-ERR[ \t]*(.*)|-USAGE:?[ \t]*(.*))/.exec(reply) ?? []
  if (error === undefined && usage === undefined) return undefined
  return (error ?? `usage: ${usage}`).trim().slice(0, 500) || 'no reason given'
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof SwitchRefusal) return 'refused'
  if (error instanceof SwitchTimeout) return 'timeout'
  if (error instanceof SwitchBusy) return 'busy'
  return error instanceof SwitchUnreachable ? 'unreachable' : 'failed'
}
