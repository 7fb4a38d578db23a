/** What the steps of a write share: who writes, and what a step leaves for the next. */
import type pg from 'pg'
import type { MediaStore } from '../../media/store.ts'
import type { Caller, Right } from '../caller.ts'
import { type Connection, databaseOn, inTransaction } from '../database.ts'
import { preconditionFailed, ValidationError } from '../errors.ts'
import { removeLeft } from '../left-files.ts'
import type { Row } from '../model/model.ts'
import { absence } from '../read/absence.ts'
import { rowsFor, viewFor, withId } from '../read/plan.ts'
import { addError } from '../read/query.ts'
import { type RowResult, runRow } from '../read/read.ts'
import type { Compiled } from '../registry.ts'
import type { WriteContext } from '../resource.ts'
import type { Services } from '../services.ts'
import { checkRelations } from './relations.ts'
import type { lockStatement } from './statements.ts'
import { Transaction } from './transaction.ts'
import type { Valid } from './validate.ts'

export interface Writer {
  readonly pool: pg.Pool
  readonly caller: Caller
  readonly services: Services
  readonly media: MediaStore
  /** The URL of `/api/`, for the row that is given back. */
  readonly apiUrl: string
  /** Where the request came from, for the audit log. */
  readonly address: string
  /** What else belongs into the transaction of a write, at its end. */
  readonly beforeCommit?: BeforeCommit | undefined
}

export type BeforeCommit = (db: Connection) => Promise<void>

/** The row as the caller sees it. */
export interface Written extends RowResult {
  readonly id: string
}

/** Whether the row with this tag is the one that a write is meant for. */
export type Expectation = (tag: string) => boolean

/** A row that is written but not yet committed: what `after` is told of, and what the answer is. */
export interface Step extends Written {
  readonly row: Row
}

/** What was read of a body, kept for when the database refuses it. */
export interface Attempt {
  valid?: Valid
}

/** Runs the work of a write in its transaction. */
export const writing = <T>({ pool, beforeCommit }: Writer, work: (db: Connection) => Promise<T>): Promise<T> =>
  inTransaction(pool, async (db) => {
    const result = await work(db)
    await beforeCommit?.(db)
    return result
  })

/** The row in the right's scope; one that can be seen but not touched is a 403, any other a 404. */
export async function found(
  db: Connection,
  compiled: Compiled,
  caller: Caller,
  id: string,
  right: Right,
  statement: typeof lockStatement,
): Promise<Row> {
  const [row] = await db.run(statement(compiled, [...withId(compiled, id), ...rowsFor(compiled, caller, right)]))
  if (row) return JSON.parse(row[0] as string) as Row
  throw await absence(db, compiled, caller, id)
}

/**
 * The row as the caller sees it, if the right it was written by reaches it still: a write that takes a row out of reach,
 * or makes one there, is undone.
 */
export async function readBack(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  id: string,
  right: 'create' | 'update' | 'delete',
): Promise<RowResult> {
  const view = viewFor(compiled, writer.caller, right)
  const where = [...withId(compiled, id), ...rowsFor(compiled, writer.caller, right)]
  const row = await runRow(db, { compiled, view, select: 'all', where }, writer.apiUrl)
  if (row === undefined) throw await absence(db, compiled, writer.caller, id)
  return row
}

/** Refuses a write that is not meant for the row as it is; to be asked when the row is locked. */
export async function checkExpected(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  id: string,
  right: 'update' | 'delete',
  expected: Expectation | undefined,
): Promise<void> {
  if (!expected) return
  const { tag } = await readBack(db, writer, compiled, id, right)
  if (!expected(tag!)) throw preconditionFailed()
}

/** Asks the definition for its own reasons to refuse a write; they join the other errors. */
export function refuse(compiled: Compiled, caller: Caller, valid: Valid, before: Row | null): void {
  const values = Object.fromEntries(valid.values) as Partial<Row>
  const errors = compiled.resource.refuse?.({ values, inputs: Object.fromEntries(valid.inputs), before, caller })
  for (const [name, sentences] of Object.entries(errors ?? {})) {
    for (const sentence of sentences) addError(valid.errors, name, sentence)
  }
}

/** Relations out of scope join the other errors; with any error at all, every relation is looked up. */
export async function settleErrors(db: Connection, compiled: Compiled, caller: Caller, valid: Valid): Promise<void> {
  const wrong = () => Object.keys(valid.errors).length > 0
  await checkRelations(db, compiled, caller, valid, { scopedOnly: !wrong() })
  if (wrong()) throw new ValidationError(inFieldOrder(compiled, valid.errors))
}

/** The errors of fields in the order of the fields, then those of others. */
export const inFieldOrder = (compiled: Compiled, errors: Record<string, string[]>) => {
  const known = [...compiled.fields.keys()].filter((name) => Object.hasOwn(errors, name))
  return Object.fromEntries([...known, ...Object.keys(errors)].map((name) => [name, errors[name]!]))
}

/** What hooks get. */
export function writeContext(writer: Writer, db: Connection, inputs: ReadonlyMap<string, unknown>): WriteContext {
  return {
    tx: new Transaction(db, writer.caller.username),
    caller: writer.caller,
    services: writer.services,
    inputs: Object.fromEntries(inputs),
  }
}

/** Tells the world, after the commit; the file that the row had before is gone with it. */
export async function announce(writer: Writer, compiled: Compiled, row: Row): Promise<void> {
  // One that cannot be removed now is tried again by a chore, which tells why.
  if (compiled.resource.media) await removeLeft(databaseOn(writer.pool), writer.media).catch(() => 0)
  const { services, caller } = writer
  await compiled.resource.after?.write?.(row, { services, caller })
}
