/** Records that no switch writes are read or refused soon, and never bring the server down. */
import { describe, expect, it } from 'vitest'
import { readRecord } from '../../../src/freeswitch/records/record.ts'
import { UnreadableRecord } from '../../../src/freeswitch/records/unreadable.ts'
import { sample, xmlRecord } from '../sample.ts'

const MEBIBYTE = 2 ** 20
/** Most take tens of milliseconds, the worst little more than a second; time that grew as a square would take minutes. */
const SOON_MS = 5000
const LIMIT = 100_000

/** In time of the processor, of which a busy machine takes no more. */
const timed = (action: () => void) => {
  const start = process.cpuUsage()
  action()
  const { user, system } = process.cpuUsage(start)
  expect((user + system) / 1000).toBeLessThan(SOON_MS)
}
const BOMB = `<!DOCTYPE cdr [<!ENTITY a "aaaaaaaaaa">${'bcdefghi'
  .split('')
  .map((name, at) => `<!ENTITY ${name} "${`&${'abcdefghi'[at]};`.repeat(10)}">`)
  .join('')}]><cdr><variables><x>&i;</x></variables></cdr>`
const xml = (content: string) => `<cdr><variables><a>1</a>${content}</variables></cdr>`
const json = (content: string) => `{"variables":{"a":"1"},"b":${content}}`

const REFUSED: [string, () => string][] = [
  ['entities that multiply', () => BOMB],
  [
    'an external entity',
    () => '<!DOCTYPE cdr [<!ENTITY x SYSTEM "file:///etc/passwd">]><cdr><variables><x>&x;</x></variables></cdr>',
  ],
  ['an external DTD', () => `<!DOCTYPE cdr SYSTEM "http://127.0.0.1/x.dtd">${xml('')}`],
  ['100,000 elements within each other', () => xml('<a>'.repeat(LIMIT) + '</a>'.repeat(LIMIT))],
  ['65 elements within each other', () => xml('<a>'.repeat(63) + '</a>'.repeat(63))],
  ['more than 100,000 elements', () => xml('<a/>'.repeat(LIMIT))],
  ['more than 100,000 attributes', () => xml(`<a ${[...Array(LIMIT).keys()].map((n) => `a${n}=""`).join(' ')}/>`)],
  ['8 MiB of opening tags', () => '<a>'.repeat((8 * MEBIBYTE) / 3)],
  ['8 MiB of opening tags in a record', () => `<cdr>${'<a>'.repeat((8 * MEBIBYTE) / 3)}`],
  ['8 MiB of a name', () => `<cdr><${'a'.repeat(8 * MEBIBYTE)}`],
  ['8 MiB of an entity', () => `<cdr>&${'a'.repeat(8 * MEBIBYTE)};</cdr>`],
  ['8 MiB of a comment', () => `<cdr><!--${'- '.repeat(4 * MEBIBYTE)}`],
  ['8 MiB of percent signs', () => `cdr=${'%'.repeat(8 * MEBIBYTE)}`],
  ['8 MiB of spaces', () => `cdr=AAAA${' '.repeat(8 * MEBIBYTE)}!`],
  ['8 MiB of fields', () => 'a=b&'.repeat(2 * MEBIBYTE)],
  ['100,000 arrays within each other', () => json('['.repeat(LIMIT) + ']'.repeat(LIMIT))],
  ['100,000 objects within each other', () => json(`${'{"a":'.repeat(LIMIT)}1${'}'.repeat(LIMIT)}`)],
  ['8 MiB of JSON brackets', () => `{"variables":${'['.repeat(8 * MEBIBYTE)}`],
  ['8 MiB of JSON numbers', () => json(`[${'1,'.repeat(4 * MEBIBYTE)}1]`)],
  ['8 MiB of JSON backslashes', () => json(`"${'\\'.repeat(8 * MEBIBYTE)}`)],
  ['8 MiB of JSON quotes', () => `{"variables":${'"'.repeat(8 * MEBIBYTE)}`],
]

describe('refused', () => {
  it.each(REFUSED)('%s', (_what, body) => {
    const bytes = Buffer.from(body())
    timed(() => expect(() => readRecord(bytes)).toThrow(UnreadableRecord))
  })

  it('the beginning of a record, wherever it breaks off', () => {
    const whole = sample('cdr-answered-POST.txt')
    for (let length = 0; length < whole.length - 20; length += 97) {
      expect(() => readRecord(whole.subarray(0, length)), `${length} bytes`).toThrow(UnreadableRecord)
    }
  })
})

describe('read', () => {
  it('10,000 variables', () => {
    const variables = Object.fromEntries([...Array(10_000).keys()].map((n) => [`v${n}`, `${n} %`]))
    timed(() => expect(readRecord(Buffer.from(xmlRecord(variables))).variable('v9999')).toBe('9999 %'))
  })

  it('10,000 values of a variable', () => {
    const record = readRecord(Buffer.from(xml('<b>%41</b>'.repeat(10_000))))
    timed(() => expect(record.variables('b')).toHaveLength(10_000))
    expect(record.variable('b')).toBe('A')
  })

  it('8 MiB in one variable, of any character', () => {
    for (const value of ['a', '%41', '%', '%FF', '%C3%AB', '&#xEB;', 'ë']) {
      const body = Buffer.from(xml(`<b>${value.repeat((8 * MEBIBYTE) / value.length)}</b>`))
      timed(() => expect(readRecord(body).variable('b')!.length).toBeGreaterThan(MEBIBYTE))
    }
  })

  it('8 MiB of JSON text with escapes', () => {
    const body = Buffer.from(json(`"${'\\u0000\\ud800\\\\\\"'.repeat(MEBIBYTE / 2)}"`))
    timed(() => expect(readRecord(body).tree.b).toBe('\ufffd\\"'.repeat(MEBIBYTE / 2)))
  })
})
