// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { patternError } from '../../../src/freeswitch/dialplan/patterns.ts'

/** Each was given to PCRE2, which takes it. */
const VALID = [
  '',
  '^(\\d+)$',
  '^\\+?44(\\d{10})$',
  '^(?:(?!\\*).|\\*59|\\*\\*|\\*8|\\*67|\\*69)+$',
  '^forward\\+(\\Q${caller_id_number}\\E)(?:\\/(\\d+))?$',
  '^dnd\\+${caller_id_number}$',
  '^(?!UNKNOWN)',
  '[]a]',
  '[^]a]',
  '[[:alpha:]-]',
  '[a\\]b]',
  '[\\Q]\\E]',
  'a{,5}',
  'a{x}',
  '{',
  'a{2,}+',
  'a++b*?c??',
  '(?<name>a)(?P=name)\\k<name>',
  "(?'name'a)\\1",
  '(?|(a)|(b))\\1',
  '(?(1)a|b)(c)',
  '(?>a+)',
  '(?<=a)b(?<!c)',
  '(?i)abc(?-i:D)',
  '(?#a comment()a',
  '(?x) a # ( comment',
  '(*UTF)a',
  '(a|)\\1',
  '|a',
  '(|a)',
  '\\12',
  '_NXX.',
  '_[2-9]XX(',
  '/^abc$/i',
  '/^(a)/',
]
/** And these it refuses. */
const INVALID = [
  '(',
  '(a',
  'a)',
  '^(1',
  '[',
  '[]',
  '[^]',
  '[a-',
  '[z-a]',
  '*',
  '+44',
  '^(?:+44)?(1)$',
  'a|*',
  '(?:?)',
  'a**',
  'a{2,1}',
  'a{70000}',
  '{3}a',
  '\\',
  'a\\',
  '(a)\\2',
  '(?%a)',
  '/a(/i',
]

describe('a regular expression', () => {
  it.each(VALID)('%s is one', (pattern) => {
    expect(patternError(pattern)).toBeUndefined()
  })

  it.each(INVALID)('%s is none', (pattern) => {
    expect(patternError(pattern)).toMatch(/^[A-Z(\\{].*\.$/)
  })

  it('that JavaScript takes in its strict syntax is one', () => {
    const atom = fc.constantFrom('a', '\\d', '\\w', '.', '[a-z]', '[^0-9]', '\\*', '(?:ab)', '(a|b)', '(?=a)')
    const quantifier = fc.constantFrom('', '?', '*', '+', '{2}', '{1,3}', '{2,}', '*?', '+?')
    const pattern = fc
      .array(fc.tuple(atom, quantifier), { maxLength: 8 })
      .map((parts) => parts.map((part) => part.join('')).join(''))
    fc.assert(fc.property(pattern, (text) => patternError(text) === undefined))
  })

  it('that is one is none with a parenthesis more', () => {
    fc.assert(
      fc.property(fc.constantFrom(...VALID.slice(1, 15)), fc.constantFrom('(', ')'), (pattern, more) => {
        expect(patternError(`${pattern}${more}`)).toBeDefined()
      }),
    )
  })

  it('is read in no time, however long', () => {
    const start = performance.now()
    for (const piece of ['(', '(*', '(?#', '[[:', '\\Q', '${', '(?C', '\\x{'])
      patternError(piece.repeat(4096 / piece.length))
    expect(performance.now() - start).toBeLessThan(3000)
  })

  it('is read to its end, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...'()[]{}?*+|\\QE^$-:<>=!#ab1,')), (characters) => {
        const error = patternError(characters.join(''))
        expect(error === undefined || error.length > 0).toBe(true)
      }),
    )
  })
})
