/** The mails that are to be sent: rows of `voicemail_mails`, which replicas share. */
import type { Database } from '../../../rest/database.ts'

/** A mail that this server has for the while of {@link LEASE_MINUTES}. */
export interface Claimed {
  readonly id: string
  readonly messageId: string
  /** How many times it has been tried, this one counted. */
  readonly attempts: number
}

/** A server that stops while it sends has the mail no longer than that; then it is tried again, by any. */
const LEASE_MINUTES = 10
/** Minutes until it is tried again, by the number of attempts; after the last one it is given up. */
export const RETRY_MINUTES = [1, 5, 15, 60, 240, 720, 1440] as const
/** What waits for a setting is looked at that often, and given up when it is so old. */
const UNSET_MINUTES = 15
const UNSET_DAYS = 2

/** Takes the next mail that is due; those that never failed come first, so that one dead server holds up no other. */
export async function claim(db: Database): Promise<Claimed | undefined> {
  const next = `SELECT "id" FROM "voicemail_mails" WHERE "due" <= now() ORDER BY "attempts", "due" LIMIT 1 FOR UPDATE SKIP LOCKED`
  const text = `UPDATE "voicemail_mails" SET "attempts" = "attempts" + 1, "due" = now() + make_interval(mins => $1)
    WHERE "id" = (${next}) RETURNING "id", "message_id", "attempts"`
  const [row] = await db.run({ text, values: [LEASE_MINUTES] })
  if (!row) return undefined
  const [id, messageId, attempts] = row as [string, string, number]
  return { id, messageId, attempts }
}

/**
 * The mail was taken by its server. `note` tells what went wrong all the same. With `messageGoes` the message is
 * deleted, unless somebody has saved it meanwhile or its box keeps messages by now: in the same transaction, so that it
 * never goes before its mail.
 */
export async function settleSent(
  db: Database,
  { id, messageId }: Claimed,
  note: string | null,
  messageGoes: boolean,
): Promise<void> {
  await db.transaction(async (tx) => {
    const sent = 'UPDATE "voicemail_mails" SET "sent" = now(), "due" = NULL, "error" = $2 WHERE "id" = $1'
    await tx.run({ text: sent, values: [id, note] })
    if (!messageGoes) return
    const text = `DELETE FROM "voicemail_messages" m USING "voicemails" v WHERE m."id" = $1 AND v."id" = m."voicemail_id"
      AND NOT v."local_after_email" AND v."attach_file" = 'true' AND m."status" <> 'saved'`
    await tx.run({ text, values: [messageId] })
  })
}

/** It was not taken: it is tried again later, or given up. */
export async function settleFailed(db: Database, { id, attempts }: Claimed, error: string): Promise<void> {
  const minutes = RETRY_MINUTES[attempts - 1] ?? null
  const text = `UPDATE "voicemail_mails" SET "error" = $2, "due" = now() + make_interval(mins => $3) WHERE "id" = $1`
  await db.run({ text, values: [id, error, minutes] })
}

/** It waits for a setting; that is no attempt. */
export async function settleUnset(db: Database, { id }: Claimed, error: string): Promise<void> {
  const text = `UPDATE "voicemail_mails" SET "error" = $2, "attempts" = "attempts" - 1,
    "due" = CASE WHEN "created" > now() - make_interval(days => $4) THEN now() + make_interval(mins => $3) END WHERE "id" = $1`
  await db.run({ text, values: [id, error, UNSET_MINUTES, UNSET_DAYS] })
}

/** There is nothing to send. */
export async function settleNeedless(db: Database, { id }: Claimed, reason: string): Promise<void> {
  await db.run({
    text: `UPDATE "voicemail_mails" SET "error" = $2, "due" = NULL WHERE "id" = $1`,
    values: [id, reason],
  })
}
