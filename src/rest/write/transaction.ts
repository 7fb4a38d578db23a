/** What hooks and actions do to other tables: four verbs over the model's own column names. */
import type { Connection, ResultRow, Statement } from '../database.ts'
import { type Model, type ModelName, modelOf, type Row } from '../model/model.ts'
import { identifier, Sql } from '../sql.ts'

/** Column → value; a list means any of its values, null means IS NULL. */
export type Where<M extends ModelName> = { readonly [K in keyof Row<M>]?: Row<M>[K] | readonly Row<M>[K][] }
export type Values<M extends ModelName> = { readonly [K in keyof Row<M>]?: Row<M>[K] }

export class Transaction {
  private readonly connection: Connection
  private readonly username: string

  /** `username` becomes `updated_by` of what is written. */
  constructor(connection: Connection, username: string) {
    this.connection = connection
    this.username = username
  }

  /** The rows that match, with `lock` held against change until the transaction ends. */
  async find<M extends ModelName>(name: M, where: Where<M>, options: { lock?: boolean } = {}): Promise<Row<M>[]> {
    const model = modelOf(name)
    const sql = new Sql()
    const condition = equalities(sql, model, where)
    // Not FOR UPDATE: two that have just inserted rows referring to this one would wait for each other.
    const lock = options.lock ? 'FOR NO KEY UPDATE' : ''
    const order = `ORDER BY t.${identifier(model.primaryKey.name)}`
    const text = `SELECT row_to_json(t)::text FROM ${identifier(model.table)} t WHERE ${condition} ${order} ${lock}`
    const rows = await this.connection.run(sql.statement(text))
    return rows.map(([json]) => JSON.parse(json as string) as Row<M>)
  }

  /** Inserts a row and gives its primary key. */
  async insert<M extends ModelName>(name: M, values: Values<M>): Promise<string | number> {
    const model = modelOf(name)
    const sql = new Sql()
    const all = { ...values, ...this.stamp(model, false) }
    const columns = Object.keys(all).map((column) => columnName(model, column))
    const params = Object.values(all).map((value) => sql.param(value))
    const text = `INSERT INTO ${identifier(model.table)} (${columns.join(', ')}) VALUES (${params.join(', ')}) RETURNING ${identifier(model.primaryKey.name)}`
    const [row] = await this.connection.run(sql.statement(text))
    return row![0] as string | number
  }

  /** Changes the rows that match; gives how many. */
  async update<M extends ModelName>(name: M, where: Where<M>, values: Values<M>): Promise<number> {
    const model = modelOf(name)
    const sql = new Sql()
    const sets = Object.entries({ ...values, ...this.stamp(model, true) }).map(
      ([column, value]) => `${columnName(model, column)} = ${sql.param(value)}`,
    )
    const condition = equalities(sql, model, where)
    const text = `UPDATE ${identifier(model.table)} t SET ${sets.join(', ')} WHERE ${condition} RETURNING 1`
    return (await this.connection.run(sql.statement(text))).length
  }

  /** Deletes the rows that match; gives how many. */
  async delete<M extends ModelName>(name: M, where: Where<M>): Promise<number> {
    const model = modelOf(name)
    const sql = new Sql()
    const condition = equalities(sql, model, where)
    const text = `DELETE FROM ${identifier(model.table)} t WHERE ${condition} RETURNING 1`
    return (await this.connection.run(sql.statement(text))).length
  }

  /** A statement of one's own, for what the verbs cannot say. Values go in as parameters only. */
  run(statement: Statement): Promise<ResultRow[]> {
    return this.connection.run(statement)
  }

  private stamp(model: Model, changed: boolean): Record<string, unknown> {
    if (!model.columns.has('updated_by')) return {}
    return { updated_by: auditName(this.username), ...(changed && { updated: new Date().toISOString() }) }
  }
}

/** Audit columns are shorter than user names may be. */
export const auditName = (username: string): string => [...username].slice(0, 64).join('')

function equalities<M extends ModelName>(sql: Sql, model: Model, where: Where<M>): string {
  const conditions = Object.entries(where).map(([name, value]) => {
    const column = `t.${columnName(model, name)}`
    if (value === null) return `${column} IS NULL`
    if (!Array.isArray(value)) return `${column} = ${sql.param(value)}`
    return `${column} = ANY(${sql.param(value)}::${model.columns.get(name)!.sqlType}[])`
  })
  if (conditions.length === 0) throw new Error(`a condition is needed on ${model.name}`)
  return conditions.join(' AND ')
}

function columnName(model: Model, name: string): string {
  if (!model.columns.has(name)) throw new Error(`${model.name} has no column ${name}`)
  return identifier(name)
}
