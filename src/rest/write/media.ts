/**
 * Audio of rows. The file is there before its row is: it is kept in its tenant's folder within the row's transaction,
 * and when that fails it is discarded. What rows leave behind is removed after the commit (src/rest/left-files.ts).
 */
import { plainName, stemOf } from '../../media/file-name.ts'
import type { Upload } from '../../media/upload.ts'
import type { Connection } from '../database.ts'
import { ApiError, forbidden } from '../errors.ts'
import { modelOf, type Row } from '../model/model.ts'
import { viewFor } from '../read/plan.ts'
import type { Compiled } from '../registry.ts'
import { identifier, Sql } from '../sql.ts'
import { pathSql } from './audit.ts'
import type { Body, BodyInput, Mode, Valid } from './validate.ts'
import type { Writer } from './writer.ts'

/** The body of a write that brings a file: it says the file's name, and with a new row the row's where it has none. */
export function withFile(writer: Writer, compiled: Compiled, input: BodyInput, mode: Mode): BodyInput {
  const { upload } = input
  if (!upload) return input
  const { name: media, replacedBy, fill } = compiled.resource.media!
  const view = viewFor(compiled, writer.caller, mode === 'create' ? 'create' : 'update')
  if (mode !== 'create' && view.access.changes && !replacedBy?.includes(view.role)) {
    throw forbidden(`You may not replace the ${media}.`)
  }
  const { filename: _filename, ...body } = (input.body ?? {}) as Body
  // Who may change some fields only does not change the file's name but with the file.
  if (mode === 'update' || (mode === 'replace' && view.access.changes)) return { ...input, body }
  const filename = fileName(compiled, input, null)
  const length = compiled.model.columns.get('name')?.maxLength
  const name = [...stemOf(filename)].slice(0, length).join('')
  const filled = mode === 'create' && { name, ...fill?.(compiled.registry.timeZone) }
  return { ...input, body: { ...filled, ...body, filename } }
}

/** Keeps the file of a write and adds the columns that tell of it. `before` is the row that has another, or none. */
export async function keepFile(
  db: Connection,
  compiled: Compiled,
  input: BodyInput,
  valid: Valid,
  before: Row | null,
): Promise<void> {
  const { upload } = input
  if (!upload) return
  const { draft, audio } = upload
  const tenant = await tenantOf(db, compiled, valid, before)
  const columns = {
    filename: fileName(compiled, input, before),
    stored_as: await draft.keep({ tenant, resource: compiled.resource.path }, audio.extension),
    size: draft.size,
    digest: draft.digest,
    content_type: audio.type,
    duration: Math.round(audio.seconds),
  }
  for (const [name, value] of Object.entries(columns)) valid.values.set(name, value)
}

/**
 * Runs the transaction that gives the file to a row. When it is undone for sure the file can go; when nobody knows,
 * since the connection was lost, the row may be there: the sweep finds out.
 */
export async function giving<T>(upload: Upload | undefined, transaction: () => Promise<T>): Promise<T> {
  if (!upload) return transaction()
  try {
    const result = await transaction()
    upload.taken = true
    return result
  } catch (error) {
    if (!isUndone(error)) upload.taken = true
    throw error
  }
}

const isUndone = (error: unknown): boolean =>
  error instanceof ApiError || (error as { severity?: string }).severity === 'ERROR'

/** What was sent as its name, else what the file was called, else what the row's was. */
function fileName({ resource }: Compiled, { body, upload }: BodyInput, before: Row | null): string {
  const sent = (body as Body | undefined)?.filename
  const old = (before as Record<string, unknown> | null)?.filename
  const given = [sent, upload!.name, old].find((name) => typeof name === 'string' && name.trim() !== '')
  return plainName(String(given ?? ''), upload!.audio.extension, resource.media!.name)
}

/** The tenant whose row it will be, as far as its values tell; they are checked already. */
async function tenantOf(
  db: Connection,
  { model, resource }: Compiled,
  valid: Valid,
  before: Row | null,
): Promise<string | null> {
  const [step, ...rest] = resource.tenant!.split('__')
  const value = valid.values.has(step!) ? valid.values.get(step!) : (before as Record<string, unknown> | null)?.[step!]
  if (value === null || value === undefined || rest.length === 0) return (value ?? null) as string | null
  const hop = model.hops.get(step!)!
  const other = modelOf(hop.model)
  const sql = new Sql()
  const text = `SELECT ${pathSql(other, 't', rest)} FROM ${identifier(other.table)} t WHERE t.${identifier(hop.remote)} = ${sql.param(value)}`
  const [row] = await db.run(sql.statement(text))
  return (row?.[0] ?? null) as string | null
}
