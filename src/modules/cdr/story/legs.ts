/** The legs of a call, from what its events tell of each. Times are microseconds, as the switch writes them. */
import type { Row } from '../../../rest/model/model.ts'

export const EVENT_COLUMNS = [
  'call_uuid',
  'unique_id',
  'other_leg_unique_id',
  'event_name',
  'event_epoch',
  'event_sequence',
  'direction',
  'other_leg_direction',
  'caller_id_name',
  'caller_id_number',
  'caller_destination',
  'other_leg_caller_id_name',
  'other_leg_caller_id_number',
  'other_leg_caller_destination',
  'channel_name',
  'created_time',
  'progress_time',
  'progress_media_time',
  'answered_time',
  'bridged_time',
  'hangup_time',
  'application',
  'application_uuid',
  'application_data',
  'application_name',
  'application_action',
  'application_file_path',
  'application_seconds',
  'transfer_source',
  'cc_action',
  'cc_queue',
  'cc_agent',
  'cc_cause',
  'cc_cancel_reason',
  'cf_action',
  'cf_name',
  'dtmf_digit',
  'hangup_cause',
  'hangup_disposition',
] as const

export type StoryEvent = Pick<Row<'CallTimeline'>, (typeof EVENT_COLUMNS)[number]>

export interface Leg {
  readonly uuid: string
  /** As the switch sees it: inbound is one that called it, outbound one that it called. */
  readonly direction: string | null
  readonly name: string | null
  readonly number: string | null
  /** What a leg that called the switch wanted. */
  readonly dialed: string | null
  readonly channel: string | null
  readonly created: number
  /** When it began to ring. */
  readonly rang: number | null
  readonly answered: number | null
  readonly ended: number | null
  readonly cause: string | null
  readonly disposition: string | null
}

/** The legs by their uuid, in the order in which they began. */
export function legsOf(events: readonly StoryEvent[]): ReadonlyMap<string, Leg> {
  const byLeg = new Map<string, StoryEvent[]>()
  for (const event of events) {
    if (event.unique_id === null) continue
    const own = byLeg.get(event.unique_id)
    if (own) own.push(event)
    else byLeg.set(event.unique_id, [event])
  }
  const legs = [...byLeg].map(([uuid, own]) => legOf(uuid, own))
  for (const event of events) {
    const uuid = event.other_leg_unique_id
    if (event.event_name !== 'CHANNEL_BRIDGE' || uuid === null || legs.some((leg) => leg.uuid === uuid)) continue
    legs.push(seenFromOther(uuid, event))
  }
  legs.sort((a, b) => a.created - b.created)
  return new Map(legs.map((leg) => [leg.uuid, leg]))
}

/** Who is at the end of a leg, as a sentence names it. */
export const partyOf = (leg: Leg | undefined): string =>
  leg?.number || leg?.name || (leg?.direction === 'outbound' ? 'the called party' : 'the caller')

function legOf(uuid: string, events: readonly StoryEvent[]): Leg {
  const first = <K extends keyof StoryEvent>(column: K) => events.find((event) => event[column])?.[column] ?? null
  const earliest = (columns: readonly (keyof StoryEvent)[]) =>
    least(events.flatMap((event) => columns.map((column) => Number(event[column]))))
  const when = (name: RegExp) => events.find((event) => name.test(event.event_name))?.event_epoch ?? null
  const outbound = first('direction') === 'outbound'
  const end = [...events].reverse().find((event) => event.hangup_cause !== null)
  return {
    uuid,
    direction: first('direction'),
    // What a leg that was called shows is its caller's name, not its own.
    name: outbound ? null : first('caller_id_name'),
    number: outbound ? (first('caller_destination') ?? userOf(first('channel_name'))) : first('caller_id_number'),
    dialed: outbound ? null : first('caller_destination'),
    channel: first('channel_name'),
    created: earliest(['created_time']) ?? events[0]!.event_epoch,
    rang: earliest(['progress_time', 'progress_media_time']) ?? when(/^CHANNEL_PROGRESS/),
    answered: earliest(['answered_time']) ?? when(/^CHANNEL_ANSWER$/),
    ended: earliest(['hangup_time']) ?? when(/^CHANNEL_(HANGUP|DESTROY)/),
    cause: end?.hangup_cause ?? null,
    disposition: events.find((event) => event.hangup_disposition)?.hangup_disposition ?? null,
  }
}

/** A leg of which nothing is known but what the other one of its bridge tells. */
const seenFromOther = (uuid: string, event: StoryEvent): Leg => ({
  uuid,
  direction: event.other_leg_direction,
  name: event.other_leg_direction === 'outbound' ? null : event.other_leg_caller_id_name,
  number:
    event.other_leg_direction === 'outbound' ? event.other_leg_caller_destination : event.other_leg_caller_id_number,
  dialed: null,
  channel: null,
  created: event.event_epoch,
  rang: null,
  answered: event.event_epoch,
  ended: null,
  cause: null,
  disposition: null,
})

/** The switch writes 0 for what has not happened. */
function least(times: readonly number[]): number | null {
  const told = times.filter((time) => time > 0)
  return told.length === 0 ? null : Math.min(...told)
}

const userOf = (channel: string | null): string | null => /([^/:@]+)@/.exec(channel ?? '')?.[1] ?? null
