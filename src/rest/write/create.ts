/** The creation of rows inside a transaction: read, refused or inserted, with what hangs on them, read back. */
import type { Caller } from '../caller.ts'
import type { Connection } from '../database.ts'
import type { Row } from '../model/model.ts'
import { rowsFor, viewFor } from '../read/plan.ts'
import { shapeOf } from '../read/shape.ts'
import type { Compiled } from '../registry.ts'
import { recordCreated } from './audit.ts'
import { keepFile, withFile } from './media.ts'
import { withIds } from './named.ts'
import { insertStatement } from './statements.ts'
import { auditName } from './transaction.ts'
import { type BodyInput, type Valid, validate } from './validate.ts'
import { type Attempt, readBack, refuse, type Step, settleErrors, type Writer, writeContext } from './writer.ts'

/** Creates a row. `attempt` keeps what was read of the body, for {@link explainRefusal}. */
export async function createIn(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  input: BodyInput,
  attempt: Attempt,
): Promise<Step> {
  const { resource } = compiled
  const view = viewFor(compiled, writer.caller, 'create')
  const valid = await readCreated(db, writer, compiled, withFile(writer, compiled, input, 'create'))
  attempt.valid = valid
  await keepFile(db, compiled, input, valid, null)
  const lookAgain = needsSecondLook(compiled, writer.caller)
  const shape = lookAgain ? undefined : shapeOf(compiled, view, 'all')
  const [texts = []] = await db.runText(insertStatement(compiled, [valid.values], shape))
  const id = texts[0]!
  const row = JSON.parse(texts.at(-1)!) as Row
  const context = writeContext(writer, db, valid.inputs)
  await resource.within?.create?.(row, context)
  await resource.within?.createAll?.([{ row, inputs: context.inputs }], context)
  await recordCreated(db, writer, compiled, [{ row, valid }])
  const seen = shape
    ? { json: shape.json(texts, writer.apiUrl), tag: shape.tag(texts) }
    : await readBack(db, writer, compiled, id, 'create')
  return { id, row, ...seen }
}

/** What a body says of a new row, or a validation error with everything that is wrong with it. */
export async function readCreated(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  input: BodyInput,
): Promise<Valid> {
  const { caller } = writer
  const view = viewFor(compiled, caller, 'create')
  const named = await withIds(db, compiled, caller, input)
  const valid = validate(compiled, view, caller, named.input, 'create')
  named.addErrors(valid.errors)
  refuse(compiled, caller, valid, null)
  await settleErrors(db, compiled, caller, valid)
  addCreated(compiled, caller, valid)
  return valid
}

/** Adds what the server sets in a new row. */
export function addCreated(compiled: Compiled, caller: Caller, valid: Valid): void {
  const { resource, model } = compiled
  for (const [name, value] of Object.entries(resource.where ?? {})) valid.values.set(name, value)
  for (const [name, make] of Object.entries(resource.defaults ?? {})) {
    if (!valid.values.has(name)) valid.values.set(name, make())
  }
  if (model.columns.has('updated_by')) valid.values.set('updated_by', auditName(caller.username))
}

/** Whether what was written must be read again: through the scope, or because hooks write what it shows. */
export function needsSecondLook(compiled: Compiled, caller: Caller): boolean {
  const { nested, borrowed, aliases, within } = compiled.resource
  if (nested ?? borrowed ?? aliases ?? within?.create) return true
  return rowsFor(compiled, caller, 'create').length > 0
}
