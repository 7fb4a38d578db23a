/** The story of a call of which only its record is there: when it rang, was answered and ended. */
import type { Row } from '../../../rest/model/model.ts'
import { type Leg, partyOf } from './legs.ts'
import { type Story, storyOf, type Told } from './shape.ts'
import { causeWords, spoken } from './words.ts'

export const RECORD_COLUMNS = [
  'call_uuid',
  'bridge_uuid',
  'direction',
  'leg',
  'caller_id_name',
  'caller_id_number',
  'destination_number',
  'start_stamp',
  'answer_stamp',
  'end_stamp',
  'duration',
  'status',
  'hangup_cause',
  'sip_hangup_disposition',
] as const

export type StoryRecord = Pick<Row<'XmlCdr'>, (typeof RECORD_COLUMNS)[number]>

/** The story of a call's records; undefined where there are none. The caller's own is the one that is told. */
export function tellRecord(records: readonly StoryRecord[]): Story | undefined {
  const record = records.find(({ leg }) => leg === 'a') ?? records[0]
  if (!record) return undefined
  const started = Date.parse(record.start_stamp) * 1000
  const answered = record.answer_stamp === null ? null : Math.max(started, Date.parse(record.answer_stamp) * 1000)
  const ended = endOf(record, started)
  const caller = legOf(record.call_uuid!, record.direction, record.caller_id_name, record.caller_id_number, started)
  const callee = record.bridge_uuid && legOf(record.bridge_uuid, 'outbound', null, record.destination_number, started)
  const to = record.destination_number ?? 'the called party'
  const reached = callee || caller
  const told: Told[] = [
    { type: 'called', leg: caller.uuid, start: started, text: `${callerOf(record, caller)} called ${to}` },
    ...rungSteps(reached, to, record, started, answered, ended),
    ...talkSteps(caller, callee || undefined, to, record, answered, ended),
  ]
  if (ended !== null) told.push({ ...endOfCall(record, caller, callee || undefined), start: ended })
  return storyOf({
    callUuid: record.call_uuid!,
    legs: callee ? [caller, callee] : [caller],
    started,
    answered,
    ended,
    told,
  })
}

function endOf({ end_stamp, duration }: StoryRecord, started: number): number | null {
  if (end_stamp !== null) return Math.max(started, Date.parse(end_stamp) * 1000)
  return duration === null ? null : started + Math.max(0, duration) * 1e6
}

const legOf = (
  uuid: string,
  direction: string | null,
  name: string | null,
  number: string | null,
  created: number,
): Leg => ({
  uuid,
  direction,
  name,
  number,
  created,
  dialed: null,
  channel: null,
  rang: null,
  answered: null,
  ended: null,
  cause: null,
  disposition: null,
})

function callerOf({ caller_id_name: name, caller_id_number: number }: StoryRecord, caller: Leg): string {
  return name && number && name !== number ? `${name} (${number})` : partyOf(caller)
}

function rungSteps(
  { uuid: leg }: Leg,
  to: string,
  { status }: StoryRecord,
  start: number,
  answered: number | null,
  ended: number | null,
): Told[] {
  const end = answered ?? ended
  if (end === null) return []
  const rang = `${to} rang for ${spoken((end - start) / 1e6)}`
  if (answered === null) return [{ type: 'ringing', leg, start, end, text: `${rang} and did not answer` }]
  if (status === 'voicemail') return [{ type: 'ringing', leg, start, end, text: rang }]
  return [
    { type: 'ringing', leg, start, end, text: rang },
    { type: 'answered', leg, start: answered, text: `${to} answered` },
  ]
}

function talkSteps(
  caller: Leg,
  callee: Leg | undefined,
  to: string,
  { status }: StoryRecord,
  start: number | null,
  end: number | null,
): Told[] {
  if (start === null || end === null) return []
  const length = spoken((end - start) / 1e6)
  const leg = caller.uuid
  if (status === 'voicemail') {
    return [{ type: 'voicemail', leg, start, end, text: `the call went to voicemail for ${length}` }]
  }
  return [
    {
      type: 'talked',
      leg,
      otherLeg: callee?.uuid,
      start,
      end,
      text: `${partyOf(caller)} and ${to} talked for ${length}`,
    },
  ]
}

/** The record is of the caller's channel: what came in over it was the caller's. */
function endOfCall(record: StoryRecord, caller: Leg, callee: Leg | undefined): Omit<Told, 'start'> {
  const { sip_hangup_disposition: disposition, hangup_cause } = record
  const cause = hangup_cause ? `: ${causeWords(hangup_cause)}` : ''
  if (disposition === 'recv_bye' || disposition === 'recv_cancel') {
    return { type: 'hung_up', leg: caller.uuid, text: `${partyOf(caller)} hung up${cause}` }
  }
  if (disposition === 'send_bye' && callee && hangup_cause === 'NORMAL_CLEARING') {
    return { type: 'hung_up', leg: callee.uuid, text: `${partyOf(callee)} hung up${cause}` }
  }
  return { type: 'hung_up', leg: caller.uuid, text: `the call ended${cause}` }
}
