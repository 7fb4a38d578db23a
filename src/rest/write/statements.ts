/** The statements that write one row of a resource. */
import type { Predicate } from '../access.ts'
import type { Statement } from '../database.ts'
import { columnAt, modelOf } from '../model/model.ts'
import { selectSql } from '../read/selection.ts'
import { whereSql } from '../read/where.ts'
import type { Compiled, View } from '../registry.ts'
import { identifier, Sql } from '../sql.ts'

/**
 * Inserts a row; gives its key, the row as hooks get it (when wanted) and as the caller sees it, which is right as
 * long as no hook changes what it shows.
 */
export function insertStatement(
  compiled: Compiled,
  view: View,
  values: ReadonlyMap<string, unknown>,
  apiUrl: string,
  forHooks: boolean,
): Statement {
  const { model } = compiled
  const sql = new Sql()
  sql.param(apiUrl)
  const columns: string[] = []
  const expressions: string[] = []
  for (const [name, value] of values) {
    if (compiled.resource.fill?.[name]) continue
    columns.push(identifier(name))
    expressions.push(sql.param(value))
  }
  for (const [name, path] of Object.entries(compiled.resource.fill ?? {})) {
    columns.push(identifier(name))
    expressions.push(fillSql(compiled, sql, name, path, values))
  }
  const inserted = `INSERT INTO ${identifier(model.table)} (${columns.join(', ')}) VALUES (${expressions.join(', ')}) RETURNING *`
  const seen = `(SELECT row_to_json(r) FROM (SELECT ${selectSql(view, 'all')}) r)::text`
  const hooked = forHooks ? 'row_to_json(t)::text' : 'NULL'
  const key = identifier(model.primaryKey.name)
  return sql.statement(`WITH t AS (${inserted}) SELECT t.${key}, ${hooked}, ${seen}, $1::text IS NULL FROM t`)
}

/** The value sent, or where it is empty the one at the end of the path, cut to the column's length. */
function fillSql(
  compiled: Compiled,
  sql: Sql,
  name: string,
  path: string,
  values: ReadonlyMap<string, unknown>,
): string {
  const { model } = compiled
  const column = columnAt(model, name)
  const sent = values.get(name)
  if (sent !== undefined && sent !== null && sent !== '') return sql.param(sent)
  const [step, remote] = path.split('__') as [string, string]
  const hop = model.hops.get(step)!
  const key = values.get(hop.local) ?? null
  if (key === null) return sql.param(sent ?? null)
  const other = modelOf(hop.model)
  const cut =
    column.maxLength === undefined ? `o.${identifier(remote)}` : `left(o.${identifier(remote)}, ${column.maxLength})`
  const where = `o.${identifier(hop.remote)} = ${sql.param(key)}`
  return `(SELECT ${cut} FROM ${identifier(other.table)} o WHERE ${where})`
}

/** Locks the row these predicates find and gives it whole, for hooks and comparisons. */
export function lockStatement(compiled: Compiled, where: readonly Predicate[]): Statement {
  const { model } = compiled
  const sql = new Sql()
  const condition = whereSql(sql, model, 't', where)
  return sql.statement(
    `SELECT row_to_json(t)::text FROM ${identifier(model.table)} t WHERE ${condition} FOR UPDATE OF t`,
  )
}

/** Sets columns of the row with this id; gives it whole. */
export function updateStatement(compiled: Compiled, id: string, values: ReadonlyMap<string, unknown>): Statement {
  const { model } = compiled
  const sql = new Sql()
  const sets = [...values].map(([name, value]) => `${identifier(name)} = ${sql.param(value)}`)
  if (model.columns.has('updated')) sets.push('"updated" = now()')
  const key = identifier(model.primaryKey.name)
  return sql.statement(
    `UPDATE ${identifier(model.table)} t SET ${sets.join(', ')} WHERE t.${key} = ${sql.param(id)} RETURNING row_to_json(t)::text`,
  )
}

/** Deletes the row these predicates find; gives it whole. */
export function deleteStatement(compiled: Compiled, where: readonly Predicate[]): Statement {
  const { model } = compiled
  const sql = new Sql()
  const condition = whereSql(sql, model, 't', where)
  return sql.statement(`DELETE FROM ${identifier(model.table)} t WHERE ${condition} RETURNING row_to_json(t)::text`)
}
