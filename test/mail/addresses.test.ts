/** Addresses and text that other people typed. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressesIn, isAddress } from '../../src/mail/addresses.ts'
import { oneLine } from '../../src/mail/text.ts'

describe('addresses', () => {
  it('stand between commas, semicolons and spaces, each once', () => {
    expect(addressesIn(' a@b.example;c.d+e@f.example,a@b.example  g@h ')).toEqual([
      'a@b.example',
      'c.d+e@f.example',
      'g@h',
    ])
    expect(addressesIn(null)).toEqual([])
    expect(addressesIn('nobody, a@b.example, @c, d@')).toEqual(['a@b.example'])
  })

  it.each([
    ['a@-b.example'],
    ['a@b..example'],
    ['a b@c.example'],
    ['<a@b.example>'],
    ['a@b.example\r\nRCPT TO:<spy@evil.example>'],
    ['"a b"@c.example'],
    [`${'a'.repeat(65)}@b.example`],
    [`a@${'b.'.repeat(130)}example`],
    ['a@b@c.example'],
    ['a@[127.0.0.1]'],
  ])('%j is none', (text) => {
    expect(isAddress(text)).toBe(false)
  })

  it('hold nothing that ends a line or begins another header, whatever was typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.emailAddress(), (text, address) => {
        for (const one of addressesIn(`${text}${address}${text}`)) expect(one).toMatch(/^[\x21-\x7e]+$/)
      }),
    )
  })
})

it('one line is one line', () => {
  expect(oneLine(' a\r\n\tb\u2028c\u202ed\0 ')).toBe('a b c d')
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(oneLine(text))))
})
