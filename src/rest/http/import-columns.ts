/** The columns of a CSV file as fields of bodies: the same names, and the same values, as the CSV of the list has. */

import type { Input } from '../asking.ts'
import { type LineError, LinesError } from '../errors.ts'
import type { Field } from '../fields.ts'
import type { Compiled, View } from '../registry.ts'
import { takesBlank } from '../values/text.ts'
import { requiredNames } from '../write/validate.ts'
import { textOfCell } from './renderers/csv.ts'
import type { Line } from './table.ts'

/** Makes the body of a row from the cells of a line. */
export type Reader = (line: Line) => Record<string, unknown>

/** Reads the header; names that are not known, stand twice or are missing are told all at once. */
export function readHeader(compiled: Compiled, view: View, header: Line): Reader {
  const names = header.cells.map((name) => name.trim())
  const errors = [...wrongNames(compiled, names), ...missingNames(compiled, view, names)]
  if (errors.length > 0) throw new LinesError('The first line must name columns of the collection.', errors)
  const values = names.map((name) => valueReader(compiled, view, name))
  return ({ cells }) => {
    const entries = names.map((name, at) => [name, values[at]?.(textOfCell(cells[at] ?? ''))] as const)
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
  }
}

const FIRST = 1

function wrongNames({ fields, resource }: Compiled, names: readonly string[]): LineError[] {
  return names.flatMap((name, at): LineError[] => {
    const field = fields.get(name)
    const known = field?.writable || field?.shown || Object.hasOwn(resource.inputs ?? {}, name)
    if (name === '') return [{ line: FIRST, column: null, message: `Column ${at + 1} has no name.` }]
    if (!known) return [{ line: FIRST, column: name, message: 'Unknown column.' }]
    if (names.indexOf(name) < at) return [{ line: FIRST, column: name, message: 'This column stands here twice.' }]
    return []
  })
}

const missingNames = (compiled: Compiled, view: View, names: readonly string[]): LineError[] =>
  requiredNames(compiled, view)
    .filter((name) => !names.includes(name))
    .map((column) => ({ line: FIRST, column, message: 'This column is required.' }))

/** How a cell of the column becomes a value; undefined where the column is read only, and left aside. */
function valueReader(compiled: Compiled, view: View, name: string): ((text: string) => unknown) | undefined {
  const input = compiled.resource.inputs?.[name]
  if (input) return (text) => (text.trim() === '' ? undefined : inputValue(input, text))
  const field = compiled.fields.get(name)
  if (!field?.writable) return undefined
  const empty = emptyValue(compiled, view, field)
  const isJson = field.column!.type === 'json'
  return (text) => (text.trim() === '' ? empty : isJson ? jsonOr(text) : text)
}

/** Lists and objects stand in a cell as JSON. */
function inputValue({ schema }: Input, text: string): unknown {
  return schema.type === 'array' || schema.type === 'object' ? jsonOr(text) : text
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/**
 * What an empty cell means. In the CSV of a list it is null or empty text, so it is null where the column can be null,
 * unless empty text is what the column has by itself. What a row must have is missing.
 */
function emptyValue({ resource }: Compiled, view: View, { name, column }: Field): unknown {
  const { own, needs } = view.access
  if (own?.[name] || needs?.includes(name) || resource.required?.includes(name)) return undefined
  if (column!.default === '' || resource.defaults?.[name]) return undefined
  if (column!.nullable) return null
  return takesBlank(column!) ? '' : undefined
}
