/** Changes and deletion of a row inside a transaction. */
import type { Connection } from '../database.ts'
import { forbidden, ValidationError } from '../errors.ts'
import type { Row } from '../model/model.ts'
import { viewFor } from '../read/plan.ts'
import { addError } from '../read/query.ts'
import type { Compiled, View } from '../registry.ts'
import { recordDeleted, recordUpdated } from './audit.ts'
import { keepFile, withFile } from './media.ts'
import { withIds } from './named.ts'
import { deleteStatement, lockStatement, updateStatement } from './statements.ts'
import { auditName } from './transaction.ts'
import { type BodyInput, type Mode, type Valid, validate } from './validate.ts'
import {
  type Attempt,
  checkExpected,
  type Expectation,
  found,
  readBack,
  refuse,
  type Step,
  settleErrors,
  type Writer,
  writeContext,
} from './writer.ts'

/** Replaces (PUT) or updates (PATCH) a row: what is not sent stays as it is. */
export async function updateIn(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  id: string,
  input: BodyInput,
  mode: Exclude<Mode, 'create'>,
  attempt: Attempt,
  expected?: Expectation,
): Promise<Step> {
  const { caller } = writer
  const view = viewFor(compiled, caller, 'update')
  const before = await found(db, compiled, caller, id, 'update', lockStatement)
  await checkExpected(db, writer, compiled, id, 'update', expected)
  const named = await withIds(db, compiled, caller, withFile(writer, compiled, input, mode))
  const valid = validate(compiled, view, caller, named.input, mode)
  attempt.valid = valid
  named.addErrors(valid.errors)
  refuseChanges(view, valid, await asSeen(db, writer, compiled, id, view, valid, before))
  refuse(compiled, caller, valid, before)
  await settleErrors(db, compiled, caller, valid)
  await keepFile(db, compiled, input, valid, before)
  const row = await changeRow(db, writer, compiled, before, valid)
  return { id, row, ...(await readBack(db, writer, compiled, id, 'update')) }
}

/** Sets columns to values that need no checking: an action's. */
export async function changeIn(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  id: string,
  values: Readonly<Record<string, unknown>>,
): Promise<Row> {
  const { caller } = writer
  const before = await found(db, compiled, caller, id, 'retrieve', lockStatement)
  const valid: Valid = { values: new Map(Object.entries(values)), inputs: new Map(), errors: {} }
  return changeRow(db, writer, compiled, before, valid)
}

/** Deletes a row and, as the schema says, what hangs on it. Gives what was deleted. */
export async function removeIn(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  id: string,
  expected?: Expectation,
): Promise<Row> {
  const { caller } = writer
  const { resource } = compiled
  viewFor(compiled, caller, 'delete')
  if (resource.refuse || expected) {
    const before = await found(db, compiled, caller, id, 'delete', lockStatement)
    await checkExpected(db, writer, compiled, id, 'delete', expected)
    const errors = resource.refuse?.({ values: null, inputs: {}, before, caller })
    if (errors) throw new ValidationError(errors)
  }
  const record = await recordDeleted(db, writer, compiled, [id])
  const row = await found(db, compiled, caller, id, 'delete', deleteStatement)
  await resource.within?.delete?.(row, writeContext(writer, db, new Map()))
  await record([row])
  return row
}

async function changeRow(db: Connection, writer: Writer, compiled: Compiled, before: Row, valid: Valid): Promise<Row> {
  const { model, resource } = compiled
  if (model.columns.has('updated_by')) valid.values.set('updated_by', auditName(writer.caller.username))
  const id = String((before as Record<string, unknown>)[model.primaryKey.name])
  const [[json] = []] = valid.values.size > 0 ? await db.run(updateStatement(compiled, id, valid.values)) : []
  const row = typeof json === 'string' ? (JSON.parse(json) as Row) : before
  await resource.within?.update?.(row, before, writeContext(writer, db, valid.inputs))
  await recordUpdated(db, writer, compiled, [{ before, row, valid }])
  return row
}

/** A role that may change some fields only may send the others with the value they have. */
export function refuseChanges(view: View, valid: Valid, before: Row): void {
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
export async function asSeen(
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
  const { json } = await readBack(db, writer, compiled, id, 'update')
  return { ...(JSON.parse(json) as Row), ...before }
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
