/**
 * The statements that write many rows of a resource at once. All values travel as one JSON parameter, so that the text
 * of a statement depends on its columns only, however many rows there are.
 */
import type { Predicate } from '../access.ts'
import type { Statement } from '../database.ts'
import { columnAt, type Model, modelOf } from '../model/model.ts'
import { whereSql } from '../read/where.ts'
import type { Compiled } from '../registry.ts'
import { identifier, Sql } from '../sql.ts'

/** Values of columns, the key among them. */
export type Values = ReadonlyMap<string, unknown>

/** Rows with values for the same columns, together. */
export function byColumns(rows: readonly Values[]): Values[][] {
  const groups = new Map<string, Values[]>()
  for (const row of rows) {
    const columns = [...row.keys()].sort().join()
    const group = groups.get(columns)
    if (group) group.push(row)
    else groups.set(columns, [row])
  }
  return [...groups.values()]
}

/** Inserts rows with values for the same columns; gives the key and the whole row as JSON of each, in any order. */
export function insertManyStatement({ model, resource }: Compiled, rows: readonly Values[]): Statement {
  const sql = new Sql()
  const names = [...new Set([...rows[0]!.keys(), ...Object.keys(resource.fill ?? {})])]
  const expressions = names.map((name) => {
    const path = resource.fill?.[name]
    return path === undefined ? `r.${identifier(name)}` : fillSql(model, name, path, names)
  })
  const columns = names.map(identifier).join(', ')
  const from = recordset(sql, model, names, rows)
  return sql.statement(
    `INSERT INTO ${identifier(model.table)} AS t (${columns}) SELECT ${expressions.join(', ')} FROM ${from} RETURNING ${returned(model)}`,
  )
}

/** Sets the same columns of rows, each to its own values; gives the key and the whole row of each, in any order. */
export function updateManyStatement({ model }: Compiled, rows: readonly Values[]): Statement {
  const sql = new Sql()
  const key = identifier(model.primaryKey.name)
  const names = [...rows[0]!.keys()]
  const sets = names
    .filter((name) => name !== model.primaryKey.name)
    .map((name) => `${identifier(name)} = r.${identifier(name)}`)
  if (model.columns.has('updated')) sets.push('"updated" = now()')
  const from = recordset(sql, model, names, rows)
  return sql.statement(
    `UPDATE ${identifier(model.table)} t SET ${sets.join(', ')} FROM ${from} WHERE t.${key} = r.${key} RETURNING ${returned(model)}`,
  )
}

/** Locks the rows that these predicates find, always in the same order; gives the key and the whole row of each. */
export function lockManyStatement({ model }: Compiled, where: readonly Predicate[]): Statement {
  const sql = new Sql()
  const condition = whereSql(sql, model, 't', where)
  const key = identifier(model.primaryKey.name)
  return sql.statement(
    `SELECT ${returned(model)} FROM ${identifier(model.table)} t WHERE ${condition} ORDER BY t.${key} FOR UPDATE OF t`,
  )
}

/** Deletes the rows that these predicates find; gives the key and the whole row of each. */
export function deleteManyStatement({ model }: Compiled, where: readonly Predicate[]): Statement {
  const sql = new Sql()
  const condition = whereSql(sql, model, 't', where)
  return sql.statement(`DELETE FROM ${identifier(model.table)} t WHERE ${condition} RETURNING ${returned(model)}`)
}

const returned = (model: Model) => `t.${identifier(model.primaryKey.name)}, row_to_json(t)::text`

function recordset(sql: Sql, model: Model, names: readonly string[], rows: readonly Values[]): string {
  const columns = names.map((name) => columnAt(model, name))
  const records = rows.map((values) =>
    Object.fromEntries(
      columns.map(({ name, type }) => {
        const value = values.get(name) ?? null
        return [name, type === 'json' && typeof value === 'string' ? (JSON.parse(value) as unknown) : value]
      }),
    ),
  )
  const types = columns.map(({ name, sqlType }) => `${identifier(name)} ${sqlType}`).join(', ')
  return `jsonb_to_recordset(${sql.param(JSON.stringify(records))}::jsonb) AS r(${types})`
}

/** The value sent, or where it is empty the one at the end of the path, cut to the column's length. */
function fillSql(model: Model, name: string, path: string, names: readonly string[]): string {
  const sent = `r.${identifier(name)}`
  const [step, remote] = path.split('__') as [string, string]
  const hop = model.hops.get(step)!
  if (!names.includes(hop.local)) return sent
  const key = `r.${identifier(hop.local)}`
  const { maxLength } = columnAt(model, name)
  const value = `o.${identifier(remote)}`
  const cut = maxLength === undefined ? value : `left(${value}, ${maxLength})`
  const found = `SELECT ${cut} FROM ${identifier(modelOf(hop.model).table)} o WHERE o.${identifier(hop.remote)} = ${key}`
  return `CASE WHEN ${sent} <> '' OR ${key} IS NULL THEN ${sent} ELSE (${found}) END`
}
