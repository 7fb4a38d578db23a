/** Text, with its length, choices and the characters PostgreSQL cannot hold. */
import { z } from 'zod'
import type { Column } from '../model/model.ts'
import { type Parsed, type Parser, parsed, quoted, refused } from './parsed.ts'

/** Text is trimmed; numbers are taken as their text, as DRF does. Blank text is refused unless the column takes it. */
export function textParser(column: Column): Parser {
  if (column.choices) return choiceParser(column)
  const blankTaken = takesBlank(column)
  return (input) => {
    if (typeof input !== 'string' && typeof input !== 'number') return refused('Not a valid string.')
    if (typeof input === 'number' && wasRounded(input)) return refused('A number of this size must be sent as text.')
    const text = String(input).trim()
    if (text === '') return blankTaken ? parsed('') : refused('This field may not be blank.')
    return forbiddenCharacter(text) ?? tooLong(text, column) ?? misshapen(text, column) ?? parsed(text)
  }
}

/** JSON numbers of more than 15 digits lose the last ones before anyone sees them: no telephone number may change so. */
const wasRounded = (input: number) => Math.abs(input) > Number.MAX_SAFE_INTEGER

/**
 * Whether '' is a value of the column: nullable text takes it unless `@filled`, other text only with `@blank` or where it
 * has it when nothing is sent, so that a row can be sent back as it was read.
 */
export function takesBlank(column: Column): boolean {
  if (column.choices) return column.choices.includes('') || column.blank === true
  return column.type === 'text' && (column.nullable ? !column.filled : column.blank === true || column.default === '')
}

/** The error of a NUL or a lone surrogate, which PostgreSQL's text cannot hold. */
export function forbiddenCharacter(text: string): Parsed | undefined {
  if (text.includes('\0')) return refused('Null characters are not allowed.')
  if (text.isWellFormed()) return undefined
  const surrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.exec(text)![0]
  const code = surrogate.charCodeAt(0).toString(16).toUpperCase()
  return refused(`Surrogate characters are not allowed: U+${code}.`)
}

function choiceParser(column: Column): Parser {
  const choices = new Set(column.choices)
  const blankTaken = takesBlank(column)
  return (input) => {
    if (typeof input === 'string' && (choices.has(input) || (input === '' && blankTaken))) return parsed(input)
    const text = typeof input === 'number' || typeof input === 'boolean' ? String(input) : undefined
    if (text !== undefined && choices.has(text)) return parsed(text)
    return refused(`"${quoted(input)}" is not a valid choice.`)
  }
}

/** Lengths count characters as PostgreSQL does, not UTF-16 units. */
function tooLong(text: string, column: Column): Parsed | undefined {
  if (column.maxLength === undefined || text.length <= column.maxLength) return undefined
  if ([...text].length <= column.maxLength) return undefined
  return refused(`Ensure this field has no more than ${column.maxLength} characters.`)
}

const email = z.email()
const USERNAME = /^[\p{L}\p{N}_.@+-]+$/u

function misshapen(text: string, column: Column): Parsed | undefined {
  if (column.email && !email.safeParse(text).success) return refused('Enter a valid email address.')
  if (column.username && !USERNAME.test(text)) {
    return refused('Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.')
  }
  return undefined
}
