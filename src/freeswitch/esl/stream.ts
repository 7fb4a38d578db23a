/** Events of one switch, by a connection of their own: commands never wait behind a flood of them. */
import type { SwitchAddress } from '../../config/freeswitches.ts'
import { ArgumentError } from '../errors.ts'
import type { EventHandlers, EventStream, Subscription } from '../fleet.ts'
import type { Bounds } from './bounds.ts'
import type { Counters } from './counters.ts'
import type { SocketEvent } from './events.ts'
import { Keeper, type Log } from './keeper.ts'

/** Events that are done and still in the buffer. */
const TIDIED = 500

export class Stream implements EventStream {
  readonly #handlers: EventHandlers
  readonly #bounds: Bounds
  readonly #counters: Counters
  readonly #log: Log
  readonly #name: string
  readonly #keeper: Keeper
  /** Those before `#worked` are done; the others wait. */
  #buffer: SocketEvent[] = []
  #worked = 0
  #bytes = 0
  #isWorking = false
  #work: Promise<void> = Promise.resolve()
  #closed = false
  shed = 0

  constructor(
    address: SwitchAddress,
    subscription: Subscription,
    handlers: EventHandlers,
    options: { readonly bounds: Bounds; readonly counters: Counters; readonly log: Log },
  ) {
    this.#handlers = handlers
    this.#bounds = options.bounds
    this.#counters = options.counters
    this.#log = options.log
    this.#name = address.name
    this.#keeper = new Keeper(
      {
        address,
        purpose: 'events',
        subscription: subscriptionLine(subscription),
        bounds: options.bounds,
        log: options.log,
      },
      {
        onUp: () => this.#guarded(() => handlers.onUp()),
        onEvent: (event) => this.#take(event),
        onDown: () => this.#guarded(() => handlers.onDown()),
      },
    )
  }

  /** What is being worked off is waited for; what waits is dropped. */
  async close(): Promise<void> {
    this.#closed = true
    this.#keeper.close()
    await this.#work
  }

  #take(event: SocketEvent): void {
    this.#counters.events += 1
    if (this.#closed) return
    const { events, eventBytes } = this.#bounds
    if (this.#buffer.length - this.#worked >= events || this.#bytes + event.bytes > eventBytes) {
      this.shed += 1
      this.#counters.shed += 1
      return
    }
    this.#buffer.push(event)
    this.#bytes += event.bytes
    if (!this.#isWorking) this.#work = this.#workOff()
  }

  async #workOff(): Promise<void> {
    this.#isWorking = true
    for (let event = this.#next(); event && !this.#closed; event = this.#next()) {
      try {
        const done = this.#handlers.onEvent(event.headers, event.body)
        if (done) await done
      } catch (error) {
        this.#log.warn({ err: error, switch: this.#name }, 'an event was not worked off')
      }
      this.#bytes -= event.bytes
    }
    this.#isWorking = false
  }

  #next(): SocketEvent | undefined {
    const event = this.#buffer[this.#worked]
    this.#worked += 1
    // Now and then, since moving what waits costs as much as there is.
    if (!event || this.#worked > TIDIED) {
      this.#buffer = this.#buffer.slice(this.#worked)
      this.#worked = 0
    }
    return event
  }

  #guarded(handle: () => void): void {
    try {
      handle()
    } catch (error) {
      this.#log.warn({ err: error, switch: this.#name }, 'an event was not worked off')
    }
  }
}

/** Named events only: `all` would make the switch drop us when there are many. Subclasses stand after CUSTOM. */
function subscriptionLine({ events, subclasses }: Subscription): string {
  const wrong = [
    ...events.filter((name) => !/^[A-Z_]{1,64}$/.test(name) || name === 'ALL' || name === 'CUSTOM'),
    ...subclasses.filter((name) => !/^[A-Za-z0-9_.:-]{1,128}$/.test(name)),
  ]
  if (wrong.length > 0 || events.length + subclasses.length === 0) {
    throw new ArgumentError('Events to subscribe to are named, and subclasses without spaces.')
  }
  return ['event plain', ...events, ...(subclasses.length > 0 ? ['CUSTOM', ...subclasses] : [])].join(' ')
}
