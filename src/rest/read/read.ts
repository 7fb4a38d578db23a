/** Runs plans: one statement for a list and its count, one for a row. */
import type { Connection, RowReader } from '../database.ts'
import { invalidPage } from '../errors.ts'
import { identifier, Sql } from '../sql.ts'
import { orderSql } from './ordering.ts'
import { lastPage } from './pagination.ts'
import type { ListPlan, RowPlan } from './plan.ts'
import { shapeOf } from './shape.ts'
import { whereSql } from './where.ts'

export interface ListResult {
  /** The rows as a JSON array. */
  readonly rows: string
  /** null when counting was not wanted. */
  readonly count: number | null
  readonly page: number
  readonly hasNext: boolean
}

/** One statement for rows and count, two for the last page; a page that is not there is a 404. */
export async function runList(db: Connection, plan: ListPlan, apiUrl: string): Promise<ListResult> {
  const { size } = plan.page
  if (plan.page.number !== 'last') return runPage(db, plan, plan.page.number, apiUrl)
  const sql = new Sql()
  const [[count] = []] = await db.run(sql.statement(`SELECT ${countSql(sql, plan)}`))
  return runPage(db, plan, lastPage(Number(count), size), apiUrl)
}

async function runPage(db: Connection, plan: ListPlan, page: number, apiUrl: string): Promise<ListResult> {
  const { compiled, view } = plan
  const { size } = plan.page
  const shape = shapeOf(compiled, view, plan.select)
  const sql = new Sql()
  const from = `FROM ${identifier(compiled.model.table)} t WHERE ${whereSql(sql, compiled.model, 't', plan.where)}`
  const offset = (page - 1) * size
  const limits = `LIMIT ${sql.param(size)} OFFSET ${sql.param(offset)}`
  const second = plan.count
    ? `(SELECT count(*) ${from})::int4`
    : `EXISTS (SELECT ${from} OFFSET ${sql.param(offset + size)})`
  const rest = `${second} ${from} ORDER BY ${orderSql(compiled, plan.order)} ${limits}`
  const statement = shape.statement(rest, () => `SELECT ${shape.sql}, ${rest}`)
  const rows = await db.runText({ ...statement, values: sql.values })
  // A first page without rows is one of an empty list; any other is not there.
  if (page > 1 && rows.length === 0) throw invalidPage()
  const json = `[${rows.map((row) => shape.json(row, apiUrl)).join(',')}]`
  const told = rows[0]?.[shape.width]
  if (!plan.count) return { rows: json, count: null, page, hasNext: told === 't' }
  const count = Number(told ?? 0)
  return { rows: json, count, page, hasNext: page < lastPage(count, size) }
}

function countSql(sql: Sql, plan: ListPlan): string {
  const { model } = plan.compiled
  return `(SELECT count(*) FROM ${identifier(model.table)} t WHERE ${whereSql(sql, model, 't', plan.where)})::int4`
}

/** One row as a JSON object; undefined when there is none in scope. */
export async function runRow(db: RowReader, plan: RowPlan, apiUrl: string): Promise<string | undefined> {
  const { compiled, view } = plan
  const shape = shapeOf(compiled, view, plan.select)
  const sql = new Sql()
  const from = `FROM ${identifier(compiled.model.table)} t WHERE ${whereSql(sql, compiled.model, 't', plan.where)}`
  const statement = shape.statement(from, () => `SELECT ${shape.sql} ${from}`)
  const [row] = await db.runText({ ...statement, values: sql.values })
  return row && shape.json(row, apiUrl)
}
