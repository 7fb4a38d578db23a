/** What values are taken, and as what: held against models of our own with random values. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Column } from '../../src/rest/model/model.ts'
import { booleanParser } from '../../src/rest/values/boolean.ts'
import { readRowId, readUuid, relationParser } from '../../src/rest/values/identity.ts'
import { decimalParser, integerParser } from '../../src/rest/values/number.ts'
import { quoted } from '../../src/rest/values/parsed.ts'
import { textParser } from '../../src/rest/values/text.ts'

const column = (facts: Partial<Column>): Column => ({
  name: 'c',
  type: 'text',
  sqlType: 'text',
  nullable: false,
  hasDefault: false,
  primary: false,
  ...facts,
})

describe('whole numbers', () => {
  const bounds = { smallint: 2n ** 15n, integer: 2n ** 31n, bigint: 2n ** 63n }
  const types = Object.entries(bounds)

  it.each(types)('of type %s are taken exactly up to its bounds, as text', (sqlType, bound) => {
    const parse = integerParser(column({ type: 'integer', sqlType }))
    fc.assert(
      fc.property(fc.bigInt({ min: -bound * 3n, max: bound * 3n }), (number) => {
        const fits = number >= -bound && number < bound
        expect(parse(number.toString())).toMatchObject(fits ? { ok: true, value: number.toString() } : { ok: false })
      }),
    )
  })

  it('are taken as numbers, with exponents, signs, leading zeros and spaces', () => {
    const parse = integerParser(column({ type: 'integer', sqlType: 'bigint' }))
    fc.assert(
      fc.property(fc.maxSafeInteger(), (number) => {
        expect(parse(number)).toEqual({ ok: true, value: String(number) })
      }),
    )
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 6 }), fc.boolean(), (number, zeros, upper) => {
        const exact = BigInt(number) * 10n ** BigInt(zeros)
        expect(parse(` ${number}${upper ? 'E' : 'e'}${zeros} `)).toEqual({ ok: true, value: exact.toString() })
        expect(parse(`${exact}e-${zeros}`).ok, 'as DRF: 100e-2 has two decimal places').toBe(zeros === 0)
        expect(parse(`${number}.${'0'.repeat(zeros)}`).ok).toBe(zeros === 0)
        const padded = `${number < 0 ? '-' : '+'}${'0'.repeat(zeros)}${Math.abs(number)}`
        expect(parse(padded)).toEqual({ ok: true, value: String(number) })
      }),
    )
  })

  it('are held to their digits and bounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 11 }), fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), (digits, n) => {
        const parse = integerParser(column({ type: 'integer', sqlType: 'bigint', digits }))
        expect(parse(String(n)).ok).toBe(String(n).replace('-', '').length <= digits)
      }),
    )
    const parse = integerParser(column({ type: 'integer', sqlType: 'integer', min: 1, max: 20 }))
    expect([0, 1, 20, 21].map((n) => parse(n).ok)).toEqual([false, true, true, false])
  })

  it.each(['', ' ', '.', '-', 'e5', '1e', '0x10', '١', 'NaN', 'Infinity', '1_000', '1,5', '--1', [], {}, true, null])(
    '%j is none',
    (input) => {
      expect(integerParser(column({ type: 'integer', sqlType: 'bigint' }))(input)).toEqual({
        ok: false,
        error: 'A valid number is required.',
      })
    },
  )

  it('of any size take no time', () => {
    const parse = integerParser(column({ type: 'integer', sqlType: 'bigint' }))
    const start = performance.now()
    for (const text of ['1e9999', '9'.repeat(1e6), `${'0'.repeat(999)}x`, `${'1'.repeat(500)}e-9999`]) parse(text)
    expect(performance.now() - start).toBeLessThan(200)
  })
})

it('decimals keep their text', () => {
  const parse = decimalParser()
  fc.assert(
    fc.property(fc.bigInt(), fc.nat(), (whole, fraction) => {
      expect(parse(` ${whole}.${fraction}`)).toEqual({ ok: true, value: `${whole}.${fraction}` })
    }),
  )
  expect(parse('NaN').ok).toBe(false)
})

describe('UUIDs', () => {
  const spellings = [
    (uuid: string) => uuid,
    (uuid: string) => uuid.toUpperCase(),
    (uuid: string) => uuid.replaceAll('-', ''),
    (uuid: string) => `{${uuid}}`,
    (uuid: string) => `urn:uuid:${uuid}`,
    (uuid: string) => ` ${uuid} `,
  ]

  it('are read in each of the spellings that Python takes', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.constantFrom(...spellings), (uuid, spell) => {
        expect(readUuid(spell(uuid))).toBe(uuid)
      }),
    )
  })

  it('are nothing else', () => {
    const looksRight = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f-]{30,36}$/), fc.anything()), (input) => {
        const uuid = readUuid(input)
        expect(uuid === undefined || looksRight.test(uuid)).toBe(true)
      }),
    )
    for (const input of [5, null, {}, [], 'g'.repeat(32), '0'.repeat(31), '0'.repeat(33)]) {
      expect(readUuid(input)).toBeUndefined()
    }
  })

  it('and whole numbers in detail URLs are ids or name no row', () => {
    const integer = column({ type: 'integer', sqlType: 'integer', primary: true })
    expect(['1', '007', '2147483647'].map((text) => readRowId(integer, text))).toEqual(['1', '7', '2147483647'])
    for (const text of ['2147483648', '-1', '1.0', '1e3', '', 'x', '9'.repeat(30)]) {
      expect(readRowId(integer, text)).toBeUndefined()
    }
  })
})

it('booleans are words and digits in any case, and nothing else', () => {
  const yes = ['true', '1', 'yes', 't']
  const no = ['false', '0', 'no', 'f']
  fc.assert(
    fc.property(fc.mixedCase(fc.constantFrom(...yes, ...no)), (word) => {
      expect(booleanParser(` ${word} `)).toEqual({ ok: true, value: yes.includes(word.toLowerCase()) })
    }),
  )
  for (const input of ['', 'on', '2', 2, -1, 0.5, null, [], ['true'], {}, 'constructor', '__proto__']) {
    expect(booleanParser(input).ok, JSON.stringify(input)).toBe(false)
  }
  expect([true, false, 1, 0].map(booleanParser)).toEqual(
    [true, false, true, false].map((value) => ({ ok: true, value })),
  )
})

describe('text', () => {
  it('is trimmed, and counted in characters as PostgreSQL counts them', () => {
    const parse = textParser(column({ maxLength: 8 }))
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), (text) => {
        const trimmed = text.trim()
        const fits = trimmed !== '' && [...trimmed].length <= 8 && !trimmed.includes('\0')
        expect(parse(`  ${text}\n`)).toMatchObject(fits ? { ok: true, value: trimmed } : { ok: false })
      }),
    )
  })

  it('without NUL or half characters reaches PostgreSQL', () => {
    const parse = textParser(column({}))
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const result = parse(text)
        if (result.ok) expect(Buffer.from(result.value as string).toString()).toBe(text.trim())
        else expect(text.trim() === '' || text.includes('\0') || !text.isWellFormed()).toBe(true)
      }),
    )
    expect(parse('a\ud800')).toEqual({ ok: false, error: 'Surrogate characters are not allowed: U+D800.' })
    expect(parse('\udc00')).toEqual({ ok: false, error: 'Surrogate characters are not allowed: U+DC00.' })
  })

  it('may be sent as a number, but not as one that JSON has rounded already', () => {
    const parse = textParser(column({}))
    expect(parse(1914)).toEqual({ ok: true, value: '1914' })
    expect(parse(1915.5)).toEqual({ ok: true, value: '1915.5' })
    for (const number of [2 ** 53, 1e20, Number.POSITIVE_INFINITY, -1e300]) {
      expect(parse(number), String(number)).toEqual({
        ok: false,
        error: 'A number of this size must be sent as text.',
      })
    }
  })
})

describe('values in sentences', () => {
  it.each([
    [null, 'None'],
    [true, 'True'],
    ['it\'s "x"', 'it\'s "x"'],
    [['a', 1, 1.5, false], "['a', 1, 1.5, False]"],
    [{ id: "it's" }, `{'id': "it's"}`],
    [['it\'s "x"'], `['it\\'s "x"']`],
    [['a\\b\n\r\t\x07\xa0'], `['a\\\\b\\n\\r\\t\\x07\\xa0']`],
  ])('%j is quoted as Python writes it: %s', (input, text) => {
    expect(quoted(input)).toBe(text)
  })

  it('are cut, however long or deep what was sent', () => {
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown
    for (const input of [deep, 'x'.repeat(1e6), Array(1e5).fill('x'), { a: { b: deep } }]) {
      expect(quoted(input).length).toBeLessThanOrEqual(1000)
      expect(relationParser(column({ type: 'uuid', sqlType: 'uuid' }))(input).ok).toBe(false)
    }
  })
})
