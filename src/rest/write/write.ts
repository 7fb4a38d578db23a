/**
 * Writes: validate → in one transaction relations through the caller's scope, the row, what hangs on it, read back →
 * commit → announce. A refusal by the database becomes errors of fields.
 */
import type pg from 'pg'
import type { Caller, Right } from '../caller.ts'
import { type Connection, connection, inTransaction } from '../database.ts'
import { forbidden, ValidationError } from '../errors.ts'
import type { Row } from '../model/model.ts'
import { absence } from '../read/absence.ts'
import { rowsFor, viewFor, withId } from '../read/plan.ts'
import { addError } from '../read/query.ts'
import { runRow } from '../read/read.ts'
import { shapeOf } from '../read/shape.ts'
import type { Compiled, View } from '../registry.ts'
import type { Services, WriteContext } from '../resource.ts'
import { explainRefusal, isConstraintError } from './constraints.ts'
import { checkRelations } from './relations.ts'
import { deleteStatement, insertStatement, lockStatement, updateStatement } from './statements.ts'
import { auditName, Transaction } from './transaction.ts'
import { type BodyInput, type Mode, type Valid, validate } from './validate.ts'

export interface Writer {
  readonly pool: pg.Pool
  readonly caller: Caller
  readonly services: Services
  /** The URL of `/api/`, for the row that is given back. */
  readonly apiUrl: string
}

export interface Written {
  readonly id: string
  /** The row as the caller sees it, a JSON object. */
  readonly json: string
}

/** Creates a row. */
export async function create(writer: Writer, compiled: Compiled, input: BodyInput): Promise<Written> {
  const { caller, pool } = writer
  const { resource } = compiled
  const view = viewFor(compiled, caller, 'create')
  const valid = validate(compiled, view, caller, input, 'create')
  refuse(compiled, caller, valid, null)
  await settleErrors(connection(pool), compiled, caller, valid)
  addCreated(compiled, caller, valid)
  const forHooks = (resource.within?.create ?? resource.after?.write) !== undefined
  const lookAgain = needsSecondLook(compiled, caller)
  const shape = lookAgain ? undefined : shapeOf(compiled, view, 'all')
  const statement = insertStatement(compiled, valid.values, shape, forHooks)
  const insert = async (db: Connection): Promise<Inserted> => {
    const [texts = []] = await db.runText(statement)
    const row = forHooks ? (JSON.parse(texts.at(-1)!) as Row) : undefined
    return { id: texts[0]!, row, json: shape?.json(texts, writer.apiUrl) ?? '' }
  }
  return explained(writer, compiled, valid, undefined, async () => {
    // A row that nothing hangs on and that needs no second look is one statement, a transaction of its own.
    if (!resource.within?.create && !lookAgain) return announced(writer, compiled, await insert(connection(pool)))
    const inserted = await inTransaction(pool, async (db) => {
      const made = await insert(db)
      await resource.within?.create?.(made.row!, writeContext(writer, db, valid))
      return lookAgain ? { ...made, json: await readBack(db, writer, compiled, made.id, 'create') } : made
    })
    return announced(writer, compiled, inserted)
  })
}

interface Inserted extends Written {
  /** The whole row, where hooks want it. */
  readonly row: Row | undefined
}

/** Replaces (PUT) or updates (PATCH) a row: what is not sent stays as it is. */
export async function update(
  writer: Writer,
  compiled: Compiled,
  id: string,
  input: BodyInput,
  mode: Exclude<Mode, 'create'>,
): Promise<Written> {
  const { caller } = writer
  const { resource } = compiled
  const view = viewFor(compiled, caller, 'update')
  let valid: Valid = { values: new Map(), inputs: new Map(), errors: {} }
  const attempt = () =>
    inTransaction(writer.pool, async (db) => {
      const before = await found(db, compiled, caller, id, 'update', lockStatement)
      valid = validate(compiled, view, caller, input, mode)
      refuseChanges(view, valid, await asSeen(db, writer, compiled, id, view, valid, before))
      refuse(compiled, caller, valid, before)
      await settleErrors(db, compiled, caller, valid)
      if (compiled.model.columns.has('updated_by')) valid.values.set('updated_by', auditName(caller.username))
      const [[json] = []] =
        valid.values.size > 0 ? await db.run(updateStatement(compiled, id, valid.values)) : [[before]]
      const row = typeof json === 'string' ? (JSON.parse(json) as Row) : before
      await resource.within?.update?.(row, before, writeContext(writer, db, valid))
      return { id, row, json: await readBack(db, writer, compiled, id, 'update') }
    })
  return explained(
    writer,
    compiled,
    () => valid,
    id,
    async () => announced(writer, compiled, await attempt()),
  )
}

/** Deletes a row and, as the schema says, what hangs on it. */
export async function remove(writer: Writer, compiled: Compiled, id: string): Promise<void> {
  const { caller } = writer
  const { resource } = compiled
  viewFor(compiled, caller, 'delete')
  const row = await inTransaction(writer.pool, async (db) => {
    if (resource.refuse) {
      const before = await found(db, compiled, caller, id, 'delete', lockStatement)
      const errors = resource.refuse({ values: null, inputs: {}, before, caller })
      if (errors) throw new ValidationError(errors)
    }
    const deleted = await found(db, compiled, caller, id, 'delete', deleteStatement)
    const none: Valid = { values: new Map(), inputs: new Map(), errors: {} }
    await resource.within?.delete?.(deleted, writeContext(writer, db, none))
    return deleted
  })
  await resource.after?.write?.(row, { services: writer.services, caller })
}

/** The row in the right's scope; one that can be seen but not touched is a 403, any other a 404. */
async function found(
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

/** A role that may change some fields only may send the others with the value they have. */
function refuseChanges(view: View, valid: Valid, before: Row): void {
  const { changes, reserved } = view.access
  if (!changes && !reserved) return
  for (const [name, value] of [...valid.values, ...valid.inputs]) {
    if (changes?.includes(name) ?? !reserved?.includes(name)) continue
    const known = view.shown.has(name) && sameValue((before as Record<string, unknown>)[name], value)
    if (!known && reserved?.includes(name)) throw forbidden()
    if (!known) addError(valid.errors, name, 'You may not change this field.')
    valid.values.delete(name)
    valid.inputs.delete(name)
  }
}

/** The row with what the caller sees beyond its columns, where that was sent and is not the caller's to change. */
async function asSeen(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  id: string,
  view: View,
  valid: Valid,
  before: Row,
): Promise<Row> {
  const { changes } = view.access
  if (!changes || ![...valid.inputs.keys()].some((name) => !changes.includes(name))) return before
  return { ...(JSON.parse(await readBack(db, writer, compiled, id, 'update')) as Row), ...before }
}

function sameValue(before: unknown, value: unknown): boolean {
  if (before === value) return true
  if (before === null || before === undefined || value === null) return false
  if (Array.isArray(before) && Array.isArray(value)) return sameRows(before as object[], value)
  return String(before) === String(value)
}

/** Nested rows are sent by any of their values: an id, a name. */
function sameRows(before: readonly object[], named: readonly unknown[]): boolean {
  const isNamed = (row: object) => named.some((name) => Object.values(row).map(String).includes(String(name)))
  return before.length === named.length && before.every(isNamed)
}

function refuse(compiled: Compiled, caller: Caller, valid: Valid, before: Row | null): void {
  const values = Object.fromEntries(valid.values) as Partial<Row>
  const errors = compiled.resource.refuse?.({ values, inputs: Object.fromEntries(valid.inputs), before, caller })
  for (const [name, sentences] of Object.entries(errors ?? {})) {
    for (const sentence of sentences) addError(valid.errors, name, sentence)
  }
}

/** Relations out of scope join the other errors; with any error at all, every relation is looked up. */
async function settleErrors(db: Connection, compiled: Compiled, caller: Caller, valid: Valid): Promise<void> {
  const wrong = () => Object.keys(valid.errors).length > 0
  await checkRelations(db, compiled, caller, valid, { scopedOnly: !wrong() })
  if (wrong()) throw new ValidationError(inFieldOrder(compiled, valid.errors))
}

const inFieldOrder = (compiled: Compiled, errors: Record<string, string[]>) => {
  const known = [...compiled.fields.keys()].filter((name) => Object.hasOwn(errors, name))
  return Object.fromEntries([...known, ...Object.keys(errors)].map((name) => [name, errors[name]!]))
}

function addCreated(compiled: Compiled, caller: Caller, valid: Valid): void {
  const { resource, model } = compiled
  for (const [name, value] of Object.entries(resource.where ?? {})) valid.values.set(name, value)
  for (const [name, make] of Object.entries(resource.defaults ?? {})) {
    if (!valid.values.has(name)) valid.values.set(name, make())
  }
  if (model.columns.has('updated_by')) valid.values.set('updated_by', auditName(caller.username))
}

/** Whether what was written must be read again: through the scope, or because hooks write what it shows. */
function needsSecondLook(compiled: Compiled, caller: Caller): boolean {
  const { nested, borrowed } = compiled.resource
  return nested !== undefined || borrowed !== undefined || rowsFor(compiled, caller, 'create').length > 0
}

/**
 * The row as the caller sees it, if the right it was written by reaches it still: a write that takes a row out of reach,
 * or makes one there, is undone.
 */
async function readBack(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  id: string,
  right: 'create' | 'update',
): Promise<string> {
  const view = viewFor(compiled, writer.caller, right)
  const where = [...withId(compiled, id), ...rowsFor(compiled, writer.caller, right)]
  const json = await runRow(db, { compiled, view, select: 'all', where }, writer.apiUrl)
  if (json === undefined) throw await absence(db, compiled, writer.caller, id)
  return json
}

function writeContext(writer: Writer, db: Connection, valid: Valid): WriteContext {
  return {
    tx: new Transaction(db, writer.caller.username),
    caller: writer.caller,
    services: writer.services,
    inputs: Object.fromEntries(valid.inputs),
  }
}

async function announced(writer: Writer, compiled: Compiled, { id, row, json }: Inserted): Promise<Written> {
  const { services, caller } = writer
  await compiled.resource.after?.write?.(row!, { services, caller })
  return { id, json }
}

async function explained<T>(
  writer: Writer,
  compiled: Compiled,
  valid: Valid | (() => Valid),
  id: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isConstraintError(error)) throw error
    const values = typeof valid === 'function' ? valid() : valid
    throw await explainRefusal(connection(writer.pool), compiled, writer.caller, values, id, error)
  }
}
