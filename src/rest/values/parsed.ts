/** What a parser makes of one input value: the value for PostgreSQL, or the sentence that says what is wrong. */
export type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string }
export type Parser = (input: unknown) => Parsed

export const parsed = (value: unknown): Parsed => ({ ok: true, value })
export const refused = (error: string): Parsed => ({ ok: false, error })

/**
 * A value as Python's str() writes it inside a container or on its own: the sentences that clients of the original
 * know quote values so.
 */
export function quoted(input: unknown): string {
  return typeof input === 'string' ? input : python(input)
}

function python(input: unknown): string {
  if (input === null || input === undefined) return 'None'
  if (input === true) return 'True'
  if (input === false) return 'False'
  if (typeof input === 'string') return `'${input}'`
  if (Array.isArray(input)) return `[${input.map(python).join(', ')}]`
  if (typeof input === 'object') {
    return `{${Object.entries(input)
      .map(([key, value]) => `${python(key)}: ${python(value)}`)
      .join(', ')}}`
  }
  return String(input)
}
