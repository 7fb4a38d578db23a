/** What may stand where in a switch's own configuration: why text may not, or undefined. */
import type { FieldErrors } from '../../rest/errors.ts'

/** A name by which the switch tells things apart. */
export const nameError = (text: string): string | undefined =>
  /^[A-Za-z0-9_][\w.+-]*$/.test(text) ? undefined : 'A name has letters, digits and . _ + - only, and no spaces.'

/** The name of a switch: as it calls itself (its switchname). */
export const hostnameError = (text: string): string | undefined =>
  /^[A-Za-z0-9_](?:[\w.-]*\w)?$/.test(text) ? undefined : 'Give the name of a switch, as its switchname is.'

/** A value: anything on one line. */
export const valueError = (text: string): string | undefined =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is kept out
  /[\u0000-\u001f\u007f]/.test(text) ? 'May not contain control characters.' : undefined

/** A port, or a switch variable that holds one. */
export const portError = (text: string): string | undefined =>
  VARIABLE.test(text) || (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535)
    ? undefined
    : 'A port is a number from 1 to 65535, or a switch variable such as $${internal_sip_port}.'

const VARIABLE = /^\$\$\{[\w.-]+\}$/

type Check = (text: string) => string | undefined

/** The errors of a row's texts, each with what it may be; what is empty, and what was stored before, is not asked again. */
export function textErrors<R extends object>(
  row: Partial<R> | null,
  before: R | null,
  checks: { readonly [K in keyof R]?: Check },
): FieldErrors | undefined {
  const found = Object.entries(checks as Record<string, Check>).flatMap(([field, check]) => {
    const value = row?.[field as keyof R]
    if (typeof value !== 'string' || value === '' || value === before?.[field as keyof R]) return []
    const error = check(value)
    return error === undefined ? [] : [[field, [error]] as [string, string[]]]
  })
  return found.length > 0 ? Object.fromEntries(found) : undefined
}
