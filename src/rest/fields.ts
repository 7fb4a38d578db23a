/** A resource's fields: what each is in JSON, in SQL and as input. Made once at start-up from model and definition. */
import { type Column, columnAt, type Model, modelOf } from './model/model.ts'
import type { Nested, Resource } from './resource.ts'
import { identifier } from './sql.ts'
import type { Parser } from './values/parsed.ts'
import { parserOf } from './values/parsers.ts'

export interface Field {
  readonly name: string
  readonly kind: 'url' | 'column' | 'borrowed' | 'nested'
  /** The column whose facts it has; the url and nested rows have none. */
  readonly column?: Column
  /** The path from the resource's model to the column. */
  readonly path?: string
  /** The column's SQL, for ordering and search, where the resource's table is `t`. */
  readonly expression?: string
  /** The SQL of its JSON value, where the API's base URL is `$1`. */
  readonly output: string
  readonly parse?: Parser
  readonly shown: boolean
  readonly writable: boolean
  readonly nested?: Nested
}

/** The fields of a resource in the order the API gives them; the first mistake in the definition is thrown. */
export function fieldsOf(resource: Resource, timeZone: string): Field[] {
  const model = modelOf(resource.model)
  const names = shownColumns(resource, model)
  const key = model.primaryKey.name
  const fields: Field[] = [
    columnField(resource, model, key, timeZone),
    { name: 'url', kind: 'url', output: urlSql(resource.path, 't', key), shown: true, writable: false },
    ...names.filter((name) => name !== key).map((name) => columnField(resource, model, name, timeZone)),
    ...Object.entries(resource.borrowed ?? {}).map(([name, path]) => borrowedField(model, name, path, timeZone)),
    ...Object.entries(resource.nested ?? {}).map(([name, nested]) => nestedField(name, nested, key)),
  ]
  // The audit columns close a row, as they do in the original.
  return [...fields.filter((f) => !AUDIT.has(f.name)), ...fields.filter((f) => AUDIT.has(f.name))]
}

const AUDIT = new Set(['created', 'updated', 'synchronised', 'updated_by'])

function shownColumns(resource: Resource, model: Model): string[] {
  for (const name of [...(resource.only ?? []), ...(resource.hidden ?? [])]) columnAt(model, name)
  const names = resource.only ?? [...model.columns.keys()].filter((name) => !resource.hidden?.includes(name))
  return [...names]
}

/** `$1/api/PATH/ID/`: the base URL is a parameter, the rest the model's and the definition's. */
const urlSql = (path: string, alias: string, key: string) =>
  `$1::text || '${checkedPath(path)}/' || ${alias}.${identifier(key)} || '/'`

function checkedPath(path: string): string {
  if (!/^[a-z0-9_]+$/.test(path))
    throw new Error(`the path ${JSON.stringify(path)} is not lower-case letters, digits or _`)
  return path
}

function columnField(resource: Resource, model: Model, name: string, timeZone: string): Field {
  const column = columnAt(model, name)
  const expression = `t.${identifier(name)}`
  const writeOnly = resource.writeOnly?.includes(name) ?? false
  const writable = !column.primary && !column.readonly && !resource.readOnly?.includes(name)
  return {
    name,
    kind: 'column',
    column,
    path: name,
    expression,
    output: outputSql(column, expression),
    parse: parserOf(column, timeZone),
    shown: !writeOnly,
    writable: writable && resource.where?.[name] === undefined,
  }
}

function borrowedField(model: Model, name: string, path: string, timeZone: string): Field {
  const column = columnAt(model, path)
  const [step] = path.split('__')
  const hop = model.hops.get(step!)!
  const expression = `(SELECT b.${identifier(column.name)} FROM ${identifier(modelOf(hop.model).table)} b WHERE b.${identifier(hop.remote)} = t.${identifier(hop.local)})`
  const output = outputSql(column, expression)
  const parse = parserOf(column, timeZone)
  return { name, kind: 'borrowed', column, path, expression, output, parse, shown: true, writable: true }
}

function nestedField(name: string, nested: Nested, key: string): Field {
  const other = modelOf(nested.model)
  const otherKey = other.primaryKey.name
  const pairs = nested.columns.map((column) => `'${columnAt(other, column).name}', n.${identifier(column)}`)
  const object = `json_build_object('${otherKey}', n.${identifier(otherKey)}, 'url', ${urlSql(nested.path, 'n', otherKey)}, ${pairs.join(', ')})`
  const join = `${identifier(modelOf(nested.through.model).table)} j`
  const on = `j.${identifier(nested.through.there)} = n.${identifier(otherKey)}`
  const of = `j.${identifier(nested.through.here)} = t.${identifier(key)}`
  const output = `(SELECT coalesce(json_agg(${object} ORDER BY n.${identifier(nested.order)}), '[]') FROM ${identifier(other.table)} n JOIN ${join} ON ${on} WHERE ${of})`
  return { name, kind: 'nested', output, shown: true, writable: false, nested }
}

/**
 * Times are ISO 8601 in UTC, their fraction left out when zero: the session is in UTC, so PostgreSQL's text ends in
 * +00. Decimals stay text, or a reader's floating point would change them.
 */
function outputSql(column: Column, expression: string): string {
  if (column.type === 'datetime') return `replace(left(${expression}::text, -3), ' ', 'T') || 'Z'`
  if (column.type === 'decimal') return `${expression}::text`
  return expression
}
