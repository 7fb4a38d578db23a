/** CSV: readers get the values back, and spreadsheets run none of them. */
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvCell, renderCsv, textOfCell } from '../../src/rest/http/renderers/csv.ts'

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.string({
    unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', ';', ' ', "'", '1', 'a', '(', ')'),
  }),
)
const value = fc.oneof(
  text,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.record({ id: fc.nat(), name: text }), { maxLength: 2 }),
)

/** What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection), wide forms included. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/
const PLAIN_NUMBER = /^[+-]?[\d(][\d\s().]*$/

describe('a file', () => {
  const columns = fc.uniqueArray(fc.stringMatching(/^[a-z_]{1,8}$/), { minLength: 1, maxLength: 5 })

  it('gives back its header and every cell', () => {
    fc.assert(
      fc.property(columns, fc.array(fc.array(value, { minLength: 5, maxLength: 5 })), (names, cells) => {
        const rows = cells.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]])))
        const read = parse(renderCsv(names, rows), { skip_empty_lines: false, record_delimiter: '\r\n' })
        expect(read).toEqual([names, ...rows.map((row) => names.map((name) => csvCell(row[name])))])
      }),
    )
  })

  it('ends lines with CR LF, and quotes commas, quotes, line ends and outer spaces', () => {
    const rows = [
      { a: 'x,y', b: 'say "x"' },
      { a: 'two\nlines', b: ' x' },
      { a: null, b: 5 },
    ]
    expect(renderCsv(['a', 'b'], rows)).toBe('a,b\r\n"x,y","say ""x"""\r\n"two\nlines"," x"\r\n,5\r\n')
  })

  it('of no rows is its header', () => {
    expect(renderCsv(['a', 'b'], [])).toBe('a,b\r\n')
  })
})

describe('a cell', () => {
  it('begins no formula, unless it is a plain number', () => {
    fc.assert(
      fc.property(value, (one) => {
        const cell = csvCell(one)
        if (typeof one === 'string') expect(FORMULA.test(cell) && !PLAIN_NUMBER.test(cell)).toBe(false)
      }),
    )
  })

  it('is the value, with an apostrophe before what would be a formula', () => {
    fc.assert(
      fc.property(text, (one) => {
        const cell = csvCell(one)
        expect(cell === one || cell === `'${one}`).toBe(true)
        if (!FORMULA.test(one.replace(/^'+/, ''))) expect(cell).toBe(one)
      }),
    )
  })

  it('is read back as the value', () => {
    fc.assert(
      fc.property(text, (one) => {
        expect(textOfCell(csvCell(one))).toBe(one)
      }),
    )
    for (const one of ["'=1", "''=1", "'", "''", "'a", '=1', "'+49 30", '+49 30', "'+x"]) {
      expect(textOfCell(csvCell(one))).toBe(one)
    }
  })

  it('that a spreadsheet marked as text loses no apostrophe before a number', () => {
    expect(["'=1+1", "'+49 30 1", "'tis"].map(textOfCell)).toEqual(['=1+1', "'+49 30 1", "'tis"])
  })

  it('leaves telephone numbers as they are', () => {
    const digits = fc.stringMatching(/^[1-9][0-9]{2,14}$/)
    fc.assert(
      fc.property(digits, fc.constantFrom('', '+', '-'), (number, sign) => {
        expect(csvCell(sign + number)).toBe(sign + number)
      }),
    )
    for (const number of [
      '+15551234567',
      '+1 (555) 123.4567',
      '+44 20 7946 0018',
      '(030) 12345',
      '0049 30 1',
      '-5',
      '*98',
    ]) {
      expect(csvCell(number)).toBe(number)
    }
  })

  it.each([
    '=1+1',
    '+1+cmd',
    '-2+3+cmd|x',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '+',
    '-',
    '+1;=2',
    '+49-30-1',
    '＝1+1',
    '＠A1',
  ])('%j is kept from running', (formula) => {
    expect(csvCell(formula)).toBe(`'${formula}`)
  })

  it('of other kinds is what JSON has', () => {
    expect([5, -5, true, null, undefined, [1], { a: '=1' }].map(csvCell)).toEqual([
      '5',
      '-5',
      'true',
      '',
      '',
      '[1]',
      '{"a":"=1"}',
    ])
  })
})
