/** Any text of a caller's comes out of a download as the list's CSV has it, and no spreadsheet runs it. */
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { testWorld, type World } from '../../support/app.ts'
import { addCalls } from '../../support/cdrs.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

const MARKS = [
  ...'=+-@\t\r\n＝＋－＠',
  '"',
  ',',
  ';',
  "'",
  '\\',
  '\\.',
  '\\N',
  ' ',
  '\u00a0',
  '\u2003',
  '\ufeff',
  '\u2028',
]
const LETTERS = [
  'a',
  'ß',
  '😀',
  'é',
  'e\u0301',
  '1',
  '9',
  '(',
  ')',
  '.',
  '٣',
  '|',
  '\u0001',
  '\v',
  '\f',
  '\u0085',
  '\u202e',
]
const hostile = fc.oneof(
  fc.string({ unit: fc.constantFrom(...MARKS, ...LETTERS), maxLength: 8 }),
  fc
    .tuple(
      fc.constantFrom(...MARKS),
      fc.string({ unit: fc.constantFrom('1', '2', ' ', '(', ')', '.', '\u00a0', '\u2003', '\n'), maxLength: 8 }),
    )
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.replaceAll('\0', '')),
  fc.constantFrom(
    '',
    'NULL',
    '\\.',
    '"',
    '""',
    "'",
    '=HYPERLINK("http://x","y")',
    '+15551234567',
    '-4',
    '@SUM(A1)',
    '\ufeff=1',
  ),
)

/** Stores texts and holds the cells of a download against those of the list, and against what was stored. */
async function expectSame(texts: readonly string[]): Promise<void> {
  const { pool } = world.app
  await pool.query('TRUNCATE xml_cdrs')
  await addCalls(
    pool,
    texts.map((text, n) => ({
      start_stamp: '2026-03-01T10:00:00Z',
      duration: n,
      caller_id_name: text,
      last_arg: text,
    })),
  )
  const query = 'fields=caller_id_name,duration,last_arg&ordering=duration'
  const list = await world.call(world.admin.token, 'GET', `/api/xmlcdrs/?${query}&format=csv&page_size=100`)
  const download = await world.call(world.admin.token, 'GET', `/api/xmlcdrs/download/?${query}`)
  const [header, ...rows] = parse(download.text, { record_delimiter: '\r\n' }) as string[][]
  expect([header, ...rows]).toEqual(parse(list.text, { record_delimiter: '\r\n' }))
  for (const [n, [name, duration, argument]] of rows.entries()) {
    expect(duration).toBe(String(n))
    expect([texts[n], `'${texts[n]}`]).toContain(name)
    expect(argument).toBe(name)
    // What begins as a formula is a number, or was made text.
    if (/^[=+\-@\t\r\n＝＋－＠]/.test(name!)) expect(name).toMatch(/^[+-]?[\d(][\d\s().]*$/)
  }
}

it('is the same cell in both, and the caller is given back what was stored', async () => {
  const texts = fc.array(hostile, { minLength: 1, maxLength: 60 })
  await fc.assert(fc.asyncProperty(texts, expectSame), { numRuns: 40 })
})

it('takes the same for a number, whatever spaces stand between its digits', async () => {
  const spaces = [...'\t\n\v\f\r \u0085\u00a0\u1680\u180e\u2028\u2029\u202f\u205f\u2060\u3000\ufeff\u200b\u001c\u001f']
  const others = Array.from({ length: 11 }, (_, n) => String.fromCharCode(0x2000 + n))
  await expectSame([...spaces, ...others].map((space) => `+1${space}2`))
})
