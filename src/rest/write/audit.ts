/** The audit log: each write, in its own transaction, with who made it and what it changed. Secrets are ***. */
import type { Connection } from '../database.ts'
import { type Column, type Model, modelOf, type Row } from '../model/model.ts'
import type { Compiled } from '../registry.ts'
import { identifier, Sql } from '../sql.ts'
import type { Valid } from './validate.ts'
import type { Writer } from './writer.ts'

export const AUDIT_MODEL = 'AuditLog'
const MASK = '***'
/** Longer text is cut: the log tells what changed, it is no copy of everything. */
const LONGEST_TEXT = 4000
/** Set by each write; they say nothing that the log does not. */
const SAID_ALREADY = new Set(['id', 'created', 'updated', 'updated_by', 'synchronised', 'stored_as'])

type Values = Record<string, unknown>

/** Records rows that were created in this transaction. */
export async function recordCreated(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  created: readonly { readonly row: Row; readonly valid: Valid }[],
): Promise<void> {
  const entries = created.map(({ row, valid }) => ({
    id: keyOf(compiled, row),
    changes: { ...valuesOf(compiled, row), ...inputsOf(compiled, valid) },
  }))
  await insert(db, writer, compiled, 'create', entries, (_sql, id) => tenantSql(compiled, id))
}

/** Records what an update changed; one that changed nothing is none. */
export async function recordUpdated(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  { before, row, valid }: { before: Row; row: Row; valid: Valid },
): Promise<void> {
  const [was, is] = [before as Values, row as Values]
  const changed = [...compiled.model.columns.values()].filter(
    ({ name }) => !SAID_ALREADY.has(name) && JSON.stringify(was[name]) !== JSON.stringify(is[name]),
  )
  const columns = changed.map((column) => [
    column.name,
    [told(column, was[column.name]), told(column, is[column.name])],
  ])
  const changes = { ...Object.fromEntries(columns), ...inputsOf(compiled, valid) }
  if (Object.keys(changes).length === 0) return
  const entry = { id: keyOf(compiled, row), changes }
  await insert(db, writer, compiled, 'update', [entry], (_sql, id) => tenantSql(compiled, id))
}

/** To be asked before a row is deleted, while it can be told whose it is; what it gives records the row. */
export async function recordDeleted(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  id: string,
): Promise<(row: Row) => Promise<void>> {
  const tenant = await tenantOf(db, compiled, id)
  return async (row) => {
    const entry = { id, changes: valuesOf(compiled, row) }
    await insert(db, writer, compiled, 'delete', [entry], (sql) => `${sql.param(tenant)}::uuid`)
  }
}

async function insert(
  db: Connection,
  { caller, address }: Writer,
  compiled: Compiled,
  action: string,
  entries: readonly { readonly id: string; readonly changes: Values }[],
  tenant: (sql: Sql, id: string) => string,
): Promise<void> {
  const sql = new Sql()
  const json = JSON.stringify(entries.map(({ id, changes }) => ({ row_id: id, changes })))
  const who = [caller.userId, caller.username, address, action, compiled.resource.path].map((value) => sql.param(value))
  const table = identifier(modelOf(AUDIT_MODEL).table)
  await db.run(
    sql.statement(
      `INSERT INTO ${table} ("user_id", "username", "address", "action", "resource", "row_id", "changes", "domain_id") SELECT ${who[0]}::integer, ${who[1]}, ${who[2]}, ${who[3]}, ${who[4]}, e."row_id", e."changes", ${tenant(sql, 'e."row_id"')} FROM jsonb_to_recordset(${sql.param(json)}::jsonb) AS e("row_id" text, "changes" jsonb)`,
    ),
  )
}

/** SQL of the tenant of the row with this id, over the path that the definition names. */
function tenantSql({ model, resource }: Compiled, id: string): string {
  if (resource.tenant === undefined) return 'NULL::uuid'
  const key = model.primaryKey
  const value = pathSql(model, 't', resource.tenant.split('__'))
  return `(SELECT ${value} FROM ${identifier(model.table)} t WHERE t.${identifier(key.name)} = ${id}::${key.sqlType})`
}

/** SQL of what stands at the end of a path from the row `alias`. */
export function pathSql(model: Model, alias: string, [step, ...rest]: readonly string[]): string {
  if (rest.length === 0) return `${alias}.${identifier(step!)}`
  const hop = model.hops.get(step!)!
  const other = modelOf(hop.model)
  const inner = `${alias}_`
  return `(SELECT ${pathSql(other, inner, rest)} FROM ${identifier(other.table)} ${inner} WHERE ${inner}.${identifier(hop.remote)} = ${alias}.${identifier(hop.local)})`
}

async function tenantOf(db: Connection, compiled: Compiled, id: string): Promise<unknown> {
  if (compiled.resource.tenant === undefined) return null
  const sql = new Sql()
  const [row] = await db.run(sql.statement(`SELECT ${tenantSql(compiled, sql.param(id))}`))
  return row?.[0] ?? null
}

const keyOf = ({ model }: Compiled, row: Row) => String((row as Values)[model.primaryKey.name])

/** The values that a row has. */
function valuesOf({ model }: Compiled, row: Row): Values {
  const columns = [...model.columns.values()].filter(({ name }) => !SAID_ALREADY.has(name))
  const pairs = columns.map((column) => [column.name, told(column, (row as Values)[column.name])] as const)
  return Object.fromEntries(pairs.filter(([, value]) => value !== null && value !== ''))
}

/** What was sent beyond columns of the row. */
function inputsOf({ fields, resource }: Compiled, valid: Valid): Values {
  const pairs = [...valid.inputs].map(([name, value]) => {
    const column = fields.get(name)?.kind === 'borrowed' ? fields.get(name)!.column : undefined
    if (column) return [name, told(column, value)]
    return [name, resource.inputs?.[name]?.logged ? value : MASK]
  })
  return Object.fromEntries(pairs) as Values
}

function told(column: Column, value: unknown): unknown {
  if (value === null || value === undefined) return null
  if (column.secret) return MASK
  if (column.type === 'bytes') return MASK
  return typeof value === 'string' && value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value
}
