/** Runs plans: one statement for a list and its count, one for a row; long lists may take a second one to count. */
import type { Connection, RowReader, TextRow } from '../database.ts'
import { invalidPage } from '../errors.ts'
import { identifier, Sql } from '../sql.ts'
import { countSql, isTotalled } from './count.ts'
import { branchesAfter, type Cursor, cursorText, invalidCursor } from './cursor.ts'
import { orderSql } from './ordering.ts'
import { lastPage } from './pagination.ts'
import type { ListPlan, RowPlan } from './plan.ts'
import { soughtTime } from './seek.ts'
import { shapeOf } from './shape.ts'
import { whereSql } from './where.ts'

export interface ListResult {
  /** The rows as a JSON array. */
  readonly rows: string
  /** null when counting was not wanted. */
  readonly count: number | null
  readonly page: number
  readonly hasNext: boolean
  /** Where the page ended, in a list that is long. */
  readonly cursor: string | null
}

/** Where rows are read; few of them, by their key or what finds them as surely, from `one`. */
export interface Rows {
  readonly db: Connection
  readonly one: RowReader
}

/** The page asked for, `last` after a count; a page that is not there is a 404. */
export async function runList({ db, one }: Rows, plan: ListPlan, apiUrl: string): Promise<ListResult> {
  const { size, number, cursor } = plan.page
  const time = number === 1 && !cursor ? await soughtTime(one, plan) : undefined
  if (time) return runSought(one, { ...plan, where: [...plan.where, ...time] }, apiUrl)
  if (number === 'last') return runPage(db, plan, lastPage(await runCount(db, plan), size), apiUrl)
  return cursor ? runAfter(db, plan, number, cursor, apiUrl) : runPage(db, plan, number, apiUrl)
}

/** Rows that are known to be fewer than a page has. */
async function runSought(db: RowReader, plan: ListPlan, apiUrl: string): Promise<ListResult> {
  const { model } = plan.compiled
  const sql = new Sql()
  const from = `FROM ${identifier(model.table)} t WHERE ${whereSql(sql, model, 't', plan.where)}`
  const limited = `${from} ORDER BY ${orderSql(plan.compiled, plan.order)} LIMIT ${plan.page.size}`
  const rows = await runListRows(db, plan, sql, 'NULL', limited)
  return { ...render(plan, rows, apiUrl), count: plan.count ? rows.length : null, page: 1, hasNext: false }
}

async function runCount(db: Connection, plan: ListPlan): Promise<number> {
  const sql = new Sql()
  const [[count] = []] = await db.run(sql.statement(`SELECT ${countSql(sql, plan)}`))
  return Number(count)
}

async function runPage(db: Connection, plan: ListPlan, page: number, apiUrl: string): Promise<ListResult> {
  const { compiled, order } = plan
  const { size } = plan.page
  const sql = new Sql()
  const from = `FROM ${identifier(compiled.model.table)} t WHERE ${whereSql(sql, compiled.model, 't', plan.where)}`
  const offset = (page - 1) * size
  // As a number, not a parameter: a plan made for any values must know that few rows are wanted.
  const limits = `LIMIT ${size}${offset > 0 ? ` OFFSET ${sql.param(offset)}` : ''}`
  // A first page that is not full is its own count; where counting is dear, it waits to be needed.
  if (plan.count && compiled.resource.long && page === 1 && !isTotalled(plan)) {
    const rows = await runListRows(db, plan, sql, 'NULL', `${from} ORDER BY ${orderSql(compiled, order)} ${limits}`)
    const count = rows.length < size ? rows.length : await runCount(db, plan)
    return { ...render(plan, rows, apiUrl), count, page, hasNext: count > size }
  }
  const second = plan.count ? countSql(sql, plan, from) : `EXISTS (SELECT ${from} OFFSET ${sql.param(offset + size)})`
  const rows = await runListRows(db, plan, sql, second, `${from} ORDER BY ${orderSql(compiled, order)} ${limits}`)
  // A first page without rows is one of an empty list; any other is not there.
  if (page > 1 && rows.length === 0) throw invalidPage()
  const told = rows[0]?.[shapeOf(compiled, plan.view, plan.select).width]
  if (!plan.count) return { ...render(plan, rows, apiUrl), count: null, page, hasNext: told === 't' }
  const count = Number(told ?? 0)
  return { ...render(plan, rows, apiUrl), count, page, hasNext: page < lastPage(count, size) }
}

/** The page after a cursor: one row more than it has tells whether another follows. */
async function runAfter(
  db: Connection,
  plan: ListPlan,
  page: number,
  cursor: Cursor,
  apiUrl: string,
): Promise<ListResult> {
  const { compiled, where } = plan
  const { size } = plan.page
  const { model } = compiled
  const rows: TextRow[] = []
  let told: string | null | undefined
  for (const after of branchesAfter(model, plan.order, cursor)) {
    const sql = new Sql()
    const second = plan.count && told === undefined ? countSql(sql, plan) : 'NULL'
    const condition = whereSql(sql, model, 't', [...where, ...after])
    const rest = `FROM ${identifier(model.table)} t WHERE ${condition} ORDER BY ${orderSql(compiled, plan.order)}`
    const found = await runListRows(db, plan, sql, second, `${rest} LIMIT ${size + 1}`).catch(refused)
    rows.push(...found)
    told ??= found[0]?.[shapeOf(compiled, plan.view, plan.select).width] ?? undefined
    if (rows.length > size) break
  }
  const count = plan.count ? Number(told ?? (await runCount(db, plan))) : null
  return { ...render(plan, rows.slice(0, size), apiUrl), count, page, hasNext: rows.length > size }
}

/** Filters were held to their columns' types; a value that PostgreSQL does not take came with the cursor. */
function refused(error: { code?: string }): never {
  throw error.code?.startsWith(DATA_EXCEPTION) ? invalidCursor() : error
}
const DATA_EXCEPTION = '22'

/** Rows as their shape selects them, then `second`, then in a long list what they are ordered by. */
function runListRows(db: RowReader, plan: ListPlan, sql: Sql, second: string, rest: string): Promise<TextRow[]> {
  const shape = shapeOf(plan.compiled, plan.view, plan.select)
  const orders = plan.compiled.resource.long ? plan.order.map(({ name }) => `, t.${identifier(name)}`).join('') : ''
  const all = `${second}${orders} ${rest}`
  const statement = shape.statement(all, () => `SELECT ${shape.sql}, ${all}`)
  return db.runText({ ...statement, values: sql.values })
}

function render(plan: ListPlan, rows: readonly TextRow[], apiUrl: string): Pick<ListResult, 'rows' | 'cursor'> {
  const { compiled, view, select, order } = plan
  const shape = shapeOf(compiled, view, select)
  const last = compiled.resource.long ? rows.at(-1) : undefined
  return {
    rows: `[${rows.map((row) => shape.json(row, apiUrl)).join(',')}]`,
    cursor: last ? cursorText(order, last.slice(shape.width + 1)) : null,
  }
}

/** A row as it is given, and what tells it from the same row with other values. */
export interface RowResult {
  /** A JSON object. */
  readonly json: string
  /** Of all fields; there is none where some of them were asked for. */
  readonly tag: string | undefined
}

/** One row; undefined when there is none in scope. */
export async function runRow(db: RowReader, plan: RowPlan, apiUrl: string): Promise<RowResult | undefined> {
  const { compiled, view } = plan
  const shape = shapeOf(compiled, view, plan.select)
  const sql = new Sql()
  const from = `FROM ${identifier(compiled.model.table)} t WHERE ${whereSql(sql, compiled.model, 't', plan.where)}`
  const statement = shape.statement(from, () => `SELECT ${shape.sql} ${from}`)
  const [row] = await db.runText({ ...statement, values: sql.values })
  return row && { json: shape.json(row, apiUrl), tag: plan.select === 'all' ? shape.tag(row) : undefined }
}

/** Rows by their keys, as JSON objects; what is out of the plan's scope is missing. */
export async function runRows(db: Connection, plan: RowPlan, apiUrl: string): Promise<Map<string, string>> {
  const { compiled, view } = plan
  const shape = shapeOf(compiled, view, plan.select)
  const sql = new Sql()
  const from = `FROM ${identifier(compiled.model.table)} t WHERE ${whereSql(sql, compiled.model, 't', plan.where)}`
  const rows = await db.runText(sql.statement(`SELECT ${shape.sql} ${from}`))
  return new Map(rows.map((row) => [row[0]!, shape.json(row, apiUrl)]))
}
