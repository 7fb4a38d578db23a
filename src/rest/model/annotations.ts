/**
 * What PostgreSQL's types cannot say of a column stands in its `///` comment in the Prisma schema; the list of words
 * is in prisma/schema/base.prisma. Other text in the comment is the column's description.
 */

export interface Annotations {
  readonly choices?: readonly string[]
  readonly digits?: number
  readonly min?: number
  readonly max?: number
  readonly blank?: true
  readonly filled?: true
  readonly email?: true
  readonly username?: true
  readonly readonly?: true
  readonly secret?: true
  readonly label?: string
  readonly taken?: string
  readonly description?: string
}

const LISTS = new Set(['choices'])
const NUMBERS = new Set(['digits', 'min', 'max'])
const STRINGS = new Set(['label', 'taken'])
const FLAGS = new Set(['blank', 'filled', 'email', 'username', 'readonly', 'secret'])
const WORD = /@([a-z]+)(?:\(((?:"[^"]*"|[^")])*)\))?/g

/** Reads a column's comment. `where` names the column in the error a wrong annotation stops the start-up with. */
export function readAnnotations(comment: string | undefined, where: string): Annotations {
  if (!comment) return {}
  const found: Record<string, unknown> = {}
  for (const [, word, argument] of comment.matchAll(WORD)) {
    found[word!] = readArgument(word!, argument, where)
  }
  const description = comment.replace(WORD, '').trim()
  return description ? { ...found, description } : found
}

function readArgument(word: string, argument: string | undefined, where: string): unknown {
  const wrong = (why: string) => new Error(`${where}: the annotation @${word} ${why}`)
  if (FLAGS.has(word)) {
    if (argument !== undefined) throw wrong('takes no argument')
    return true
  }
  if (!LISTS.has(word) && !NUMBERS.has(word) && !STRINGS.has(word)) throw wrong('is unknown')
  let values: unknown[]
  try {
    values = JSON.parse(`[${argument ?? ''}]`) as unknown[]
  } catch {
    throw wrong(`has an unreadable argument (${argument})`)
  }
  if (LISTS.has(word)) {
    if (values.length === 0 || !values.every((v) => typeof v === 'string')) throw wrong('takes strings')
    return values
  }
  const [value] = values
  if (values.length !== 1 || typeof value !== (NUMBERS.has(word) ? 'number' : 'string')) throw wrong('takes one value')
  return value
}
