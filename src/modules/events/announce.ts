/** How events come about, beside those that triggers of the database announce (new call records, voicemail counts). */
import type { Connection } from '../../rest/database.ts'
import type { EventType } from './types.ts'

export interface Announcement {
  readonly type: EventType
  readonly domain_id: string
  /** The extensions it is about: a user hears of its own only. */
  readonly extension_ids: readonly string[]
  readonly data: Readonly<Record<string, unknown>>
}

const INSERT = `INSERT INTO "events" ("type", "domain_id", "extension_ids", "data")
  SELECT "type", "domain_id", "extension_ids", "data" FROM jsonb_to_recordset($1::jsonb)
  AS a("type" text, "domain_id" uuid, "extension_ids" uuid[], "data" jsonb)`

/**
 * Stores events and the webhook deliveries that follow from them, in the caller's transaction or by itself; PostgreSQL
 * notifies every replica. What `data` hold that PostgreSQL's JSON cannot, NUL and half characters, is left out.
 */
export async function announce(db: Connection, announcements: readonly Announcement[]): Promise<void> {
  if (announcements.length === 0) return
  const json = JSON.stringify(announcements, (_name, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value,
  )
  await db.run({ text: INSERT, values: [json] })
}
