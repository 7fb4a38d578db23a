/** A call record as it came, and what it is once read: everything that can be known without the database. */
import { createHash } from 'node:crypto'
import { readRecord } from '../../../freeswitch/records/record.ts'
import { UnreadableRecord } from '../../../freeswitch/records/unreadable.ts'
import { readUuid } from '../../../rest/values/identity.ts'
import { type CdrColumns, columnsOf, extensionHints, tenantHints } from '../record/columns.ts'
import { recordId } from '../record/record-id.ts'
import { timesOf } from '../record/times.ts'

export interface Received {
  readonly body: Buffer
  /** The switch's `uuid` parameter, or the name of the file: a channel's id, `a_` before that of an a leg. */
  readonly uuid: string | undefined
  readonly contentType: string | undefined
  /** The address of the switch, or the file. */
  readonly source: string
}

/** A record ready to be stored, but for its tenant and extension. */
export interface Prepared {
  readonly received: Received
  readonly id: string
  readonly leg: 'a' | 'b'
  readonly columns: CdrColumns
  readonly tenant: { readonly uuid?: string; readonly names: readonly string[] }
  readonly extension: { readonly uuid?: string; readonly numbers: readonly string[] }
  readonly xml: string | null
  readonly json: string
}

/** Reads a record. Throws UnreadableRecord, whose message is for an administrator. */
export function prepare(received: Received): Prepared {
  const record = readRecord(received.body)
  const [, prefix, channel] = /^(a_)?(.*)$/s.exec(received.uuid ?? '')!
  // A switch that does not prefix a legs still tells which leg it is by the channel's originator.
  const leg = !prefix && record.isBLeg ? 'b' : 'a'
  const columns = columnsOf(record, leg)
  columns.call_uuid ??= readUuid(channel) ?? null
  return {
    received,
    id: recordId(timesOf(record).start, columns.call_uuid as string | null, leg),
    leg,
    columns,
    tenant: tenantHints(record),
    extension: extensionHints(record),
    xml: record.format === 'xml' ? record.text : null,
    json: jsonText(record.tree),
  }
}

/** What JSON can say and PostgreSQL's cannot hold. */
const UNSTORABLE = /\\u(0000|d[89a-f])/i

function jsonText(tree: unknown): string {
  const text = JSON.stringify(tree)
  if (!UNSTORABLE.test(text)) return text
  return JSON.stringify(tree, (_name, value: unknown) =>
    typeof value === 'string' ? Buffer.from(value.replaceAll('\0', '')).toString() : value,
  )
}

/** What names a record that is rejected: the same one is kept once. */
export const digestOf = ({ uuid, body }: Received): string =>
  createHash('sha256')
    .update(`${uuid ?? ''}\n`)
    .update(body)
    .digest('hex')

export { UnreadableRecord }
