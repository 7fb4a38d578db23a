/** The creation of many rows inside a transaction: a few statements for all of them. */
import { randomUUID } from 'node:crypto'
import type { Connection } from '../database.ts'
import type { Model, Row } from '../model/model.ts'
import { viewFor } from '../read/plan.ts'
import type { Compiled } from '../registry.ts'
import { identifier, Sql } from '../sql.ts'
import { recordCreated } from './audit.ts'
import { explainRefusal, isConstraintError } from './constraints.ts'
import { addCreated } from './create.ts'
import { type KnownNames, withIds } from './named.ts'
import { batchesOf, divided, type Outcome, type Refused, refusedBy } from './outcomes.ts'
import { readBackMany } from './read-back-many.ts'
import { checkAllRelations } from './relations.ts'
import { byColumns, insertManyStatement, type Values } from './statements-of-many.ts'
import { type BodyInput, type Valid, validate } from './validate.ts'
import { inFieldOrder, refuse, type Step, type Writer, writeContext } from './writer.ts'

/** Creates what can be created, in order; what cannot is told. Whether any of it stays is the caller's to say. */
export async function createManyIn(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  inputs: readonly BodyInput[],
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const batch of batchesOf(inputs)) {
    const read = await readMany(db, writer, compiled, batch)
    const valids = read.filter((one) => 'values' in one)
    const written = valids.length > 0 ? await writeMany(db, writer, compiled, valids) : []
    const rest = written.values()
    for (const one of read) outcomes.push('values' in one ? rest.next().value! : { refused: one })
  }
  return outcomes
}

/** What bodies say of new rows, each or why it cannot be one. */
async function readMany(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  inputs: readonly BodyInput[],
): Promise<(Valid | Refused)[]> {
  const { caller } = writer
  const view = viewFor(compiled, caller, 'create')
  const known: KnownNames = new Map()
  const read: (Valid | Refused)[] = []
  for (const input of inputs) {
    const named = await withIds(db, compiled, caller, input, known)
    try {
      const valid = validate(compiled, view, caller, named.input, 'create')
      named.addErrors(valid.errors)
      refuse(compiled, caller, valid, null)
      read.push(valid)
    } catch (error) {
      read.push(refusedBy(error))
    }
  }
  await checkAllRelations(
    db,
    compiled,
    caller,
    read.filter((one) => 'values' in one),
  )
  return read.map((one) => {
    if (!('values' in one)) return one
    if (Object.keys(one.errors).length > 0) return { status: 400, errors: inFieldOrder(compiled, one.errors) }
    addCreated(compiled, caller, one)
    return one
  })
}

const writeMany = (db: Connection, writer: Writer, compiled: Compiled, valids: readonly Valid[]) =>
  divided(
    db,
    valids,
    async (some) => (await insertMany(db, writer, compiled, some)).map((step) => ({ step })),
    async (valid, error) =>
      isConstraintError(error) ? explainRefusal(db, compiled, writer.caller, valid, undefined, error) : error,
  )

async function insertMany(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  valids: readonly Valid[],
): Promise<Step[]> {
  const { model, resource } = compiled
  // Known beforehand, keys tell which row was made of what: rows come back in any order.
  const ids = await newKeys(db, model, valids.length)
  const rows = new Map<string, Row>()
  const values = valids.map(
    (valid, at) => new Map<string, unknown>([...valid.values, [model.primaryKey.name, ids[at]]]),
  )
  const contexts = valids.map((valid) => writeContext(writer, db, valid.inputs))
  const insert = async (group: readonly Values[]) => {
    const made = await db.runText(insertManyStatement(compiled, group))
    for (const [id, json] of made) rows.set(id!, JSON.parse(json!) as Row)
  }
  const hook = resource.within?.create
  if (!hook) for (const group of byColumns(values)) await insert(group)
  // A hook for one row may look at the others, and must not find those that come after it.
  for (const [at, one] of hook ? values.entries() : []) {
    await insert([one])
    await hook!(rows.get(ids[at]!)!, contexts[at]!)
  }
  const created = valids.map((valid, at) => ({ row: rows.get(ids[at]!)!, valid, inputs: contexts[at]!.inputs }))
  await resource.within?.createAll?.(created, writeContext(writer, db, new Map()))
  await recordCreated(db, writer, compiled, created)
  const seen = await readBackMany(db, writer, compiled, ids, 'create')
  return created.map(({ row }, at) => ({ id: ids[at]!, row, json: seen[at]!, tag: undefined }))
}

async function newKeys(db: Connection, model: Model, count: number): Promise<string[]> {
  const key = model.primaryKey
  if (key.type === 'uuid') return Array.from({ length: count }, () => randomUUID())
  const sql = new Sql()
  const sequence = `pg_get_serial_sequence(${sql.param(identifier(model.table))}, ${sql.param(key.name)})`
  const text = `SELECT nextval(${sequence}) FROM generate_series(1, ${sql.param(count)}::integer)`
  return (await db.run(sql.statement(text))).map(([id]) => String(id))
}
