/** The columns of a call record, from what the switch says of the call. */
import type { CallRecord } from '../../../freeswitch/records/record.ts'
import type { ColumnName } from '../../../rest/model/model.ts'
import { readUuid } from '../../../rest/values/identity.ts'
import { type Fitted, fitted } from './fit.ts'
import { recordedFile } from './recorded-file.ts'
import { type CallTimes, isoText, millisecondsOf, secondsOf, timesOf } from './times.ts'

/** All columns but those that the server or PostgreSQL finds by itself. */
export type CdrColumn = Exclude<
  ColumnName<'XmlCdr'>,
  | ('id' | 'domain_id' | 'extension_id' | 'domain_name' | 'status' | 'xml' | 'json')
  | ('created' | 'updated' | 'synchronised' | 'updated_by')
>
export type CdrColumns = Record<CdrColumn, Fitted>

/** Ready for PostgreSQL. Throws UnreadableRecord for a record that does not say when its call began. */
export function columnsOf(record: CallRecord, leg: 'a' | 'b'): CdrColumns {
  const times = timesOf(record)
  const columns = {} as CdrColumns
  for (const column of SAME_NAMES) columns[column] = fitted(column, record.variable(column))
  const said: Record<OtherColumn, Said> = {
    leg,
    ...identity(record),
    ...parties(record, leg),
    ...moments(times),
    ...recording(record),
    ...lengths(record, times),
    missed_call: undefined,
  }
  for (const column of Object.keys(said) as OtherColumn[]) columns[column] = fitted(column, said[column])
  columns.missed_call = isMissed(record, columns)
  return columns
}

/**
 * What tells whose call it was: a domain's id, else names to look for, the surest first. A record that names its domain
 * is of no other; the hosts of a SIP request may be addresses, so what else knows the domain is asked after them.
 */
export function tenantHints(record: CallRecord): { uuid?: string; names: string[] } {
  const named = record.variable('domain_name')
  const hosts = ['sip_req_host', 'sip_from_host', 'dialed_domain'].map((variable) => record.variable(variable))
  const told = named ? [named] : [...hosts, ...record.callflows.map((callflow) => record.profile(callflow, 'context'))]
  const names = told.flatMap((text) => {
    const name = withoutPort(text?.trim() ?? '')
    return [name, name.toLowerCase()]
  })
  return { uuid: readUuid(record.variable('domain_uuid')), names: distinct(names) }
}

/** What tells which extension it was: its id, else numbers to look for in the tenant, the surest first. */
export function extensionHints(record: CallRecord): { uuid?: string; numbers: string[] } {
  const numbers = ['dialed_user', 'referred_by_user', 'last_sent_callee_id_number', 'user_name']
  return {
    uuid: readUuid(record.variable('extension_uuid')),
    numbers: distinct(numbers.map((variable) => record.variable(variable) ?? '')),
  }
}

type Said = string | number | boolean | undefined
/** Columns that are the variable of their name. */
const SAME_NAMES = [
  ...(['accountcode', 'read_codec', 'read_rate', 'write_codec', 'write_rate', 'remote_media_ip'] as const),
  ...(['rtp_audio_in_mos', 'last_app', 'last_arg', 'pin_number'] as const),
  ...(['hangup_cause', 'hangup_cause_q850', 'sip_hangup_disposition'] as const),
  ...(['cc_side', 'cc_member_uuid', 'cc_member_session_uuid', 'cc_queue', 'cc_queue_joined_epoch'] as const),
  ...(['cc_queue_answered_epoch', 'cc_queue_terminated_epoch', 'cc_queue_canceled_epoch'] as const),
  ...(['cc_agent', 'cc_agent_uuid', 'cc_agent_type', 'cc_agent_bridged', 'cc_cancel_reason', 'cc_cause'] as const),
  ...(['conference_name', 'conference_uuid', 'conference_member_id'] as const),
] satisfies CdrColumn[]
type OtherColumn = Exclude<CdrColumn, (typeof SAME_NAMES)[number]>

function identity(record: CallRecord) {
  const bridge = readUuid(record.variable('bridge_uuid')) ?? record.variable('last_bridge_to')
  const digits = record.variable('digits_dialed')
  return {
    call_uuid: record.uuid,
    core_uuid: record.attribute('core-uuid'),
    direction: record.variable('call_direction') ?? record.variable('direction') ?? record.channelData('direction'),
    bridge_uuid: bridge,
    digits_dialed: digits === 'none' ? undefined : digits,
  }
}

/** Who called whom. A transfer changes that, and the newest callflow has what it became. */
function parties(record: CallRecord, leg: 'a' | 'b') {
  const [newest] = record.callflows
  const oldest = record.callflows.at(-1)
  const callerId = (name: string) => {
    return record.variable(`effective_${name}`) ?? record.profile(newest, name) ?? record.variable(name)
  }
  // The one who answered in the end, where a ring group or a forwarding led to somebody else.
  const reached = leg === 'a' ? record.variable('last_sent_callee_id_number') : undefined
  return {
    context: record.profile(newest, 'context'),
    network_addr: record.profile(newest, 'network_addr'),
    destination_number: reached ?? record.profile(newest, 'destination_number'),
    caller_id_name: callerId('caller_id_name'),
    caller_id_number: callerId('caller_id_number'),
    caller_destination: record.variable('caller_destination') ?? record.profile(oldest, 'destination_number'),
    source_number:
      record.variable('source_number') ?? record.profile(newest, 'ani') ?? record.profile(newest, 'username'),
  }
}

function moments({ start, answer, end }: CallTimes) {
  return {
    start_stamp: isoText(start),
    start_epoch: secondsOf(start),
    answer_stamp: answer && isoText(answer),
    answer_epoch: answer && secondsOf(answer),
    end_stamp: end && isoText(end),
    end_epoch: end && secondsOf(end),
  }
}

function recording(record: CallRecord) {
  const { path, name } = recordedFile(record)
  return { record_path: path, record_name: name }
}

/** From the variables, or as FreeSWITCH reckons them: seconds are between whole seconds, and 0 where nobody answered. */
function lengths(record: CallRecord, { start, answer, bridge, end }: CallTimes) {
  const either = (variable: LengthColumn, reckoned: () => Said) => {
    return fitted(variable, record.variable(variable)) ?? reckoned()
  }
  return {
    duration: either('duration', () => between(start, end, secondsOf)),
    mduration: either('mduration', () => between(start, end, millisecondsOf)),
    billsec: either('billsec', () => (answer === undefined ? 0 : between(answer, end, secondsOf))),
    billmsec: either('billmsec', () => (answer === undefined ? 0 : between(answer, end, millisecondsOf))),
    waitsec: either('waitsec', () => (bridge === undefined ? 0 : between(start, bridge, secondsOf))),
    pdd_ms: postDialDelay(record),
  }
}

type LengthColumn = 'duration' | 'mduration' | 'billsec' | 'billmsec' | 'waitsec'

function between(from: number, to: number | undefined, unit: (micros: number) => number): number | undefined {
  return to === undefined ? undefined : Math.max(0, unit(to) - unit(from))
}

/** How long it took until the caller heard something. */
function postDialDelay(record: CallRecord): number | undefined {
  const parts = ['progress_mediamsec', 'progressmsec']
    .map((variable) => fitted('pdd_ms', record.variable(variable)))
    .filter((part) => typeof part === 'number')
  return parts.length === 0 ? undefined : parts.reduce((sum, part) => sum + part, 0)
}

function isMissed(record: CallRecord, { direction, billsec }: CdrColumns): boolean {
  const said = record.variable('missed_call')?.toLowerCase()
  if (said === 'true' || said === 'false') return said === 'true'
  return (direction === 'inbound' || direction === 'local') && billsec === 0
}

/** Hosts may be IPv6 addresses, whose colons begin no port. */
const withoutPort = (host: string): string => host.replace(/^(\[[^\]]*\]|[^:]*):\d+$/, '$1')

const distinct = (texts: string[]): string[] => [...new Set(texts)].filter((text) => text !== '')
