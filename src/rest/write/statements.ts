/** The statements that write one row of a resource; those of many rows are in statements-of-many.ts. */
import type { Predicate } from '../access.ts'
import type { Statement } from '../database.ts'
import { columnAt, modelOf } from '../model/model.ts'
import type { Shape } from '../read/shape.ts'
import { whereSql } from '../read/where.ts'
import type { Compiled } from '../registry.ts'
import { identifier, Sql } from '../sql.ts'

/**
 * Inserts rows, all with values for the same columns. What it gives of each begins with its key and ends with the whole
 * row as JSON; between them stand the texts of `shape`, where one is wanted.
 */
export function insertStatement(
  compiled: Compiled,
  rows: readonly ReadonlyMap<string, unknown>[],
  shape: Shape | undefined,
): Statement {
  const { model, resource } = compiled
  const fill = Object.entries(resource.fill ?? {})
  const names = [...rows[0]!.keys()].filter((name) => resource.fill?.[name] === undefined)
  const sql = new Sql()
  const tuples = rows.map((values) => {
    const expressions = names.map((name) => sql.param(values.get(name)))
    for (const [name, path] of fill) expressions.push(fillSql(compiled, sql, name, path, values))
    return `(${expressions.join(', ')})`
  })
  const columns = [...names, ...fill.map(([name]) => name)].map(identifier)
  const returned = `${shape?.sql ?? `t.${identifier(model.primaryKey.name)}`}, row_to_json(t)::text`
  return sql.statement(
    `INSERT INTO ${identifier(model.table)} AS t (${columns.join(', ')}) VALUES ${tuples.join(', ')} RETURNING ${returned}`,
  )
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

/** Gives the row these predicates find whole, for actions. */
export function wholeStatement(compiled: Compiled, where: readonly Predicate[]): Statement {
  const { model } = compiled
  const sql = new Sql()
  const condition = whereSql(sql, model, 't', where)
  return sql.statement(`SELECT row_to_json(t)::text FROM ${identifier(model.table)} t WHERE ${condition}`)
}

/** The same with the row locked, for hooks and comparisons. */
export function lockStatement(compiled: Compiled, where: readonly Predicate[]): Statement {
  const { text, values } = wholeStatement(compiled, where)
  return { text: `${text} FOR UPDATE OF t`, values }
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
