/** Rows as CSV: RFC 4180, a header row, and no cell that a spreadsheet would run. */
import { stringify } from 'csv-stringify/sync'

export const CSV_TYPE = 'text/csv; charset=utf-8'

/** Columns in the given order; values as the JSON has them, null as nothing, objects and lists as JSON. */
export function renderCsv(names: readonly string[], rows: readonly Record<string, unknown>[]): string {
  const cells = rows.map((row) => names.map((name) => csvCell(row[name])))
  return stringify([[...names], ...cells], { record_delimiter: '\r\n', quoted_match: NEEDS_QUOTES })
}

/** RFC 4180 quotes commas, quotes and line ends; spaces at an end are quoted too, since some readers cut them. */
const NEEDS_QUOTES = /^\s|\s$|[\r\n]/

/** The text of one cell. */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'object') return JSON.stringify(value)
  return typeof value === 'string' ? neutralised(value) : String(value)
}

/** The text that a cell stands for: {@link csvCell} backwards. */
export function textOfCell(cell: string): string {
  const text = cell.slice(1)
  return cell.startsWith("'") && neutralised(text) === cell ? text : cell
}

/**
 * What spreadsheets take for the beginning of a formula, some of them the wide forms as well. Apostrophes may stand
 * before it: one more tells them from the one that keeps a formula from running.
 */
const RUNS_AS_FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/
/** Telephone and other numbers: a sign, digits and what people write between them, and nothing a formula could be. */
const NUMBER = /^[+-]?[\d(][\d\s().]*$/

function neutralised(text: string): string {
  return RUNS_AS_FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
}
