/** A body into values for columns, or sentences for each field at fault. The sentences are DRF's. */
import type { Upload } from '../../media/upload.ts'
import type { Input } from '../asking.ts'
import type { Caller } from '../caller.ts'
import { type FieldErrors, forbidden, ValidationError } from '../errors.ts'
import type { Field } from '../fields.ts'
import { addError } from '../read/query.ts'
import type { Compiled, View } from '../registry.ts'
import { pythonType } from '../values/identity.ts'
import { type Parsed, parsed, refused } from '../values/parsed.ts'
import { takesBlank } from '../values/text.ts'

export type Mode = 'create' | 'replace' | 'update'
export type Body = Readonly<Record<string, unknown>>
type Inputs = Readonly<Record<string, Input>>

export interface BodyInput {
  readonly body: unknown
  /** From an HTML form or multipart, where everything is text and nothing can be null. */
  readonly form: boolean
  readonly strict: boolean
  /** The file that came with it. */
  readonly upload?: Upload | undefined
}

export interface Valid {
  /** Column → value, of the fields that were sent. */
  readonly values: Map<string, unknown>
  /** Values of borrowed fields and of the definition's `inputs`. */
  readonly inputs: Map<string, unknown>
  readonly errors: FieldErrors
}

/** Reads all fields a role may send. Nothing is thrown for a field: relations are still to be looked up. */
export function validate(compiled: Compiled, view: View, caller: Caller, input: BodyInput, mode: Mode): Valid {
  const body = readObject(input.body)
  const valid: Valid = { values: new Map(), inputs: new Map(), errors: {} }
  for (const field of compiled.fields.values()) {
    const late = mode !== 'create' && compiled.resource.createOnly?.includes(field.name)
    if (field.writable && !late) readField(compiled, view, caller, field, body, input.form, mode, valid)
  }
  const { inputs = {} } = compiled.resource
  readInputs(inputs, body, mode, valid)
  if (input.strict) refuseUnknown({ ...Object.fromEntries(compiled.fields), ...inputs }, body, valid.errors)
  return valid
}

/** Reads a body that holds inputs and nothing else, or throws what is wrong with it. */
export function readInputsOnly(inputs: Inputs, input: BodyInput): Readonly<Record<string, unknown>> {
  const body = readObject(input.body)
  const valid: Valid = { values: new Map(), inputs: new Map(), errors: {} }
  readInputs(inputs, body, 'create', valid)
  if (input.strict) refuseUnknown(inputs, body, valid.errors)
  if (Object.keys(valid.errors).length > 0) throw new ValidationError(valid.errors)
  return Object.fromEntries(valid.inputs)
}

function readObject(body: unknown): Body {
  if (body === undefined) return {}
  if (body === null) throw new ValidationError({ non_field_errors: ['No data provided'] })
  if (typeof body === 'object' && !Array.isArray(body)) return body as Body
  const sentence = `Invalid data. Expected a dictionary, but got ${pythonType(body)}.`
  throw new ValidationError({ non_field_errors: [sentence] })
}

function readField(
  compiled: Compiled,
  view: View,
  caller: Caller,
  field: Field,
  body: Body,
  form: boolean,
  mode: Mode,
  valid: Valid,
): void {
  const own = view.access.own?.[field.name]
  const sent = Object.hasOwn(body, field.name) ? body[field.name] : undefined
  const value = sent === undefined ? undefined : emptied(field, sent, form)
  const put = (result: unknown) => (field.kind === 'borrowed' ? valid.inputs : valid.values).set(field.name, result)
  if (value === undefined) {
    if (own && mode === 'create') put(ownValue(own, caller))
    else if (mode !== 'update' && !own && isRequired(compiled, view, field, mode)) {
      addError(valid.errors, field.name, 'This field is required.')
    }
    return
  }
  if (value === null) {
    const needed = view.access.needs?.includes(field.name)
    // Without a tenant it would be a row of the whole system, which is not this role's to make.
    if (needed && view.access.systemWide) throw forbidden()
    if (field.column!.nullable && !needed) put(null)
    else addError(valid.errors, field.name, 'This field may not be null.')
    return
  }
  const result = form && isJson(field, value) ? jsonOf(value) : field.parse!(value)
  if (result.ok) put(result.value)
  else addError(valid.errors, field.name, result.error)
}

/** In a form everything is text: what begins as an object or a list is meant as one, and other text is itself. */
const isJson = (field: Field, value: unknown): boolean =>
  field.column!.type === 'json' && typeof value === 'string' && /^\s*[[{]/.test(value)

function jsonOf(value: unknown): Parsed {
  try {
    return parsed(JSON.stringify(JSON.parse(String(value))))
  } catch {
    return refused('Value must be valid JSON.')
  }
}

/** Who has no tenant of its own has none to create in. */
function ownValue(own: (caller: Caller) => unknown, caller: Caller): unknown {
  const value = own(caller)
  if (value === null || value === undefined) throw forbidden()
  return value
}

/** What '' means where it is no value of the column: null, or with a form a field left alone. */
function emptied(field: Field, value: unknown, form: boolean): unknown {
  const column = field.column!
  if (typeof value !== 'string' || value.trim() !== '' || takesBlank(column)) return value
  if (column.type !== 'text' && column.type !== 'boolean' && column.nullable) return null
  if (!form) return value
  if (column.nullable) return null
  return column.hasDefault ? undefined : value
}

/** A column must be sent when nothing else can give it a value. */
function isRequired(compiled: Compiled, view: View, field: Field, mode: Mode): boolean {
  if (mode === 'replace' && view.access.changes && !view.access.changes.includes(field.name)) return false
  if (mode === 'replace' && compiled.resource.createOnly?.includes(field.name)) return false
  if (view.access.needs?.includes(field.name)) return true
  return requiredIn(compiled, field)
}

/** What a create of this role must have. */
export function requiredNames(compiled: Compiled, view: View): string[] {
  const fields = [...compiled.fields.values()].filter(
    (field) => field.writable && !view.access.own?.[field.name] && isRequired(compiled, view, field, 'create'),
  )
  const inputs = Object.entries(compiled.resource.inputs ?? {}).filter(([, input]) => input.required)
  return [...fields.map((field) => field.name), ...inputs.map(([name]) => name)]
}

/** Whether a create must have the field, whoever asks. */
export function requiredIn(compiled: Compiled, field: Field): boolean {
  const { resource } = compiled
  if (resource.required?.includes(field.name)) return true
  if (field.kind !== 'column' || !field.writable || resource.defaults?.[field.name]) return false
  const column = field.column!
  return !column.nullable && !column.hasDefault && !column.blank
}

function readInputs(inputs: Inputs, body: Body, mode: Mode, valid: Valid): void {
  for (const [name, input] of Object.entries(inputs)) {
    if (input.createOnly && mode !== 'create') continue
    const sent = Object.hasOwn(body, name) ? body[name] : undefined
    if (sent === undefined) {
      if (input.required && mode === 'create') addError(valid.errors, name, 'This field is required.')
      continue
    }
    const result = input.check(sent, body)
    if ('value' in result) valid.inputs.set(name, result.value)
    else for (const sentence of result.errors) addError(valid.errors, name, sentence)
  }
}

function refuseUnknown(known: Readonly<Record<string, unknown>>, body: Body, errors: FieldErrors): void {
  for (const name of Object.keys(body)) {
    if (!Object.hasOwn(known, name)) addError(errors, name, 'Unknown field.')
  }
}
