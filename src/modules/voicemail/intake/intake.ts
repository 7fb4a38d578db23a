/**
 * Takes in a message from a switch: first its audio is kept, then its row is made, and only then the switch is told. A
 * server that stops in between leaves a file that no row names, which the sweep removes, never a row without its audio.
 */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { NotAudio, readAudio } from '../../../media/audio.ts'
import { type Draft, FileTooLarge, type MediaStore } from '../../../media/store.ts'
import type { Audio } from '../../../media/upload.ts'
import type { Database } from '../../../rest/database.ts'
import { ApiError, notFound, ValidationError } from '../../../rest/errors.ts'
import { deliver, MESSAGES } from '../delivery.ts'
import { idOf } from '../ids.ts'
import type { Posted } from './posted.ts'

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
    const known = await this.knownAmong(ids, box)
    if (known !== undefined) return known
    const kept = await this.keep(posted, box)
    try {
      const [id, isNew] = await this.store(posted, box, ids, kept)
      if (!isNew) await kept.draft.discard()
      this.mailsWritten()
      return id
    } catch (error) {
      // Whether a lost connection took the commit along nobody knows: the sweep finds out.
      if (error instanceof ApiError || isRefused(error)) await kept.draft.discard()
      throw error
    }
  }

  private async boxOf({ domain, mailbox }: Posted): Promise<Box> {
    const [row] = await this.database.run({ text: BOX, values: [domain, mailbox] })
    if (!row) throw notFound(`The domain "${domain}" has no voicemail box ${mailbox} that takes messages.`)
    const [id, tenant] = row as [string, string]
    return { id, tenant }
  }

  private async knownAmong(ids: readonly string[], box: Box): Promise<string | undefined> {
    const text = 'SELECT "id" FROM "voicemail_messages" WHERE "id" = ANY($1::uuid[]) AND "voicemail_id" = $2'
    const [row] = await this.database.run({ text, values: [ids, box.id] })
    return row?.[0] as string | undefined
  }

  private async keep({ audio: bytes, field }: Posted, box: Box): Promise<Kept> {
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

  private async receive(bytes: Buffer): Promise<Draft> {
    try {
      return await this.media.receive(Readable.from([bytes]), this.fileBytes)
    } catch (error) {
      if (!(error instanceof FileTooLarge)) throw error
      throw new ApiError(413, `The file is too large: it may have ${error.limit} bytes at most.`)
    }
  }

  /** Makes the row, its copies and mails in one transaction; tells its id, and whether it was not there before. */
  private store(posted: Posted, box: Box, ids: readonly string[], kept: Kept): Promise<readonly [string, boolean]> {
    return this.database.transaction(async (db) => {
      for (const id of ids) {
        const made = await db.run({ text: INSERT, values: valuesOf(id, posted, box, kept) })
        if (made.length > 0) {
          await deliver(db, this.media, [id])
          return [id, true]
        }
        const text = 'SELECT 1 FROM "voicemail_messages" WHERE "id" = $1 AND "voicemail_id" = $2'
        if ((await db.run({ text, values: [id, box.id] })).length > 0) return [id, false]
      }
      throw new Error(`a message of box ${box.id} has an id that is another's`)
    })
  }
}

/**
 * The id is the switch's own, so that the API's clients find by it. One call may leave messages in several boxes, under
 * one id: then the second one's is made of both.
 */
function idsOf({ uuid, audio, callerNumber, left }: Posted, box: Box): string[] {
  if (uuid !== undefined) return [uuid, idOf('message', uuid, box.id)]
  const digest = createHash('sha256').update(audio).digest('hex')
  return [idOf('audio', box.id, digest, callerNumber ?? '', left ?? '')]
}

function valuesOf(id: string, { callerName, callerNumber, urgent, left }: Posted, box: Box, kept: Kept): unknown[] {
  const { draft, audio, storedAs } = kept
  const name = `msg_${id}`
  const file = [`${name}.${audio.extension}`, storedAs, draft.size, audio.type, draft.digest]
  return [id, box.id, name, ...file, Math.round(audio.seconds), callerName, callerNumber, urgent, left ?? null]
}

const isRefused = (error: unknown): boolean => (error as { severity?: string }).severity === 'ERROR'

/** An extension's own number comes before another's alias. */
const BOX = `
  SELECT v."id", d."id" FROM "domains" d
  JOIN "extensions" e ON e."domain_id" = d."id" AND $2 IN (e."extension", e."number_alias")
  JOIN "voicemails" v ON v."extension_id" = e."id" AND v."enabled"
  WHERE (lower(d."name") = lower($1) OR d."id"::text = lower($1)) AND d."enabled"
  ORDER BY e."extension" = $2 DESC LIMIT 1`

const INSERT = `
  INSERT INTO "voicemail_messages" ("id", "voicemail_id", "name", "filename", "stored_as", "size", "content_type",
    "digest", "duration", "caller_id_name", "caller_id_number", "urgent", "created", "updated_by")
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, coalesce($13::timestamptz, now()), 'switch')
  ON CONFLICT ("id") DO NOTHING RETURNING "id"`
