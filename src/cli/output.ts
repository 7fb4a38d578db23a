/** Results go to standard output, everything said about them to standard error. */

export interface OutputOptions {
  readonly json?: boolean
}

type Row = Readonly<Record<string, unknown>>

/** A line for the person who runs the command. */
export function complain(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** A line of the result. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** What a command made: as JSON, or as a line of `name: value` for each column. */
export function printOne(row: Row, { json }: OutputOptions): void {
  const width = Math.max(...Object.keys(row).map((name) => name.length)) + 2
  const lines = Object.entries(row).map(([name, value]) => `${name}:`.padEnd(width) + cell(value))
  print(json ? JSON.stringify(row, null, 2) : lines.join('\n'))
}

/** What a command found: as JSON, or as a table of these columns. */
export function printAll(columns: readonly string[], rows: readonly Row[], { json }: OutputOptions): void {
  print(json ? JSON.stringify(rows, null, 2) : table(columns, rows).join('\n'))
}

function table(columns: readonly string[], rows: readonly Row[]): string[] {
  const head = columns.map((name) => name.toUpperCase())
  const lines = [head, ...rows.map((row) => columns.map((name) => cell(row[name])))]
  const widths = columns.map((_name, index) => Math.max(...lines.map((line) => length(line[index]!))))
  return lines.map((line) =>
    line
      .map((text, index) => text + ' '.repeat(widths[index]! - length(text)))
      .join('  ')
      .trimEnd(),
  )
}

/** In characters, not UTF-16 units. */
function length(text: string): number {
  return [...text].length
}

function cell(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-'
  if (value instanceof Date) return value.toISOString().replace(/\.\d+Z$/, 'Z')
  if (Array.isArray(value)) return value.join(', ') || '-'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  // Text from the database must not move the cursor or start a colour.
  return String(value).replace(/\p{Cc}/gu, '?')
}
