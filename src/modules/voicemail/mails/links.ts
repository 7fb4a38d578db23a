/** Links of mails to the audio of a message. Whoever has one hears the message, until it expires. */
import { createHash, randomBytes } from 'node:crypto'
import type { Connection } from '../../../rest/database.ts'
import type { Row } from '../../../rest/model/model.ts'

/** Where links lead, below the server's URL. */
export const LINKS = '/voicemail/messages/'

/** Bytes by chance: nobody finds a link by trying. */
const RANDOM_BYTES = 32
const TOKEN = /^[A-Za-z0-9_-]{43}$/

/** Makes a link and gives its path; only a hash of what it holds is kept. */
export async function makeLink(db: Connection, messageId: string, days: number): Promise<string> {
  const token = randomBytes(RANDOM_BYTES).toString('base64url')
  const text = `INSERT INTO "voicemail_links" ("hash", "message_id", "expires") VALUES ($1, $2, now() + make_interval(days => $3))`
  await db.run({ text, values: [hashOf(token), messageId, days] })
  return `${LINKS}${token}/`
}

/** Takes a link back that nobody got. */
export async function removeLink(db: Connection, path: string): Promise<void> {
  const token = path.slice(LINKS.length).replace(/\/$/, '')
  await db.run({ text: 'DELETE FROM "voicemail_links" WHERE "hash" = $1', values: [hashOf(token)] })
}

/** The message that a link leads to, as a whole row; undefined: to none, or no longer. */
export async function findLinked(db: Connection, token: string): Promise<Row | undefined> {
  if (!TOKEN.test(token)) return undefined
  const text = `SELECT row_to_json(m)::text FROM "voicemail_links" l JOIN "voicemail_messages" m ON m."id" = l."message_id"
    WHERE l."hash" = $1 AND l."expires" > now() AND m."status" <> 'deleted'`
  const [row] = await db.run({ text, values: [hashOf(token)] })
  return row && (JSON.parse(row[0] as string) as Row)
}

/** Forgets links that lead nowhere any more. */
export async function removeExpired(db: Connection): Promise<void> {
  await db.run({ text: 'DELETE FROM "voicemail_links" WHERE "expires" < now()', values: [] })
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')
