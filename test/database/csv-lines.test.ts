import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CsvLines } from '../../src/database/csv-lines.ts'

const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', '\n', '\r', ',', '中') })
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`

test('line ends become CRLF wherever the bytes are cut, and what is in quotes stays', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, fc.boolean())), fc.infiniteStream(fc.nat(9)), (cells, cuts) => {
      const rows = cells.map(([text, plain]) => (plain ? text.replace(/["\n\r,]/g, '') : quoted(text)))
      const bytes = Buffer.from(rows.map((row) => `${row}\n`).join(''))
      const lines = new CsvLines()
      const parts: Buffer[] = []
      for (let at = 0; at < bytes.length; ) {
        const length = cuts.next().value + 1
        parts.push(lines.convert(bytes.subarray(at, at + length)))
        at += length
      }
      expect(Buffer.concat(parts).toString()).toBe(rows.map((row) => `${row}\r\n`).join(''))
    }),
  )
})
