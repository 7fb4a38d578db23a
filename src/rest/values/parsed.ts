/** What a parser makes of one input value: the value for PostgreSQL, or the sentence that says what is wrong. */
export type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string }
export type Parser = (input: unknown) => Parsed

export const parsed = (value: unknown): Parsed => ({ ok: true, value })
export const refused = (error: string): Parsed => ({ ok: false, error })

/** Sentences quote no more than that of what was sent. */
const LONGEST_QUOTE = 1000
const DEEPEST_QUOTE = 20

/**
 * A value as Python's str() writes it inside a container or on its own: the sentences that clients of the original
 * know quote values so.
 */
export function quoted(input: unknown): string {
  const text = typeof input === 'string' ? input : python(input, 0)
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE - 1)}…` : text
}

function python(input: unknown, depth: number): string {
  if (input === null || input === undefined) return 'None'
  if (input === true) return 'True'
  if (input === false) return 'False'
  if (typeof input === 'string') return pythonText(input)
  if (typeof input !== 'object') return String(input)
  if (depth === DEEPEST_QUOTE) return '…'
  if (Array.isArray(input)) return `[${input.map((item) => python(item, depth + 1)).join(', ')}]`
  const pairs = Object.entries(input).map(([key, value]) => `${pythonText(key)}: ${python(value, depth + 1)}`)
  return `{${pairs.join(', ')}}`
}

const ESCAPES: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' }

function pythonText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replace(/[\\\p{Cc}\xa0\xad]/gu, (character) => {
    return ESCAPES[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
  return `${quote}${quote === "'" ? escaped.replaceAll("'", "\\'") : escaped}${quote}`
}
