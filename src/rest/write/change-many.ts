/** Changes and deletion of many rows inside a transaction: a few statements for all of them. */
import type { Connection } from '../database.ts'
import type { Row } from '../model/model.ts'
import { absence } from '../read/absence.ts'
import { rowsFor, viewFor } from '../read/plan.ts'
import type { Compiled } from '../registry.ts'
import { type Changed, recordDeleted, recordUpdated } from './audit.ts'
import { explainRefusal, isConstraintError } from './constraints.ts'
import { type KnownNames, withIds } from './named.ts'
import { batchesOf, divided, type Outcome, type Refused, refusedBy } from './outcomes.ts'
import { readBackMany } from './read-back-many.ts'
import { checkAllRelations } from './relations.ts'
import { byColumns, deleteManyStatement, lockManyStatement, updateManyStatement } from './statements-of-many.ts'
import { auditName } from './transaction.ts'
import { asSeen, refuseChanges } from './update.ts'
import { type BodyInput, type Valid, validate } from './validate.ts'
import { inFieldOrder, refuse, type Writer, writeContext } from './writer.ts'

/** What is to become of a row. */
export interface Change {
  readonly id: string
  readonly input: BodyInput
}

/** Changes what can be changed, in order; what cannot is told. */
export async function changeManyIn(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  changes: readonly Change[],
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  // A hook may change the rows that come after it: they are read when it has.
  const most = changes.some(({ input }) => isHooked(compiled, input)) ? 1 : undefined
  for (const batch of batchesOf(changes, ({ id }) => id, most)) {
    const valids = new Map<Change, Valid>()
    const done = await divided(
      db,
      batch,
      (some) => changeTogether(db, writer, compiled, some, valids),
      async (change, error) => {
        if (!isConstraintError(error)) return error
        return explainRefusal(db, compiled, writer.caller, valids.get(change)!, change.id, error)
      },
    )
    outcomes.push(...done)
  }
  return outcomes
}

/** Whether the resource's hook has something to do with what was sent. */
function isHooked({ resource }: Compiled, { body }: BodyInput): boolean {
  const { update, updateOf } = resource.within ?? {}
  if (!update || !updateOf) return update !== undefined
  return typeof body === 'object' && body !== null && updateOf.some((name) => Object.hasOwn(body, name))
}

/** Deletes what can be deleted, in order; what cannot is told. */
export async function removeManyIn(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  ids: readonly string[],
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const batch of batchesOf(ids, (id) => id)) {
    const together = (some: readonly string[]) => removeTogether(db, writer, compiled, some)
    outcomes.push(...(await divided(db, batch, together, async (_id, error) => error)))
  }
  return outcomes
}

async function changeTogether(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  changes: readonly Change[],
  valids: Map<Change, Valid>,
): Promise<Outcome[]> {
  const { caller } = writer
  const { model, resource } = compiled
  const befores = await lockRows(db, writer, compiled, changes, 'update')
  const known: KnownNames = new Map()
  const refused = new Map<Change, Refused>()
  for (const change of changes) {
    const before = befores.get(change.id)
    try {
      if (!before) throw await absence(db, compiled, caller, change.id)
      valids.set(change, await readChange(db, writer, compiled, change, before, known))
    } catch (error) {
      refused.set(change, refusedBy(error, 'id'))
    }
  }
  const read = changes.filter((change) => !refused.has(change))
  await checkAllRelations(
    db,
    compiled,
    caller,
    read.map((change) => valids.get(change)!),
  )
  for (const change of read) {
    const { errors } = valids.get(change)!
    if (Object.keys(errors).length > 0) refused.set(change, { status: 400, errors: inFieldOrder(compiled, errors) })
  }
  const fine = read.filter((change) => !refused.has(change))
  const rows = new Map(befores)
  const values = fine.map((change) => {
    const { values: sent } = valids.get(change)!
    if (model.columns.has('updated_by')) sent.set('updated_by', auditName(caller.username))
    return new Map([[model.primaryKey.name, change.id as unknown], ...sent])
  })
  for (const group of byColumns(values)) {
    if (group[0]!.size === 1) continue // only values of hooks were sent
    const changed = await db.runText(updateManyStatement(compiled, group))
    for (const [id, json] of changed) rows.set(id!, JSON.parse(json!) as Row)
  }
  const written = fine.map((change): Changed & Change => {
    return { ...change, before: befores.get(change.id)!, row: rows.get(change.id)!, valid: valids.get(change)! }
  })
  for (const { row, before, valid } of written) {
    await resource.within?.update?.(row, before, writeContext(writer, db, valid.inputs))
  }
  await recordUpdated(db, writer, compiled, written)
  const ids = written.map(({ id }) => id)
  const seen = ids.length > 0 ? await readBackMany(db, writer, compiled, ids, 'update') : []
  const rest = written.map(({ id, row }, at) => ({ step: { id, row, json: seen[at]!, tag: undefined } })).values()
  return changes.map((change) => (refused.has(change) ? { refused: refused.get(change)! } : rest.next().value!))
}

async function readChange(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  { id, input }: Change,
  before: Row,
  known: KnownNames,
): Promise<Valid> {
  const { caller } = writer
  const view = viewFor(compiled, caller, 'update')
  const named = await withIds(db, compiled, caller, input, known)
  const valid = validate(compiled, view, caller, named.input, 'update')
  named.addErrors(valid.errors)
  refuseChanges(view, valid, await asSeen(db, writer, compiled, id, view, valid, before))
  refuse(compiled, caller, valid, before)
  return valid
}

async function removeTogether(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  ids: readonly string[],
): Promise<Outcome[]> {
  const { caller } = writer
  const { model, resource } = compiled
  const items = ids.map((id) => ({ id }))
  const rows = await lockRows(db, writer, compiled, items, 'delete')
  const refused = new Map<string, Refused>()
  for (const id of ids) {
    const before = rows.get(id)
    if (!before) {
      refused.set(id, refusedBy(await absence(db, compiled, caller, id), 'id'))
      continue
    }
    const errors = resource.refuse?.({ values: null, inputs: {}, before, caller })
    if (errors) refused.set(id, { status: 400, errors })
  }
  const fine = ids.filter((id) => !refused.has(id))
  if (fine.length > 0) {
    const record = await recordDeleted(db, writer, compiled, fine)
    await db.runText(deleteManyStatement(compiled, [{ path: model.primaryKey.name, lookup: 'in', value: fine }]))
    const gone = fine.map((id) => rows.get(id)!)
    for (const row of gone) await resource.within?.delete?.(row, writeContext(writer, db, new Map()))
    await record(gone)
  }
  return ids.map((id) => {
    const why = refused.get(id)
    return why ? { refused: why } : { step: { id, row: rows.get(id)!, json: '', tag: undefined } }
  })
}

/** The rows that the right reaches, by id, held against change. */
async function lockRows(
  db: Connection,
  { caller }: Writer,
  compiled: Compiled,
  items: readonly { readonly id: string }[],
  right: 'update' | 'delete',
): Promise<Map<string, Row>> {
  const path = compiled.model.primaryKey.name
  const where = [{ path, lookup: 'in' as const, value: items.map(({ id }) => id) }, ...rowsFor(compiled, caller, right)]
  const found = await db.runText(lockManyStatement(compiled, where))
  return new Map(found.map(([id, json]) => [id!, JSON.parse(json!) as Row]))
}
