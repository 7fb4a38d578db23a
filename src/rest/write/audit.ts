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
  await insert(db, writer, compiled, 'create', entries)
}

/** A row that was changed, and by what. */
export interface Changed {
  readonly before: Row
  readonly row: Row
  readonly valid: Valid
}

/** Records what updates changed; one that changed nothing is none. */
export async function recordUpdated(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  updated: readonly Changed[],
): Promise<void> {
  const entries = updated.flatMap((one) => {
    const changes = changesOf(compiled, one)
    return Object.keys(changes).length === 0 ? [] : [{ id: keyOf(compiled, one.row), changes }]
  })
  if (entries.length > 0) await insert(db, writer, compiled, 'update', entries)
}

function changesOf(compiled: Compiled, { before, row, valid }: Changed): Values {
  const [was, is] = [before as Values, row as Values]
  const changed = [...compiled.model.columns.values()].filter(
    ({ name }) => !SAID_ALREADY.has(name) && JSON.stringify(was[name]) !== JSON.stringify(is[name]),
  )
  const columns = changed.map((column) => [
    column.name,
    [told(column, was[column.name]), told(column, is[column.name])],
  ])
  return { ...Object.fromEntries(columns), ...inputsOf(compiled, valid) } as Values
}

/** To be asked before rows are deleted, while it can be told whose they are; what it gives records them. */
export async function recordDeleted(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  ids: readonly string[],
): Promise<(rows: readonly Row[]) => Promise<void>> {
  const tenants = await tenantsOf(db, compiled, ids)
  return async (rows) => {
    const entries = rows.map((row) => {
      const id = keyOf(compiled, row)
      return { id, tenant: tenants.get(id) ?? null, changes: valuesOf(compiled, row) }
    })
    await insert(db, writer, compiled, 'delete', entries)
  }
}

interface Entry {
  readonly id: string
  /** Of a row that is gone; of any other it is looked up. */
  readonly tenant?: string | null
  readonly changes: Values
}

async function insert(
  db: Connection,
  { caller, address }: Writer,
  compiled: Compiled,
  action: string,
  entries: readonly Entry[],
): Promise<void> {
  const sql = new Sql()
  const json = JSON.stringify(entries.map(({ id, tenant, changes }) => ({ row_id: id, tenant, changes })))
  const tenant = action === 'delete' ? 'e."tenant"' : tenantSql(compiled, 'e."row_id"')
  const who = [caller.userId, caller.username, address, action, compiled.resource.path].map((value) => sql.param(value))
  const table = identifier(modelOf(AUDIT_MODEL).table)
  // Not when the transaction began: of two that wait for each other's row, the later change has the later time.
  await db.run(
    sql.statement(
      `INSERT INTO ${table} ("created", "user_id", "username", "address", "action", "resource", "row_id", "changes", "domain_id") SELECT clock_timestamp(), ${who[0]}::integer, ${who[1]}, ${who[2]}, ${who[3]}, ${who[4]}, e."row_id", e."changes", ${tenant} FROM jsonb_to_recordset(${sql.param(json)}::jsonb) AS e("row_id" text, "tenant" uuid, "changes" jsonb)`,
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

/** The tenants of rows by their ids. */
async function tenantsOf(
  db: Connection,
  compiled: Compiled,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  if (compiled.resource.tenant === undefined) return new Map()
  const sql = new Sql()
  const each = `unnest(${sql.param(ids)}::text[]) AS e("row_id")`
  const rows = await db.run(sql.statement(`SELECT e."row_id", ${tenantSql(compiled, 'e."row_id"')} FROM ${each}`))
  return new Map(rows as [string, string | null][])
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
