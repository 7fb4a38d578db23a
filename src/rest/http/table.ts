/** A CSV file as lines of cells: RFC 4180, with what spreadsheets make of it. */
import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CsvError, type Options, parse } from 'csv-parse'
import { badRequest, LinesError } from '../errors.ts'

export const MOST_LINES = 10_000
/** So much is taken apart at a time, before others have their turn. */
const CHUNK = 65_536

export interface Line {
  /** Where it begins in the file, the first line being 1. */
  readonly number: number
  readonly cells: readonly string[]
}

const OPTIONS: Options = {
  bom: true,
  // A line that is too short or too long is told with its number; the parser would stop at it.
  relax_column_count: true,
  skip_empty_lines: true,
  // One line too many is enough to know.
  to: MOST_LINES + 2,
  record_delimiter: ['\r\n', '\n', '\r'],
}

/** The header and the lines below it. A file that cannot be read as CSV is refused, with the line where it ends to be. */
export async function readTable(bytes: Buffer): Promise<{ header: Line; lines: Line[] }> {
  if (!isUtf8(bytes)) throw badRequest('The file is not valid UTF-8. Save it as CSV in UTF-8.')
  const all: Line[] = []
  /** Where the next line begins, empty ones before it left aside. */
  let next = 1
  const parser = parse({
    ...OPTIONS,
    delimiter: delimiterOf(bytes),
    on_record: (cells: string[], { empty_lines }) => {
      all.push({ number: next + empty_lines, cells })
      next += cells.join('').split(LINE_END).length
      return null
    },
  })
  try {
    await pipeline(Readable.from(chunksOf(bytes)), parser.resume())
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new LinesError('The file cannot be read as CSV.', [{ line: next, column: null, message: sentenceOf(error) }])
  }
  if (all.length > MOST_LINES + 1) throw badRequest(`The file has more than ${MOST_LINES} lines. Send it in parts.`)
  const [header, ...lines] = all
  if (!header) throw badRequest('The file is empty. Its first line must name the columns.')
  if (lines.length === 0) throw badRequest('There is no line below the names of the columns.')
  return { header, lines }
}

const LINE_END = /\r\n|\n|\r/

function* chunksOf(bytes: Buffer): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK)
}

/** Where a comma is the decimal point, spreadsheets separate cells by semicolons. */
function delimiterOf(bytes: Buffer): string {
  const [header = ''] = bytes.toString('utf8', 0, CHUNK).trimStart().split(LINE_END, 1)
  return [',', ';', '\t'].find((delimiter) => header.includes(delimiter)) ?? ','
}

function sentenceOf({ code }: CsvError): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'A quote that begins a cell here is not closed.'
  return 'A cell with a quote in it must stand in quotes, and the quote be doubled.'
}
