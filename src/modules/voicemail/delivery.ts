/**
 * What follows from a new message, in the transaction that makes it: copies in the boxes that get some, and a mail to
 * write for each box that has an address. Copies are not copied again, so that boxes may name each other.
 */
import type { Extension, MediaStore } from '../../media/store.ts'
import type { ResultRow, Statement } from '../../rest/database.ts'
import { idOf } from './ids.ts'

/** The folder of messages' audio: the path of their resource. */
export const MESSAGES = 'voicemail_messages'

interface Runner {
  run(statement: Statement): Promise<ResultRow[]>
}

/** Messages that were made just now. One that is made as read or deleted is nobody's news. */
export async function deliver(tx: Runner, media: MediaStore, ids: readonly string[]): Promise<void> {
  const rows = await tx.run({ text: COPIES, values: [ids] })
  const copies: string[] = []
  for (const row of rows) {
    const [messageId, boxId, tenant, storedAs] = row as [string, string, string | null, string | null]
    const id = idOf('copy', messageId, boxId)
    const file = storedAs === null ? null : await copied(media, storedAs, tenant)
    const made = await tx.run({ text: COPY, values: [id, boxId, file, messageId] })
    if (made.length > 0) copies.push(id)
  }
  await tx.run({ text: MAILS, values: [[...ids, ...copies]] })
}

/** Each row has a file of its own: what becomes of one message is no matter of another's. */
async function copied(media: MediaStore, storedAs: string, tenant: string | null): Promise<string | null> {
  const source = await media.open(storedAs)
  if (!source) return null
  const draft = await media.receive(source, Number.POSITIVE_INFINITY)
  return draft.keep({ tenant, resource: MESSAGES }, storedAs.split('.').at(-1) as Extension)
}

/** Boxes of the same tenant only, wherever their extensions have been moved to since. */
const COPIES = `
  SELECT DISTINCT m."id", other."id", there."domain_id", m."stored_as"
  FROM "voicemail_messages" m
  JOIN "voicemails" own ON own."id" = m."voicemail_id"
  LEFT JOIN "extensions" here ON here."id" = own."extension_id"
  JOIN "voicemail_destinations" d ON d."voicemail_id" = own."id"
  JOIN "voicemails" other ON other."id" = d."voicemail_dest" AND other."id" <> own."id" AND other."enabled"
  LEFT JOIN "extensions" there ON there."id" = other."extension_id"
  WHERE m."id" = ANY($1::uuid[]) AND m."status" = 'new' AND there."domain_id" IS NOT DISTINCT FROM here."domain_id"
  ORDER BY 1, 2`

const SAME = [
  'filename',
  'name',
  'filestore',
  'caller_id_name',
  'caller_id_number',
  'duration',
  'urgent',
  'transcription',
  'base64',
  'created',
  'updated_by',
]
  .map((name) => `"${name}"`)
  .join(', ')

/** A file that is missing is none. */
const COPY = `
  INSERT INTO "voicemail_messages" ("id", "voicemail_id", "stored_as", "size", "content_type", "digest", ${SAME})
  SELECT $1::uuid, $2::uuid, $3::text, CASE WHEN $3::text IS NOT NULL THEN "size" END,
    CASE WHEN $3::text IS NOT NULL THEN "content_type" END, CASE WHEN $3::text IS NOT NULL THEN "digest" END, ${SAME}
  FROM "voicemail_messages" WHERE "id" = $4 ON CONFLICT ("id") DO NOTHING RETURNING "id"`

const MAILS = `
  INSERT INTO "voicemail_mails" ("message_id")
  SELECT m."id" FROM "voicemail_messages" m JOIN "voicemails" v ON v."id" = m."voicemail_id"
  WHERE m."id" = ANY($1::uuid[]) AND m."status" = 'new' AND v."enabled" AND v."mail_to" <> ''`
