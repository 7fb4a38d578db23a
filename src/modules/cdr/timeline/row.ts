/** One event of the switch as a row of the timeline: every value is one that its column can hold. */
import { createHash } from 'node:crypto'
import { type Column, modelOf } from '../../../rest/model/model.ts'
import { readUuid } from '../../../rest/values/identity.ts'
import { HEADERS, ONLY, TENANT_HEADERS } from './headers.ts'

/** The headers of an event, decoded. */
export type SwitchEvent = Readonly<Record<string, string>>

export type EventRow = Readonly<Record<string, unknown>>

export const TIMELINE = modelOf('CallTimeline')

/** Columns of a row, in order. What names the tenant goes beside them, for the database to look up. */
export const ROW_COLUMNS: readonly Column[] = ['id', ...Object.keys(HEADERS), 'application_name'].map(
  (name) => TIMELINE.columns.get(name)!,
)

const LABELS: Readonly<Record<string, string>> = {
  'callcenter::info': 'callcentre',
  'conference::maintenance': 'conference',
  'valet_parking::info': 'valet_parking',
  'vm::maintenance': 'voicemail',
}

const KINDS = new Set(
  `CHANNEL_CREATE CHANNEL_ORIGINATE CHANNEL_OUTGOING CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER
  CHANNEL_BRIDGE CHANNEL_UNBRIDGE CHANNEL_HOLD CHANNEL_UNHOLD CHANNEL_PARK CHANNEL_UNPARK CHANNEL_TRANSFER
  CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_CALLSTATE CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE CHANNEL_DESTROY
  DTMF PLAYBACK_START PLAYBACK_STOP RECORD_START RECORD_STOP`.split(/\s+/),
)

/** Whether an event is one of those that tell what happened in a call. */
export function isOfCalls(event: SwitchEvent): boolean {
  const { 'Event-Name': name = '', 'Event-Subclass': subclass = '' } = event
  if (name !== 'CUSTOM') return KINDS.has(name)
  // How many messages a mailbox holds is of no call.
  return Object.hasOwn(LABELS, subclass) && event['VM-Action'] !== 'mwi-update'
}

/** The row of an event; undefined where it does not say which switch it is of. */
export function rowOf(event: SwitchEvent): EventRow | undefined {
  const { 'Event-Name': name = '', 'Event-Subclass': subclass = '' } = event
  const row: Record<string, unknown> = {}
  for (const [column, headers] of Object.entries(HEADERS)) {
    const text = ONLY[column]?.test(name === 'CUSTOM' ? subclass : name) === false ? undefined : firstOf(event, headers)
    row[column] = valueFor(TIMELINE.columns.get(column)!, text)
  }
  if (row.core_uuid === null) return undefined
  if (row.unique_id === readUuid(event['Bridge-B-Unique-ID'])) {
    row.other_leg_unique_id = valueFor(TIMELINE.columns.get('other_leg_unique_id')!, event['Bridge-A-Unique-ID'])
  }
  row.application_name = LABELS[subclass] ?? null
  row.id = eventId(row)
  row.tenant_id = readUuid(event.variable_domain_uuid) ?? null
  row.tenant_names = tenantNames(event)
  return row
}

/** What names the tenant of an event, the surest first. */
export function tenantNames(event: SwitchEvent): string[] {
  const presence = event['Channel-Presence-ID']?.split('@')[1] ?? ''
  const names = [...TENANT_HEADERS.map((header) => event[header] ?? ''), presence].map(storable)
  return [...new Set(names)].filter(Boolean)
}

/** The same event has the same id, whoever tells of it and how often: a switch numbers its events. */
function eventId({ core_uuid, event_sequence, event_epoch, event_name, unique_id }: Record<string, unknown>): string {
  const parts = event_sequence === '0' ? [core_uuid, event_epoch, event_name, unique_id] : [core_uuid, event_sequence]
  const hex = createHash('sha256').update(parts.join(' ')).digest('hex')
  // Version 8 of RFC 9562: an id made in a way of one's own.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function firstOf(event: SwitchEvent, headers: readonly string[]): string | undefined {
  return headers.map((header) => (Object.hasOwn(event, header) ? event[header] : undefined)).find(Boolean)
}

/** What a column can hold of a text: cut, or nothing where it is not of the column's type. */
function valueFor(column: Column, text: string | undefined): unknown {
  if (column.type === 'boolean') return text === 'true'
  if (column.type === 'integer') return wholeNumber(column, text) ?? (column.nullable ? null : '0')
  if (text === undefined) return null
  // Queues of DjangoPBX are named by their uuid, with or without a domain behind it.
  if (column.type === 'uuid') return readUuid(text.split('@', 1)[0]) ?? null
  const characters = [...storable(text)]
  return characters.slice(0, column.maxLength).join('') || null
}

function wholeNumber({ digits = 18 }: Column, text: string | undefined): string | undefined {
  return text !== undefined && /^-?\d+$/.test(text) && text.length <= digits ? String(BigInt(text)) : undefined
}

/** PostgreSQL's text holds no NUL, and no half of a pair. */
const storable = (text: string): string => text.replaceAll('\0', '').toWellFormed().trim()
