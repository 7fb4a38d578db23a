/** What FreeSWITCH writes is read by a reader of its own: nobody can tell it from the parser, whatever the XML. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordText } from '../../../src/freeswitch/records/body.ts'
import { readPlainXml } from '../../../src/freeswitch/records/plain-xml.ts'
import { UnreadableRecord } from '../../../src/freeswitch/records/unreadable.ts'
import { parseAnyXml } from '../../../src/freeswitch/records/xml.ts'
import { POSTED, sample } from '../sample.ts'

/** JSON, which keeps the order as well; undefined where the parser refuses. */
function byParser(text: string): string | undefined {
  try {
    return JSON.stringify(parseAnyXml(text))
  } catch (error) {
    expect(error).toBeInstanceOf(UnreadableRecord)
    return undefined
  }
}

/** Whether it was plain; then both have read the same. */
function agree(text: string): boolean {
  const plain = readPlainXml(text)
  if (plain === undefined) return false
  expect(JSON.stringify(plain)).toBe(byParser(text))
  return true
}

const NAMES = ['a', 'b', 'sip_h_X-a.1', 'nolocal:b', '_', 'cdr', 'Zoë', '1a', '-', '__proto__', 'constructor', '']
const PIECES = [
  ...[
    'x',
    ' ',
    '\n',
    '\t',
    '\r',
    '\r\n',
    '\u00a0',
    '\u0085',
    '\u2028',
    'ë',
    '😀',
    '\ud800',
    '\0',
    '\ufeff',
    '\ufffe',
    '\x7f',
  ],
  ...[
    '&amp;',
    '&lt;',
    '&gt;',
    '&quot;',
    '&apos;',
    '&amp',
    '&',
    ';',
    '&nbsp;',
    '&#10;',
    '&#13;',
    '&#x9;',
    '&#xEB;',
    '&#XEB;',
  ],
  ...[
    '&#0;',
    '&#xD800;',
    '&#xFFFE;',
    '&#x1F600;',
    '&#x110000;',
    '&#0000000065;',
    '&#;',
    '&#x;',
    ']]>',
    ']]',
    '>',
    '"',
    "'",
  ],
  ...[
    '<',
    '</',
    '</a>',
    '</>',
    '<!-- a -->',
    '<![CDATA[<]]>',
    '<?b c?>',
    '<!DOCTYPE cdr>',
    '<?xml version="1.0"?>',
    '%20',
  ],
]
const usually = <T>(plain: fc.Arbitrary<T>, odd: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 30, arbitrary: plain }, { weight: 1, arbitrary: odd })
const oneOf = (texts: readonly string[]) => fc.constantFrom(...texts)
const name = usually(oneOf(NAMES.slice(0, 6)), oneOf(NAMES))
const blank = usually(fc.constant(''), oneOf([' ', '\n', '\t', '\r', '\u00a0']))
const written = usually(oneOf(['x', ' ', '\n', '\n    ', '&amp;', '&lt;', '&#235;', '%C3%AB', '>']), oneOf(PIECES))
const text = fc.array(written, { maxLength: 4 }).map((pieces) => pieces.join(''))
const attribute = fc
  .tuple(usually(fc.constant(' '), oneOf(['', '\n', '  '])), name, blank, blank, text, oneOf(['"', "'"]))
  .map(([before, named, left, right, value, quote]) => `${before}${named}${left}=${right}${quote}${value}${quote}`)
const attributes = fc.array(attribute, { maxLength: 2 }).map((all) => all.join(''))
const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc
    .tuple(name, attributes, blank, fc.array(fc.oneof(text, tie('element')), { maxLength: 4 }), fc.integer({ max: 40 }))
    .map(([named, given, space, content, odd]) => {
      if (content.length === 0) return `<${named}${given}${space}/>`
      const end = odd === 40 ? 'other' : named
      return `<${named}${given}${space}>${content.join('')}</${end}${space}>`
    }),
}))
const declaration = usually(
  oneOf(['', '<?xml version="1.0"?>', '<?xml version="1.0" encoding="utf-8"?>\n']),
  oneOf([
    ' <?xml version="1.0"?>',
    '<?xml version="1.1"?>',
    '<?xml version="1.0" standalone="yes"?>',
    '<?xml?>',
    '\ufeff',
  ]),
)
const root = usually(fc.constant('cdr'), oneOf(['cdrs', 'CDR', 'a']))
const record = fc
  .tuple(declaration, root, attributes, fc.array(fc.oneof(text, element), { maxLength: 5 }), blank)
  .map(([before, named, given, content, after]) => `${before}<${named}${given}>${content.join('')}</${named}>${after}`)

describe('XML as FreeSWITCH writes it', () => {
  it('is plain where mod_xml_cdr posted it', () => {
    for (const posted of POSTED) {
      const { text: xml, format } = recordText(sample(posted))
      expect([posted, format, agree(xml)]).toEqual([posted, 'xml', true])
    }
  })

  it('is read as the parser reads it', () => {
    let plain = 0
    const runs = 3000
    fc.assert(
      fc.property(record, (xml) => {
        plain += Number(agree(xml))
      }),
      { numRuns: runs },
    )
    // Neither always nor never plain: both were compared.
    expect(plain).toBeGreaterThan(runs / 10)
    expect(plain).toBeLessThan((runs * 9) / 10)
  })

  it('is the same with anything put into it, left out of it or cut off', () => {
    const whole = '<?xml version="1.0"?>\n<cdr a="1">\n <v>\n  <x>%20</x>\n  <x b=\'2\'>&lt;</x><y/>\n </v>\n</cdr>\n'
    const place = fc.nat({ max: whole.length })
    fc.assert(
      fc.property(
        place,
        place,
        fc.oneof(oneOf(PIECES), oneOf(NAMES), oneOf(['', '/', '=', '<a>'])),
        (at, until, piece) => {
          agree(whole.slice(0, at) + piece + whole.slice(at))
          agree(whole.slice(0, Math.min(at, until)) + piece + whole.slice(Math.max(at, until)))
          agree(whole.slice(0, at) + piece)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['depth', (count: number) => `<cdr>${'<a>'.repeat(count - 1)}${'</a>'.repeat(count - 1)}</cdr>`, 64],
    ['empty elements', (count: number) => `<cdr>${'<a/>'.repeat(count - 1)}</cdr>`, 100_000],
    ['elements of text', (count: number) => `<cdr>${'<a>1</a>'.repeat(count - 1)}</cdr>`, 100_000],
    [
      'attributes',
      (count: number) => `<cdr ${[...Array(count - 1).keys()].map((n) => `a${n}="" `.trim()).join(' ')}/>`,
      100_000,
    ],
  ])('is held to the same limits: %s', (_what, xml, most) => {
    expect(agree(xml(most))).toBe(true)
    expect(agree(xml(most + 1))).toBe(false)
    expect(byParser(xml(most + 1))).toBeUndefined()
  })
})
