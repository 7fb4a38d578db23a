/** The rows as the tables have them, read without the engine: what answers are held against. */
import type pg from 'pg'
import { type Column, type Model, modelOf } from '../../src/rest/model/model.ts'
import type { Resource } from '../../src/rest/resource.ts'
import { identifier } from '../../src/rest/sql.ts'

export type Id = string | number
export type Cell = unknown
export type Row = Readonly<Record<string, Cell>>
export type Tables = ReadonlyMap<string, readonly Row[]>

/** Inserts a row past the engine and gives its key. */
export async function insertRow(pool: pg.Pool, model: Model, values: Readonly<Record<string, unknown>>): Promise<Id> {
  const names = Object.keys(values)
  const list = names.map(identifier).join(', ')
  const params = names.map((_, index) => `$${index + 1}`).join(', ')
  const key = identifier(model.primaryKey.name)
  const text = `INSERT INTO ${identifier(model.table)} (${list}) VALUES (${params}) RETURNING ${key} AS key`
  const { rows } = await pool.query<{ key: Id }>(
    text,
    Object.entries(values).map(([name, value]) => stored(model, name, value)),
  )
  return rows[0]!.key
}

/** A list in JSON is not one of PostgreSQL's. */
const stored = (model: Model, name: string, value: unknown) =>
  model.columns.get(name)?.type === 'json' && Array.isArray(value) ? JSON.stringify(value) : value

/** All rows of a table, values as JSON has them. */
export async function readTable(pool: pg.Pool, model: Model): Promise<Row[]> {
  const columns = [...model.columns.values()]
  const list = columns.map((column) => `${identifier(column.name)}::text`).join(', ')
  const query = { text: `SELECT ${list} FROM ${identifier(model.table)}`, rowMode: 'array' as const }
  const { rows } = await pool.query<(string | null)[]>(query)
  return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column.name, cell(column, row[i]!)])))
}

/** PostgreSQL's text of a value as the API's JSON has it. */
function cell(column: Column, text: string | null): Cell {
  if (text === null) return null
  if (column.type === 'integer') return Number(text)
  if (column.type === 'boolean') return text === 'true'
  if (column.type === 'json') return JSON.parse(text)
  if (column.type === 'datetime') return `${text.replace(' ', 'T').replace(/\+00$/, '')}Z`
  return text
}

/** The value at the end of a path over relations; null where a step leads nowhere. */
export function follow(tables: Tables, model: Model, row: Row, path: string): Cell {
  const [step, ...rest] = path.split('__') as [string, ...string[]]
  if (rest.length === 0) return row[step] ?? null
  const hop = model.hops.get(step)!
  const other = tables.get(hop.model)!.find((one) => one[hop.remote] === row[hop.local])
  return other ? follow(tables, modelOf(hop.model), other, rest.join('__')) : null
}

/** The path to the column that a field stands for; nested rows and the url stand for none. */
export function pathOf({ nested, borrowed, aliases, model }: Resource, name: string): string | undefined {
  if (name === 'url' || (nested && Object.hasOwn(nested, name))) return undefined
  if (borrowed && Object.hasOwn(borrowed, name)) return borrowed[name]
  if (aliases && Object.hasOwn(aliases, name)) return aliases[name]
  return modelOf(model).columns.has(name) ? name : undefined
}

/** The value of a field as the API must give it, by the definition and not by what the engine made of it. */
export function cellOf(tables: Tables, resource: Resource, row: Row, name: string, apiUrl: string): Cell {
  const model = modelOf(resource.model)
  const key = String(row[model.primaryKey.name])
  const path = pathOf(resource, name)
  if (path !== undefined) return follow(tables, model, row, path)
  const nested = resource.nested?.[name]
  const link = resource.links?.[name]
  if (!nested) return `${apiUrl}${resource.path}/${key}/${link === undefined ? '' : `${link}/`}`
  const { through, columns, order } = nested
  const other = modelOf(nested.model).primaryKey.name
  const joined = tables.get(through.model)!.filter((join) => String(join[through.here]) === key)
  const rows = tables.get(nested.model)!.filter((one) => joined.some((join) => join[through.there] === one[other]))
  return [...rows]
    .sort((a, b) => compare(a[order], b[order]))
    .map((one) => ({
      [other]: one[other],
      url: `${apiUrl}${nested.path}/${one[other]}/`,
      ...Object.fromEntries(columns.map((column) => [column, one[column]])),
    }))
}

/** How PostgreSQL orders two values of one column: text by code point, null last. */
export function compare(a: Cell, b: Cell): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  return Buffer.compare(Buffer.from(sortable(String(a))), Buffer.from(sortable(String(b))))
}

/** Points in time in a form whose text sorts as they do. */
export function sortable(text: string): string {
  const time = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z$/.exec(text)
  return time ? `${time[1]}.${(time[2] ?? '').padEnd(6, '0')}` : text
}
