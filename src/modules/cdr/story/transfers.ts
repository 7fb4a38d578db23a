/** Where a call was sent on to, and by whom. */
import { type Leg, partyOf, type StoryEvent } from './legs.ts'
import type { Told } from './shape.ts'

/** Microseconds within which a transfer and what causes or repeats it are told. */
const TOGETHER = 3_000_000
const TRANSFERRED = /^(BLIND|ATTENDED)_TRANSFER$/

interface Transfer {
  readonly leg: string
  readonly target: string
  readonly start: number
}

/** Transfers as steps. A leg that the switch called is sent into the dialplan when it answers: that is a call of its own. */
export function transferSteps(events: readonly StoryEvent[], legs: ReadonlyMap<string, Leg>, origin: Leg): Told[] {
  let first = origin.direction === 'outbound'
  return transfersOf(events).map(({ leg, target, start }): Told => {
    const base = { leg, start }
    if (first && leg === origin.uuid) {
      first = false
      // Not before it answered.
      return {
        ...base,
        start: Math.max(start, (origin.answered ?? 0) + 1),
        type: 'called',
        text: `${partyOf(origin)} called ${target}`,
      }
    }
    const by = [...legs.values()].find(({ uuid, cause, ended }) => {
      return uuid !== leg && TRANSFERRED.test(cause ?? '') && Math.abs((ended ?? 0) - start) <= TOGETHER
    })
    const text = by ? `${partyOf(by)} transferred the call to ${target}` : `the call was transferred to ${target}`
    return { ...base, type: 'transferred', text }
  })
}

/** From the source that a leg carries after a transfer, and from the dialplan's application of that name. */
function transfersOf(events: readonly StoryEvent[]): Transfer[] {
  const transfers: Transfer[] = []
  const sources = new Map<string, string | null>()
  const before = new Map<string, number>()
  for (const event of events) {
    const { unique_id: leg, event_name, event_epoch, application, application_data, transfer_source } = event
    if (leg === null) continue
    const add = (target: string | undefined, start: number) => {
      if (
        target &&
        !transfers.some((one) => one.leg === leg && one.target === target && start - one.start <= TOGETHER)
      ) {
        transfers.push({ leg, target, start })
      }
    }
    if (event_name === 'CHANNEL_EXECUTE' && application === 'transfer') {
      add(application_data?.replace(/^-\w+\s+/, '').split(' ', 1)[0], event_epoch)
    }
    if (transfer_source && transfer_source !== sources.get(leg)) {
      const { target, seconds } = parsed(transfer_source)
      // It tells the second; what the leg did before that is before it.
      add(target, Math.min(event_epoch, Math.max(seconds * 1e6, before.get(leg) ?? 0)))
    }
    sources.set(leg, transfer_source ?? sources.get(leg) ?? null)
    before.set(leg, event_epoch)
  }
  return transfers
}

/** `1795469705:UUID:bl_xfer:1002/example.com/XML`: when, which profile, how and where to. */
function parsed(source: string): { target: string | undefined; seconds: number } {
  const [seconds = '', , , ...rest] = source.split(':')
  const target = rest.join(':').split(/[/@]/, 1)[0]
  return { target: target || undefined, seconds: Number.parseInt(seconds, 10) || 0 }
}
