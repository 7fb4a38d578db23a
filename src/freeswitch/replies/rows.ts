/** What a switch answers to `show … as json`: `{"row_count": 0}`, or with `rows`, all values of which are texts. */

export type ToldRow = Readonly<Record<string, string>>

/** The rows; undefined for an answer that is not of this form. */
export function toldRows(reply: string): ToldRow[] | undefined {
  let told: unknown
  try {
    told = JSON.parse(reply)
  } catch {
    return undefined
  }
  if (!isObject(told) || !('row_count' in told)) return undefined
  const { rows = [] } = told
  return Array.isArray(rows) ? rows.filter(isObject).map(textsOf) : undefined
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textsOf = (row: Record<string, unknown>): ToldRow =>
  Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) =>
      value === null || typeof value === 'object' ? [] : [[name, storable(String(value))]],
    ),
  )

/** Telephones say what they like of themselves; PostgreSQL takes neither a NUL nor half a character. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '')

/** Seconds since 1970 as ISO text; null for anything else. */
export function timeOf(seconds: string | undefined): string | null {
  const ms = /^\d{1,11}$/.test(seconds ?? '') ? Number(seconds) * 1000 : 0
  return ms > 0 ? new Date(ms).toISOString() : null
}

/** A whole number; null for anything else. */
export const wholeNumber = (text: string | undefined): number | null =>
  /^\d{1,15}$/.test(text ?? '') ? Number(text) : null
