/** Values for columns: varied, unique by number, and awkward where the type allows it. */
import type { Column, Model } from '../../src/rest/model/model.ts'
import { takesBlank } from '../../src/rest/values/text.ts'
import type { Values } from './fixture.ts'

/** Text with wildcards of LIKE, letters of both cases, what CSV must quote and what a spreadsheet would run. */
const TEXTS: readonly ((m: number) => string)[] = [
  (m) => `Ab${m}`,
  (m) => `aB${m}`,
  (m) => `a%${m}`,
  (m) => `a_${m}`,
  (m) => `ax${m}`,
  (m) => `a\\${m}`,
  (m) => `Éa${m}`,
  (m) => `éA${m}`,
  (m) => `=1${m}`,
  (m) => `+15${m}`,
  (m) => `q"${m}`,
  (m) => `c d${m}`,
]
const LONGER: readonly ((m: number) => string)[] = [
  (m) => `line, "one"\nline ${m}`,
  (m) => `Two  words ${m}`,
  (m) => `@sum(${m})`,
]
const LONG_ENOUGH = 24

const USERNAMES: readonly ((m: number) => string)[] = [
  (m) => `Anna_${m}`,
  (m) => `anna_${m}`,
  (m) => `annab${m}`,
  (m) => `José.${m}`,
]

/** The n-th value of a column, as JSON has it; never null. Different n give different values where the type has room. */
export function sample(column: Column, n: number): unknown {
  if (column.choices) {
    const choices = column.choices.filter((choice) => choice !== '')
    return choices[n % choices.length]
  }
  switch (column.type) {
    case 'text':
      return text(column, n)
    case 'integer':
      return integer(column, n)
    case 'decimal':
      return `${n}.5`
    case 'boolean':
      return n % 2 === 0
    case 'datetime':
      return datetime(n)
    case 'uuid':
      return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
    default:
      return { n }
  }
}

function text(column: Column, n: number): string {
  // No extension has a number that is another's alias.
  if (column.name === 'number_alias') return `*${text({ ...column, name: '' }, n).slice(0, 15)}`
  if (column.email || isAddresses(column)) return `A_b${n}@Example.com`
  if (column.username) return pick(USERNAMES, n)
  const long = column.maxLength === undefined || column.maxLength >= LONG_ENOUGH
  return pick(long ? [...TEXTS, ...LONGER] : TEXTS, n)
}

/** Columns of several e-mail addresses, which the model cannot tell. */
export const isAddresses = ({ name }: Column): boolean => name === 'mail_to' || name === 'cc'

/** Neighbours in the list have the same number, so that some differ in a wildcard or in case only. */
const pick = (makers: readonly ((m: number) => string)[], n: number): string =>
  makers[n % makers.length]!(Math.floor(n / makers.length))

function integer(column: Column, n: number): number {
  const most = column.max ?? 10 ** Math.min(column.digits ?? 4, 4) - 1
  const least = column.min ?? 0
  return least + ((n * 7) % (most - least + 1))
}

/** Around midnight, with and without fractions of a second. */
function datetime(n: number): string {
  const day = String(1 + (Math.floor(n / 3) % 28)).padStart(2, '0')
  return `2026-03-${day}T${['00:00:00', '23:59:59.999999', '12:30:15.5'][n % 3]}Z`
}

/** Values for all columns of a row but its key and its relations; some are null or blank where that is allowed. */
export function sampleRow(model: Model, n: number): Values {
  const unique = new Set(model.uniqueSets.flat())
  const columns = [...model.columns.values()].filter(
    (column) => !column.primary && !column.references && !column.generated,
  )
  return Object.fromEntries(
    columns.map((column) => {
      const own = shifted(column.name, n)
      if (column.nullable && own % 7 === 3) return [column.name, null]
      if (takesBlank(column) && !unique.has(column.name) && own % 7 === 5) return [column.name, '']
      return [column.name, sample(column, own)]
    }),
  )
}

/** A column's own number for n, so that the columns of a row differ; a column's are still all different. */
export const shifted = (name: string, n: number): number =>
  n + ([...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 29)

/** A value that differs from the one given, where the column has another; `make` gives the column's n-th. */
export function another(
  name: string,
  column: Column,
  value: unknown,
  n: number,
  make: (n: number) => unknown = (m) => sample(column, m),
): unknown {
  const candidates = column.choices ?? [0, 1].map((step) => make(shifted(name, n) + step))
  return candidates.find((candidate) => candidate !== value)
}
