/** What OPTIONS tells of a resource, in DRF's form: the fields a create or a replace takes. */

import type { Input } from '../asking.ts'
import type { Caller } from '../caller.ts'
import type { Field } from '../fields.ts'
import type { Compiled } from '../registry.ts'
import { requiredIn } from '../write/validate.ts'
import { RENDERS } from './negotiate.ts'

export const PARSES = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data']

/** The metadata of a collection or a row, as far as the caller's role goes. */
export function metadata(compiled: Compiled, caller: Caller, on: 'collection' | 'row'): Record<string, unknown> {
  const view = compiled.views.get(caller.role!)!
  const method = on === 'collection' ? 'POST' : 'PUT'
  const allowed = view.access.rights[on === 'collection' ? 'create' : 'update']
  const fields = [...compiled.fields.values()].filter((field) =>
    field.shown ? view.shown.has(field.name) : field.writable,
  )
  const { changes } = view.access
  const inputs = Object.entries(compiled.resource.inputs ?? {}).filter(
    ([name, input]) => (!changes || changes.includes(name)) && (on === 'collection' || !input.createOnly),
  )
  const description = Object.fromEntries([
    ...fields.map((field) => [field.name, describe(compiled, field)]),
    // One that is named like a nested field says how that is written.
    ...inputs.map(([name, input]) => [name, describeInput(name, input)]),
  ])
  return {
    name: `${title(compiled.resource.path)} ${on === 'collection' ? 'List' : 'Instance'}`,
    description: compiled.model.description ?? '',
    renders: RENDERS,
    parses: PARSES,
    ...(allowed && { actions: { [method]: description } }),
  }
}

const title = (path: string) => path[0]!.toUpperCase() + path.slice(1).replaceAll('_', ' ')

const TYPES: Record<string, string> = {
  text: 'string',
  uuid: 'string',
  integer: 'integer',
  decimal: 'decimal',
  boolean: 'boolean',
  datetime: 'datetime',
  json: 'field',
}

function describe(compiled: Compiled, field: Field): Record<string, unknown> {
  const { column } = field
  const type = column?.references ? 'field' : column?.choices ? 'choice' : TYPES[column?.type ?? 'json']
  return {
    type,
    required: requiredIn(compiled, field),
    read_only: !field.writable,
    label: title(field.name),
    ...(column?.maxLength !== undefined && { max_length: column.maxLength }),
    ...(column?.min !== undefined && { min_value: column.min }),
    ...(column?.choices && { choices: column.choices.map((value) => ({ value, display_name: value })) }),
  }
}

/** JSON Schema's types that DRF has another word for. */
const INPUT_TYPES: Record<string, string> = { array: 'list', number: 'decimal', object: 'nested object' }

/** What OPTIONS tells of a value that is no column. */
export function describeInput(name: string, { schema, description, required }: Input): Record<string, unknown> {
  const type = String(schema.type ?? 'field')
  return {
    type: INPUT_TYPES[type] ?? type,
    required: required ?? false,
    read_only: false,
    label: title(name),
    help_text: description,
    ...(schema.maxLength !== undefined && { max_length: schema.maxLength }),
  }
}
