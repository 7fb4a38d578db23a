/** The telephone switches of this server: each has a link for commands, and streams of events for those who listen. */
import type { SwitchAddress } from '../config/freeswitches.ts'
import type { Command } from './commands.ts'
import { BOUNDS, type Bounds } from './esl/bounds.ts'
import { type Counters, newCounters } from './esl/counters.ts'
import type { Log } from './esl/keeper.ts'
import { Link } from './esl/link.ts'
import { Stream } from './esl/stream.ts'

/** connecting: also after it was lost. refused: wrong password, or the switch takes no connections from here. */
export type LinkState = 'connected' | 'connecting' | 'refused'

export interface SwitchLink {
  readonly name: string
  /** Where it is: host and port. */
  readonly address: string
  readonly state: LinkState
  /**
   * The reply's body, trimmed. Throws SwitchRefusal when the switch says no, SwitchUnreachable when it is not
   * connected, SwitchTimeout when it does not reply in time. `taken` is called when the switch has begun with a command
   * in the background, whose reply comes with its end.
   */
  send(command: Command, taken?: () => void): Promise<string>
}

/** What to hear of: `CHANNEL_ANSWER`, and of CUSTOM events those of these subclasses, such as `sofia::register`. */
export interface Subscription {
  readonly events: readonly string[]
  readonly subclasses: readonly string[]
}

export interface EventHandlers {
  /** The headers, decoded. Events wait for a promise that it returns, and those that cannot wait are shed. */
  onEvent(headers: Readonly<Record<string, string>>, body?: string): void | Promise<void>
  /** The switch is subscribed to, at first or again: what happened before was not heard. */
  onUp(): void
  onDown(): void
}

export interface EventStream {
  close(): Promise<void>
  /** Events that were dropped, since those before them were not worked off. */
  readonly shed: number
}

export interface Fleet {
  /** In the order of the configuration. */
  readonly links: readonly SwitchLink[]
  link(name: string): SwitchLink | undefined
  /** Opens a connection of its own to that switch, for events only; it reconnects and subscribes again by itself. */
  events(name: string, subscription: Subscription, handlers: EventHandlers): EventStream
}

/** The fleet, what is counted of it, and its end. */
export interface RunningFleet extends Fleet {
  readonly counts: readonly SwitchCounts[]
  close(): Promise<void>
}

export interface SwitchCounts extends Counters {
  readonly name: string
  readonly state: LinkState
  readonly reconnects: number
  /** Commands that wait for their turn, and those that the switch works on in the background. */
  readonly waiting: number
  readonly jobs: number
}

/** Begins to connect to these switches, and waits for none. */
export function startFleet(addresses: readonly SwitchAddress[], log: Log, changes: Partial<Bounds> = {}): RunningFleet {
  const bounds = { ...BOUNDS, ...changes }
  const switches = addresses.map((address) => {
    const counters = newCounters()
    return { address, counters, link: new Link(address, bounds, counters, log) }
  })
  const byName = new Map(switches.map((one) => [one.address.name, one]))
  const streams = new Set<Stream>()
  return {
    links: switches.map(({ link }) => link),
    link: (name) => byName.get(name)?.link,
    events(name, subscription, handlers) {
      const found = byName.get(name)
      if (!found) throw new Error(`There is no switch "${name}".`)
      const stream = new Stream(found.address, subscription, handlers, { bounds, counters: found.counters, log })
      streams.add(stream)
      return {
        close: () => stream.close().finally(() => streams.delete(stream)),
        get shed() {
          return stream.shed
        },
      }
    },
    get counts() {
      return switches.map(({ link, counters }) => ({
        ...counters,
        ...link.pending,
        name: link.name,
        state: link.state,
        reconnects: link.reconnects,
      }))
    },
    async close() {
      for (const { link } of switches) link.close()
      await Promise.all([...streams].map((stream) => stream.close()))
    },
  }
}
