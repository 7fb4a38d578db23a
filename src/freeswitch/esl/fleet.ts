/** The switches that are configured, each on connections of its own. */
import type { SwitchAddress } from '../../config/freeswitches.ts'
import type { Fleet, LinkState } from '../fleet.ts'
import { BOUNDS, type Bounds } from './bounds.ts'
import { type Counters, newCounters } from './counters.ts'
import type { Log } from './keeper.ts'
import { Link } from './link.ts'
import { Stream } from './stream.ts'

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
