/** JSON Schema of a resource's fields, from the model's facts. */

import type { Input } from '../asking.ts'
import type { Field } from '../fields.ts'
import type { Column } from '../model/model.ts'
import type { Compiled } from '../registry.ts'
import { requiredIn } from '../write/validate.ts'

export type Schema = Readonly<Record<string, unknown>>

/** What a read gives, as an administrator sees it; other roles may see less. */
export function rowSchema(compiled: Compiled): Schema {
  const shown = [...compiled.fields.values()].filter((field) => field.shown)
  const { inputs = {} } = compiled.resource
  // An input of the same name takes it in another form than it is given in.
  const readOnly = (field: Field) => !field.writable && !Object.hasOwn(inputs, field.name)
  const properties = shown.map((field) => [
    field.name,
    { ...fieldSchema(field), ...(readOnly(field) && { readOnly: true }) },
  ])
  return { type: 'object', description: compiled.model.description, properties: Object.fromEntries(properties) }
}

/** What a create takes; the same with nothing required is what an update takes. */
export function inputSchema(compiled: Compiled, mode: 'create' | 'update'): Schema {
  const writable = [...compiled.fields.values()].filter((field) => field.writable)
  const inputs = Object.entries(compiled.resource.inputs ?? {}).filter(
    ([, input]) => mode === 'create' || !input.createOnly,
  )
  const properties = {
    ...Object.fromEntries(writable.map((field) => [field.name, fieldSchema(field)])),
    ...propertiesOf(inputs),
  }
  const required = [
    ...writable.filter((field) => requiredIn(compiled, field)).map((field) => field.name),
    ...inputs.filter(([, input]) => input.required).map(([name]) => name),
  ]
  return { type: 'object', properties, ...(mode === 'create' && required.length > 0 && { required }) }
}

/** What a body holds that is inputs and nothing else. */
export function inputsSchema(inputs: Readonly<Record<string, Input>>): Schema {
  const required = Object.keys(inputs).filter((name) => inputs[name]!.required)
  const properties = propertiesOf(Object.entries(inputs))
  return { type: 'object', properties, ...(required.length > 0 && { required }) }
}

const propertiesOf = (inputs: readonly (readonly [string, Input])[]): Record<string, Schema> =>
  Object.fromEntries(inputs.map(([name, { schema, description }]) => [name, { ...schema, description }]))

/** The schema of one field's value. */
function fieldSchema(field: Field): Schema {
  if (field.kind === 'url' || field.kind === 'link') return { type: 'string', format: 'uri' }
  if (field.nested) return nestedSchema(field)
  const column = field.column!
  return { ...columnSchema(column), ...(column.description && { description: column.description }) }
}

function nestedSchema(field: Field): Schema {
  const { columns, description } = field.nested!
  const names = Object.fromEntries(columns.map((name) => [name, { type: 'string' }]))
  const properties = { id: { type: 'integer' }, url: { type: 'string', format: 'uri' }, ...names }
  return { type: 'array', items: { type: 'object', properties }, description }
}

const TYPES: Record<Column['type'], Schema> = {
  uuid: { type: 'string', format: 'uuid' },
  text: { type: 'string' },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
  datetime: { type: 'string', format: 'date-time' },
  decimal: { type: 'string', format: 'decimal' },
  json: {},
  bytes: { type: 'string' },
}

/** The schema of a column's value. */
export function columnSchema(column: Column): Schema {
  const base = TYPES[column.type]
  return {
    ...base,
    ...(column.nullable && base.type !== undefined && { type: [base.type, 'null'] }),
    ...(column.maxLength !== undefined && { maxLength: column.maxLength }),
    ...(column.choices && { enum: column.nullable ? [...column.choices, null] : column.choices }),
    ...(column.email && { format: 'email' }),
    ...(column.min !== undefined && { minimum: column.min }),
    ...(column.max !== undefined && { maximum: column.max }),
    ...(column.default !== undefined && { default: column.default }),
  }
}
