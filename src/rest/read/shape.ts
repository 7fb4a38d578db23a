/**
 * The shape of a row: which expressions are selected, and how their texts become JSON. PostgreSQL gives every value as
 * text and most of it passes through: no objects are made of rows, nor text of objects again
 * (docs/decisions/rows-as-text.md).
 */
import { hash } from 'node:crypto'
import { preparedName, type TextRow } from '../database.ts'
import type { Field } from '../fields.ts'
import type { Compiled, View } from '../registry.ts'
import { identifier } from '../sql.ts'

/** How a text becomes JSON. */
export type Form = 'as it is' | 'boolean' | 'plain' | 'text' | 'time' | 'url' | 'nested'

interface Part {
  /** What stands before the value: `,"extension":`. */
  readonly head: string
  readonly form: Form
  readonly index: number
  /** The path of the rows that a URL or nested rows lead to. */
  readonly path: string
  /** What follows the row's URL, for a link. */
  readonly tail: string
}

export class Shape {
  /** The select list of a row `t`; the primary key comes first. */
  readonly sql: string
  /** The number of expressions in it. */
  readonly width: number
  private readonly parts: readonly Part[]
  private readonly statements = new Map<string, { text: string; name: string }>()

  constructor(compiled: Compiled, fields: readonly Field[]) {
    const key = compiled.model.primaryKey.name
    const selected = [`t.${identifier(key)}`]
    this.parts = fields.map((field, position) => {
      const head = `${position === 0 ? '' : ','}${JSON.stringify(field.name)}:`
      if (field.kind === 'url' || field.kind === 'link') {
        const tail = field.action === undefined ? '' : `${field.action}/`
        return { head, form: 'url', index: 0, path: compiled.resource.path, tail }
      }
      const index = field.name === key ? 0 : selected.push(field.select!) - 1
      return { head, form: formOf(field), index, path: field.nested?.path ?? '', tail: '' }
    })
    this.sql = selected.join(', ')
    this.width = selected.length
  }

  /** The JSON object of a row whose texts begin at `from`. */
  json(row: TextRow, apiUrl: string): string {
    let json = '{'
    for (const { head, form, index, path, tail } of this.parts) {
      const text = row[index]
      json += text === null || text === undefined ? `${head}null` : head + jsonOf(form, text, apiUrl, path, tail)
    }
    return `${json}}`
  }

  /** What tells this row, as it is shown, from the same row with other values: its texts, without any URL. */
  tag(row: TextRow): string {
    let content = ''
    // No text of PostgreSQL's holds a NUL, so no two rows run together alike.
    for (let index = 0; index < this.width; index += 1) content += row[index] === null ? '-\0' : `+${row[index]}\0`
    return hash('sha256', content, 'base64url')
  }

  /** A statement of this shape whose text depends on `key` only: made, and prepared, once where it is asked often. */
  statement(key: string, make: () => string): { text: string; name?: string } {
    const known = this.statements.get(key)
    if (known) return known
    const text = make()
    const name = preparedName(text)
    if (name === undefined) return { text }
    const made = { text, name }
    this.statements.set(key, made)
    return made
  }
}

const shapes = new WeakMap<View, Shape>()

/** The shape of a selection; that of all fields is made once for each view. */
export function shapeOf(compiled: Compiled, view: View, selection: readonly Field[] | 'all'): Shape {
  if (selection !== 'all') return new Shape(compiled, selection)
  const known = shapes.get(view)
  if (known) return known
  const shape = new Shape(compiled, [...view.shown.values()])
  shapes.set(view, shape)
  return shape
}

/** The form of a field that is no URL. */
export function formOf(field: Field): Form {
  if (field.kind === 'nested') return 'nested'
  switch (field.column!.type) {
    case 'boolean':
      return 'boolean'
    case 'integer':
    case 'json':
      return 'as it is'
    case 'datetime':
      return 'time'
    // A decimal is text in JSON, or a reader's floating point would change it.
    case 'decimal':
    case 'uuid':
      return 'plain'
    default:
      return 'text'
  }
}

/** What JSON escapes, besides lone surrogates, which PostgreSQL cannot hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes control characters
const ESCAPED = /["\\\u0000-\u001f]/

function jsonOf(form: Form, text: string, apiUrl: string, path: string, tail: string): string {
  switch (form) {
    case 'text':
      return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`
    case 'boolean':
      return text === 't' ? 'true' : 'false'
    case 'as it is':
      return text
    case 'plain':
      return `"${text}"`
    // The session is in UTC with ISO dates: 2026-01-31 09:00:00.5+00, the fraction left out when zero.
    case 'time':
      return `"${text.slice(0, 10)}T${text.slice(11, -3)}Z"`
    case 'url':
      return JSON.stringify(`${apiUrl}${path}/${text}/${tail}`)
    case 'nested':
      return nestedJson(text, `${apiUrl}${path}/`)
  }
}

/** Nested rows get their URL after their id. */
function nestedJson(text: string, url: string): string {
  const rows = JSON.parse(text) as { id: string | number }[]
  return JSON.stringify(rows.map(({ id, ...rest }) => ({ id, url: `${url}${id}/`, ...rest })))
}
