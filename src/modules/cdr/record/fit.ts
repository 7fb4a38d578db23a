/** What a switch says, made to fit its column: a record is worth keeping even where one value of it is nonsense. */
import { type ColumnName, modelOf } from '../../../rest/model/model.ts'
import { readUuid } from '../../../rest/values/identity.ts'
import { integerParser } from '../../../rest/values/number.ts'

export type Fitted = string | number | boolean | null

/** The value for PostgreSQL: text cut to the column's length, and null for what the column's type cannot be. */
export function fitted(column: ColumnName<'XmlCdr'>, value: string | number | boolean | undefined): Fitted {
  if (value === undefined) return null
  return typeof value === 'boolean' ? value : FITS.get(column)!(String(value))
}

type Fit = (text: string) => Fitted

const FITS = new Map<string, Fit>()
for (const [name, { type, maxLength }] of modelOf('XmlCdr').columns) {
  if (type === 'uuid') FITS.set(name, (text) => readUuid(text) ?? null)
  else if (type === 'integer') FITS.set(name, integerFit(name))
  else if (type === 'decimal') FITS.set(name, score)
  else FITS.set(name, maxLength === undefined ? (text) => text : (text) => cut(text, maxLength))
}

/** Lengths count characters as PostgreSQL does, not UTF-16 units, of which a character has two at most. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text
  return [...text.slice(0, 2 * length)].slice(0, length).join('')
}

/**
 * No time or length of a call is below 0 or as long as 30,000 years. What claims to be is nonsense, and would overflow
 * the sums it is added to.
 */
const LARGEST = 10 ** 12

function integerFit(name: string): Fit {
  const parse = integerParser(modelOf('XmlCdr').columns.get(name)!)
  return (text) => {
    const result = /^[+-]?\d+$/.test(text) ? parse(text) : undefined
    const number = result?.ok ? Number(result.value) : Number.NaN
    return number >= 0 && number <= LARGEST ? number : null
  }
}

/** A mean opinion score, as the column has it: two digits and two decimals. */
function score(text: string): Fitted {
  if (!/^\d{1,4}(?:\.\d{1,20})?$/.test(text)) return null
  const rounded = Number(text).toFixed(2)
  return Number(rounded) < 100 ? rounded : null
}
