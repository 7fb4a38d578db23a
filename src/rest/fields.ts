/** A resource's fields: what each is in JSON, in SQL and as input. Made once at start-up from model and definition. */
import { type Column, columnAt, type Model, modelOf } from './model/model.ts'
import type { Nested, Resource } from './resource.ts'
import { identifier } from './sql.ts'
import type { Parser } from './values/parsed.ts'
import { parserOf } from './values/parsers.ts'

export interface Field {
  readonly name: string
  readonly kind: 'url' | 'link' | 'column' | 'borrowed' | 'nested'
  /** The column whose facts it has; the url and nested rows have none. */
  readonly column?: Column
  /** The path from the resource's model to the column. */
  readonly path?: string
  /** The column's SQL, for ordering and search, where the resource's table is `t`. */
  readonly expression?: string
  /** The SQL of what its JSON is made of; the url is made of the primary key. */
  readonly select?: string
  readonly parse?: Parser
  readonly shown: boolean
  /** Not shown, and can be filtered by all the same. */
  readonly filtersOnly?: true
  readonly writable: boolean
  readonly nested?: Nested
  /** The action that a link is the URL of. */
  readonly action?: string
}

/** The fields of a resource in the order the API gives them; the first mistake in the definition is thrown. */
export function fieldsOf(resource: Resource, timeZone: string): Field[] {
  checkPath(resource.path)
  const model = modelOf(resource.model)
  const names = shownColumns(resource, model)
  const key = model.primaryKey.name
  const fields: Field[] = [
    columnField(resource, model, key, timeZone),
    { name: 'url', kind: 'url', shown: true, writable: false },
    ...Object.entries(resource.links ?? {}).map(([name, action]) => linkField(name, action)),
    ...names.filter((name) => name !== key).map((name) => columnField(resource, model, name, timeZone)),
    ...(resource.filters ?? []).map((name) => filterField(resource, model, name, timeZone)),
    ...Object.entries(resource.aliases ?? {}).map(([name, column]) =>
      aliasField(resource, model, name, column, timeZone),
    ),
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

function checkPath(path: string): void {
  if (/^[a-z0-9_]+$/.test(path)) return
  throw new Error(`the path ${JSON.stringify(path)} is not lower-case letters, digits or _`)
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
    select: expression,
    parse: parserOf(column, timeZone),
    shown: !writeOnly,
    writable: writable && resource.where?.[name] === undefined,
  }
}

function filterField(resource: Resource, model: Model, name: string, timeZone: string): Field {
  return { ...columnField(resource, model, name, timeZone), shown: false, filtersOnly: true, writable: false }
}

const linkField = (name: string, action: string): Field => ({
  name,
  kind: 'link',
  action,
  shown: true,
  writable: false,
})

function aliasField(resource: Resource, model: Model, name: string, column: string, timeZone: string): Field {
  return { ...columnField(resource, model, column, timeZone), name, shown: true, writable: false }
}

function borrowedField(model: Model, name: string, path: string, timeZone: string): Field {
  const column = columnAt(model, path)
  const [step] = path.split('__')
  const hop = model.hops.get(step!)!
  const expression = `(SELECT b.${identifier(column.name)} FROM ${identifier(modelOf(hop.model).table)} b WHERE b.${identifier(hop.remote)} = t.${identifier(hop.local)})`
  const parse = parserOf(column, timeZone)
  return { name, kind: 'borrowed', column, path, expression, select: expression, parse, shown: true, writable: true }
}

function nestedField(name: string, nested: Nested, key: string): Field {
  const other = modelOf(nested.model)
  const otherKey = other.primaryKey.name
  const pairs = [otherKey, ...nested.columns].map(
    (column) => `'${columnAt(other, column).name}', n.${identifier(column)}`,
  )
  const object = `json_build_object(${pairs.join(', ')})`
  const join = `${identifier(modelOf(nested.through.model).table)} j`
  const on = `j.${identifier(nested.through.there)} = n.${identifier(otherKey)}`
  const of = `j.${identifier(nested.through.here)} = t.${identifier(key)}`
  const select = `(SELECT coalesce(json_agg(${object} ORDER BY n.${identifier(nested.order)}), '[]') FROM ${identifier(other.table)} n JOIN ${join} ON ${on} WHERE ${of})`
  return { name, kind: 'nested', select, shown: true, writable: false, nested }
}
