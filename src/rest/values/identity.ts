/** Ids: of rows (UUIDs or whole numbers) and of the rows that relations name. */
import type { Column } from '../model/model.ts'
import { integerParser } from './number.ts'
import { type Parser, parsed, quoted, refused } from './parsed.ts'

/** A UUID in any of the spellings Python takes (any case, no dashes, braces, urn:uuid:), or undefined. */
export function readUuid(input: unknown): string | undefined {
  if (typeof input !== 'string' || input.length > 64) return undefined
  if (CANONICAL.test(input)) return input
  const hex = input
    .trim()
    .replace(/^urn:/, '')
    .replace(/^uuid:/, '')
    .replace(/^\{|\}$/g, '')
    .replaceAll('-', '')
    .toLowerCase()
  if (!/^[0-9a-f]{32}$/.test(hex)) return undefined
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A column that holds a UUID which names no row of ours. */
export const uuidParser: Parser = (input) => {
  const uuid = readUuid(input)
  return uuid === undefined ? refused('Must be a valid UUID.') : parsed(uuid)
}

/** The sentence for an id that names no row the caller may see. */
export const noSuchRow = (input: unknown) => `Invalid pk "${quoted(input)}" - object does not exist.`

/** A relation: whether the row is there is for the database to say; here only whether it can be an id. */
export function relationParser(column: Column): Parser {
  if (column.type === 'integer') return integerRelation(column)
  return (input) => {
    if (typeof input === 'boolean') return refused('Incorrect type. Expected pk value, received bool.')
    const uuid = readUuid(input)
    if (uuid !== undefined) return parsed(uuid)
    // Django takes a whole number for a UUID's 128 bits, so it is well-formed and names nothing.
    if (typeof input === 'number' && Number.isInteger(input) && input >= 0) return refused(noSuchRow(input))
    return refused(`“${quoted(input)}” is not a valid UUID.`)
  }
}

function integerRelation(column: Column): Parser {
  const integer = integerParser({ ...column, digits: undefined })
  return (input) => {
    const result = integer(input)
    if (result.ok) return result
    const isNumber = typeof input === 'number' || (typeof input === 'string' && /^\s*[+-]?\d+\s*$/.test(input))
    if (isNumber) return refused(noSuchRow(input))
    return refused(`Incorrect type. Expected pk value, received ${pythonType(input)}.`)
  }
}

/** The id in a detail URL, or undefined where no row can have it. */
export function readRowId(primaryKey: Column, text: string): string | undefined {
  if (primaryKey.type === 'uuid') return readUuid(text)
  if (primaryKey.type === 'text') return /^[\w.:-]{1,64}$/.test(text) ? text : undefined
  const result = /^\d{1,18}$/.test(text) ? integerParser(primaryKey)(text) : undefined
  return result?.ok ? String(result.value) : undefined
}

/** The name Python gives to the type of a JSON value. */
export function pythonType(input: unknown): string {
  if (input === null || input === undefined) return 'NoneType'
  if (Array.isArray(input)) return 'list'
  if (typeof input === 'number') return Number.isInteger(input) ? 'int' : 'float'
  return { string: 'str', boolean: 'bool', object: 'dict' }[typeof input as string] ?? 'object'
}
