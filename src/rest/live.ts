/**
 * Collections whose rows are not in the database but told anew for each request, by a telephone switch for example.
 * The rows go to PostgreSQL with the statement, as a table that is there for this statement only. So scope, filters,
 * search, order, pages and fields are the same code as for rows that are kept, and mean the same.
 */
import type { Access } from './access.ts'
import type { Action } from './asking.ts'
import type { Role } from './caller.ts'
import type { Connection, RowReader, Statement } from './database.ts'
import type { LiveRows } from './live-rows.ts'
import {
  addMadeModel,
  type Column,
  type ColumnType,
  type Hop,
  type Model,
  type ModelName,
  SQL_TYPES,
} from './model/model.ts'
import type { Resource } from './resource.ts'
import type { Services } from './services.ts'
import { identifier } from './sql.ts'

/** A field of live rows. */
export interface LiveColumn {
  readonly type: Exclude<ColumnType, 'bytes'>
  readonly description: string
  /** The model whose `id` it is. */
  readonly references?: ModelName
  readonly choices?: readonly string[]
}

type JsonOf<C extends LiveColumn> = C['type'] extends 'integer'
  ? number
  : C['type'] extends 'boolean'
    ? boolean
    : C['type'] extends 'json'
      ? unknown
      : string

/** A row: times are ISO text, and every value may be unknown but the id. */
export type LiveRow<C extends Readonly<Record<string, LiveColumn>>> = {
  readonly [K in keyof C]: JsonOf<C[K]> | null
} & {
  readonly id: string
}

export interface LiveDefinition<C extends Readonly<Record<string, LiveColumn>>> {
  /** The collection's name in URLs, `/api/PATH/`. */
  readonly path: string
  readonly description: string
  /** What a row has; `id` tells rows apart, and is a UUID or text of letters, digits and `_.:-`. */
  readonly columns: C
  readonly order: readonly ((keyof C & string) | `-${keyof C & string}`)[]
  readonly search: readonly (keyof C & string)[]
  readonly access: Readonly<Partial<Record<Role, Access>>>
  readonly actions?: Readonly<Record<string, Action>>
  /** All rows. `latest`: as they are from now on, since something is about to be done to one of them. */
  rows(services: Services, latest: boolean): Promise<LiveRows<LiveRow<C>>>
}

/** Declares a live collection. It is listed, read and acted upon; nothing of it can be written. */
export function liveResource<const C extends Readonly<Record<string, LiveColumn>>>(
  definition: LiveDefinition<C>,
): Resource {
  const { path, description, columns, order, search, access, actions, rows } = definition
  const model = modelOfColumns(path, description, columns)
  addMadeModel(model)
  return { model: model.name, path, order, search, access, actions: actions ?? {}, live: { rows } }
}

function modelOfColumns(path: string, description: string, columns: Readonly<Record<string, LiveColumn>>): Model {
  // No model of the schema is named like a path.
  const name = `live ${path}` as ModelName
  const made = new Map(Object.entries(columns).map(([column, facts]) => [column, columnOf(column, facts)]))
  const primaryKey = made.get('id')
  if (!primaryKey) throw new Error(`${path}: live rows have an id`)
  const hops = new Map([...made.values()].flatMap((c) => (c.references ? [[c.name, c.references] as const] : [])))
  return { name, table: path, description, columns: made, primaryKey, uniqueSets: [], hops }
}

function columnOf(name: string, { type, description, references, choices }: LiveColumn): Column {
  const hop: Hop | undefined = references && { model: references, local: name, remote: 'id' }
  const primary = name === 'id'
  return {
    name,
    type,
    sqlType: SQL_TYPES[type],
    description,
    nullable: !primary,
    hasDefault: false,
    primary,
    readonly: true,
    ...(choices && { choices }),
    ...(hop && { references: hop }),
  }
}

/** The same connection, in whose statements the model's table has these rows. */
export function withRows(db: Connection & RowReader, model: Model, rows: LiveRows['rows']): Connection & RowReader {
  const json = JSON.stringify(rows)
  const columns = [...model.columns.values()].map((column) => `${identifier(column.name)} ${column.sqlType}`).join(', ')
  const about = ({ text, values }: Statement): Statement => {
    const table = `SELECT * FROM json_to_recordset($${values.length + 1}::json) AS r(${columns})`
    return { text: `WITH ${identifier(model.table)} AS (${table}) ${text}`, values: [...values, json] }
  }
  return { run: (statement) => db.run(about(statement)), runText: (statement) => db.runText(about(statement)) }
}
