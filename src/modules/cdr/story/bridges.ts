/** Who talked with whom, and who was held meanwhile. */
import { type Leg, partyOf, type StoryEvent } from './legs.ts'
import type { Told } from './shape.ts'
import { spoken } from './words.ts'

type Legs = ReadonlyMap<string, Leg>

/** Two legs that hear each other from `start` to `end`; null: still. */
export interface Bridge {
  readonly a: string
  readonly b: string
  readonly start: number
  readonly end: number | null
}

/** Bridges in order; of a leg that is bridged anew the former bridge is over. */
export function bridgesOf(events: readonly StoryEvent[], legs: Legs): Bridge[] {
  const bridges: Bridge[] = []
  let open: Bridge[] = []
  const close = (ends: (bridge: Bridge) => boolean, end: number) => {
    bridges.push(...open.filter(ends).map((bridge) => ({ ...bridge, end })))
    open = open.filter((bridge) => !ends(bridge))
  }
  for (const { event_name, event_epoch, unique_id: a, other_leg_unique_id: b, bridged_time } of events) {
    if (a === null) continue
    if (event_name === 'CHANNEL_BRIDGE' && b !== null) {
      if (open.some((bridge) => isOf(bridge, a) && isOf(bridge, b))) continue
      close((bridge) => isOf(bridge, a) || isOf(bridge, b), event_epoch)
      open.push({ a, b, start: bridged_time > 0 ? Math.min(bridged_time, event_epoch) : event_epoch, end: null })
    } else if (event_name === 'CHANNEL_UNBRIDGE' || event_name.startsWith('CHANNEL_HANGUP')) {
      close((bridge) => isOf(bridge, a), event_epoch)
    }
  }
  // Events are told a moment after what they tell of.
  const ended = [...bridges, ...open].map((bridge) => ({
    ...bridge,
    end: earliest([bridge.end, ...endsOf(bridge, legs)]),
  }))
  return ended.sort((one, other) => one.start - other.start)
}

/** Talks in the stretches that being on hold leaves of them. */
export function talkSteps(bridges: readonly Bridge[], events: readonly StoryEvent[], legs: Legs): Told[] {
  return bridges.flatMap((bridge) => {
    const { a, b, start, end } = bridge
    const holds = holdsIn(bridge, events)
    const [one, other] = [partyOf(legs.get(a)), partyOf(legs.get(b))]
    const talk = (from: number, to: number | null, again: boolean): Told => {
      const pair = `${one} and ${other}`
      const length = to === null ? '' : ` for ${spoken((to - from) / 1e6)}`
      const verb = to === null ? 'are talking' : 'talked'
      const text = again ? `${pair} went on talking${length}` : `${pair} ${verb}${length}`
      return { type: again ? 'resumed' : 'talked', leg: a, otherLeg: b, start: from, end: to, text }
    }
    const told: Told[] = []
    let from: number | null = start
    for (const hold of holds) {
      if (hold.start > from!) told.push(talk(from!, hold.start, from !== start))
      const holder = partyOf(legs.get(hold.by))
      const held = hold.by === a ? other : one
      const length = hold.end === null ? '' : ` for ${spoken((hold.end - hold.start) / 1e6)}`
      const text = hold.end === null ? `${holder} has put ${held} on hold` : `${holder} put ${held} on hold${length}`
      told.push({ type: 'held', leg: hold.by, otherLeg: hold.by === a ? b : a, start: hold.start, end: hold.end, text })
      from = hold.end
      if (from === null) break
    }
    if (from !== null && (end === null || end > from || told.length === 0)) told.push(talk(from, end, from !== start))
    return told
  })
}

interface Hold {
  readonly by: string
  readonly start: number
  readonly end: number | null
}

/** When a bridge's legs were on hold; while one side holds, the other side's hold changes nothing. */
function holdsIn(bridge: Bridge, events: readonly StoryEvent[]): Hold[] {
  const holds: Hold[] = []
  let open: { by: string; start: number } | undefined
  for (const { event_name, event_epoch, unique_id } of events) {
    if (unique_id === null || !isOf(bridge, unique_id) || event_epoch < bridge.start) continue
    if (bridge.end !== null && event_epoch > bridge.end) break
    if (event_name === 'CHANNEL_HOLD') open ??= { by: unique_id, start: event_epoch }
    if (event_name === 'CHANNEL_UNHOLD' && open?.by === unique_id) {
      holds.push({ ...open, end: event_epoch })
      open = undefined
    }
  }
  return open ? [...holds, { ...open, end: bridge.end }] : holds
}

const isOf = ({ a, b }: Bridge, leg: string): boolean => a === leg || b === leg
const endsOf = ({ a, b }: Bridge, legs: Legs) => [legs.get(a)?.ended ?? null, legs.get(b)?.ended ?? null]

function earliest(times: readonly (number | null)[]): number | null {
  const told = times.filter((time) => time !== null)
  return told.length === 0 ? null : Math.min(...told)
}
