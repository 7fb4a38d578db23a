/**
 * Takes in a message from a switch: first its audio is kept, then its row is made, and only then the switch is told. A
 * server that stops in between leaves a file that no row names, which the sweep removes, never a row without its audio.
 */
import { createHash } from 'node:crypto'
import { extname } from 'node:path'
import { Readable } from 'node:stream'
import { NotAudio, readAudio } from '../../../media/audio.ts'
import { type Draft, FileTooLarge, type MediaStore } from '../../../media/store.ts'
import type { Audio } from '../../../media/upload.ts'
import type { Database } from '../../../rest/database.ts'
import { ApiError, notFound, ValidationError } from '../../../rest/errors.ts'
import { deliver, MESSAGES } from '../delivery.ts'
import { idOf } from '../ids.ts'
import type { Held, Posted } from './posted.ts'

interface Box {
  readonly id: string
  readonly tenant: string
}

interface Kept {
  readonly draft: Draft
  readonly audio: Audio
  readonly storedAs: string
}

export class Intake {
  private readonly database: Database
  private readonly media: MediaStore
  private readonly fileBytes: number
  private readonly mailsWritten: () => void

  constructor(database: Database, media: MediaStore, fileBytes: number, mailsWritten: () => void) {
    this.database = database
    this.media = media
    this.fileBytes = fileBytes
    this.mailsWritten = mailsWritten
  }

  /** Gives the message's id once it is kept. The same message again is kept already. */
  async take(posted: Posted): Promise<string> {
    const box = await this.boxOf(posted)
    const ids = idsOf(posted, box)
    const known = await this.knownAmong(ids, box, posted.held)
    if (known !== undefined) return known
    const kept = await this.keep(posted, box)
    try {
      const [id, isNew] = await this.store(posted, box, ids, kept)
      if (!isNew) await kept?.draft.discard()
      this.mailsWritten()
      return id
    } catch (error) {
      // Whether a lost connection took the commit along nobody knows: the sweep finds out.
      if (error instanceof ApiError || isRefused(error)) await kept?.draft.discard()
      throw error
    }
  }

  /** Gives a message its audio, which the switch alone had so far. */
  async complete(id: string, tenant: string, source: Readable): Promise<void> {
    const kept = await this.keep({ audio: source, field: 'file' }, { tenant })
    const { draft, audio, storedAs } = kept!
    const values = [id, storedAs, draft.size, audio.type, draft.digest, Math.round(audio.seconds)]
    const completed = await this.database.run({ text: COMPLETE, values })
    if (completed.length === 0) await draft.discard()
  }

  private async boxOf({ domain, mailbox }: Posted): Promise<Box> {
    const [row] = await this.database.run({ text: BOX, values: [domain, mailbox] })
    if (!row) throw notFound(`The domain "${domain}" has no voicemail box ${mailbox} that takes messages.`)
    const [id, tenant] = row as [string, string]
    return { id, tenant }
  }

  private async knownAmong(ids: readonly string[], box: Box, held: Held | undefined): Promise<string | undefined> {
    const [row] = await this.database.run({ text: KNOWN, values: [ids, box.id, held?.path ?? null] })
    return row?.[0] as string | undefined
  }

  private async keep(
    { audio: bytes, field }: Pick<Posted, 'audio' | 'field'>,
    box: Pick<Box, 'tenant'>,
  ): Promise<Kept | undefined> {
    if (bytes === undefined) return undefined
    const draft = await this.receive(bytes)
    try {
      const audio = await readAudio(draft)
      const storedAs = await draft.keep({ tenant: box.tenant, resource: MESSAGES }, audio.extension)
      return { draft, audio, storedAs }
    } catch (error) {
      await draft.discard()
      throw error instanceof NotAudio ? new ValidationError({ [field]: [error.message] }) : error
    }
  }

  private async receive(bytes: Buffer | Readable): Promise<Draft> {
    const source = bytes instanceof Readable ? bytes : Readable.from([bytes])
    try {
      return await this.media.receive(source, this.fileBytes)
    } catch (error) {
      if (!(error instanceof FileTooLarge)) throw error
      throw new ApiError(413, `The file is too large: it may have ${error.limit} bytes at most.`)
    }
  }

  /** Makes the row, its copies and mails in one transaction; tells its id, and whether it was not there before. */
  private store(
    posted: Posted,
    box: Box,
    ids: readonly string[],
    kept: Kept | undefined,
  ): Promise<readonly [string, boolean]> {
    return this.database.transaction(async (db) => {
      for (const id of ids) {
        const made = await db.run({ text: INSERT, values: valuesOf(id, posted, box, kept) })
        if (made.length > 0) {
          await deliver(db, this.media, [id])
          return [id, true]
        }
        const known = await db.run({ text: KNOWN, values: [[id], box.id, posted.held?.path ?? null] })
        if (known.length > 0) return [id, false]
      }
      throw new Error(`a message of box ${box.id} has an id that is another's`)
    })
  }
}

/**
 * The id is the switch's own, so that the API's clients find by it. One call may leave messages in several boxes, or in
 * one again, under one id: then the next one's is made of all that tells it apart.
 */
function idsOf({ uuid, audio, callerNumber, left, held }: Posted, box: Box): string[] {
  if (uuid !== undefined) {
    const ids = [uuid, idOf('message', uuid, box.id)]
    return held ? [...ids, idOf('message', uuid, box.id, held.path)] : ids
  }
  const digest = createHash('sha256')
    .update(audio as Buffer)
    .digest('hex')
  return [idOf('audio', box.id, digest, callerNumber ?? '', left ?? '')]
}

function valuesOf(id: string, posted: Posted, box: Box, kept: Kept | undefined): unknown[] {
  const { callerName, callerNumber, urgent, left, held } = posted
  const name = `msg_${id}`
  const file = kept
    ? [`${name}.${kept.audio.extension}`, kept.storedAs, kept.draft.size, kept.audio.type, kept.draft.digest]
    : [`${name}${extname(held?.path ?? '')}`, null, null, null, null]
  const seconds = Math.round(kept?.audio.seconds ?? held?.seconds ?? 0)
  const there = held ? [held.switchName, held.mailbox, held.uuid, held.path] : [null, null, null, null]
  const told = [seconds, callerName, callerNumber, urgent, left ?? null, held?.heard ?? null]
  return [id, box.id, name, ...file, ...told, ...there]
}

const isRefused = (error: unknown): boolean => (error as { severity?: string }).severity === 'ERROR'

/** An extension's own number comes before another's alias. */
const BOX = `
  SELECT v."id", d."id" FROM "domains" d
  JOIN "extensions" e ON e."domain_id" = d."id" AND $2 IN (e."extension", e."number_alias")
  JOIN "voicemails" v ON v."extension_id" = e."id" AND v."enabled"
  WHERE (lower(d."name") = lower($1) OR d."id"::text = lower($1)) AND d."enabled"
  ORDER BY e."extension" = $2 DESC LIMIT 1`

/** One that was left on a switch is known by its file there, too: its uuid is its call's. */
const KNOWN = `SELECT "id" FROM "voicemail_messages"
  WHERE "id" = ANY($1::uuid[]) AND "voicemail_id" = $2 AND ($3::text IS NULL OR "switch_path" IS NULL OR "switch_path" = $3)`

const INSERT = `
  INSERT INTO "voicemail_messages" ("id", "voicemail_id", "name", "filename", "stored_as", "size", "content_type",
    "digest", "duration", "caller_id_name", "caller_id_number", "urgent", "created", "read", "status", "updated_by",
    "switch_name", "switch_mailbox", "switch_uuid", "switch_path")
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, coalesce($13::timestamptz, now()), $14::timestamptz,
    CASE WHEN $14::timestamptz IS NULL THEN 'new' ELSE 'read' END, 'switch', $15, $16, $17, $18)
  ON CONFLICT ("id") DO NOTHING RETURNING "id"`

const COMPLETE = `
  UPDATE "voicemail_messages" SET "stored_as" = $2, "size" = $3, "content_type" = $4, "digest" = $5, "duration" = $6
  WHERE "id" = $1 AND "stored_as" IS NULL RETURNING "id"`
