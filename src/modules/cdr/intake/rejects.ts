/** Records that could not be stored are kept as they came, with the reason, until they can be. */
import type { Connection } from '../../../rest/database.ts'
import { digestOf, type Received } from './received.ts'
import type { Refused } from './store.ts'

const LONGEST_TEXT = 100_000

/** Keeps a record; the same one is kept once. */
export async function keepReject(db: Connection, received: Received, refused: Refused): Promise<void> {
  const { body, uuid, contentType, source } = received
  const text = body.toString('utf8', 0, 4 * LONGEST_TEXT).slice(0, LONGEST_TEXT)
  await db.run({
    text: `INSERT INTO "cdr_rejects" ("reason", "call_uuid", "domain_name", "source", "content_type", "size", "record", "body", "digest")
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT ("digest") DO NOTHING`,
    values: [
      storable(refused.reason),
      uuid === undefined ? null : storable(uuid.slice(0, 64)),
      refused.domainName === undefined ? null : storable(refused.domainName.slice(0, 128)),
      storable(source.slice(0, 256)),
      storable((contentType ?? '').slice(0, 256)),
      body.length,
      storable(text),
      body,
      digestOf(received),
    ],
  })
}

/** PostgreSQL's text holds neither NUL nor half characters. */
const storable = (text: string): string => Buffer.from(text.replaceAll('\0', '�')).toString()
