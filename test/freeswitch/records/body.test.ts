/** A record is found in whatever FreeSWITCH was told to wrap it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordText } from '../../../src/freeswitch/records/body.ts'
import { readRecord } from '../../../src/freeswitch/records/record.ts'
import { parseRecord } from '../../../src/freeswitch/records/tree.ts'
import { UnreadableRecord } from '../../../src/freeswitch/records/unreadable.ts'
import { POSTED, sample, xmlRecord } from '../sample.ts'

const XML = `${xmlRecord({ name: 'Zoë + 50% & <b>' }, '<note>a &amp; b + c=d é</note>')}`
const JSON_TEXT = '{"core-uuid":"c","variables":{"uuid":"1","name":"a+b & c=d é"}}'

/** All ways that a text may come. */
function encodings(text: string): [string, string | Buffer][] {
  const encoded = encodeURIComponent(text)
  const base64 = Buffer.from(text).toString('base64')
  return [
    ['bare', text],
    ['bare after white space', ` \r\n\t${text}`],
    ['bare after a byte order mark', `\ufeff${text}`],
    ['bare and url-encoded', encoded],
    ['bare and url-encoded after a byte order mark', encodeURIComponent(`\ufeff\n${text}`)],
    ['a url-encoded field', `cdr=${encoded}`],
    ['a url-encoded field with + for space', `cdr=${encoded.replaceAll('%20', '+')}`],
    ['a url-encoded field that begins with a space', `cdr=+${encoded}`],
    ['a url-encoded field in small letters', `cdr=${encoded.replace(/%[0-9A-F]{2}/g, (e) => e.toLowerCase())}`],
    ['a url-encoded field after others', `uuid=a_1&x=&cdr=${encoded}`],
    ['a url-encoded field before others', `cdr=${encoded}&uuid=a_1&x=%3Cno%3E`],
    ['a plain field', `cdr=${text}`],
    ['a base64 field', `cdr=${base64}`],
    ['a base64 field in lines', `cdr=${base64.replace(/.{76}/g, '$&\r\n')}\n`],
  ]
}

describe('XML', () => {
  it.each(encodings(XML))('is found %s', (_what, body) => {
    expect(recordText(Buffer.from(body))).toEqual({ text: XML, format: 'xml' })
  })

  it('gives the same tree in every encoding that a switch was seen to use', () => {
    for (const name of POSTED) {
      const { tree, text } = readRecord(sample(name))
      for (const [what, body] of encodings(text)) {
        expect(readRecord(Buffer.from(body)).tree, `${name}, ${what}`).toEqual(tree)
      }
    }
  })
})

describe('JSON', () => {
  it.each(encodings(JSON_TEXT))('is found %s', (_what, body) => {
    expect(recordText(Buffer.from(body))).toEqual({ text: JSON_TEXT, format: 'json' })
  })
})

describe('what is broken', () => {
  it('keeps escapes that are none', () => {
    expect(recordText(Buffer.from('cdr=%3Ca%zz%4%')).text).toBe('<a%zz%4%')
    expect(recordText(Buffer.from('%3Ca%C3%A')).text).toBe('<a\ufffd%A')
  })

  it('has U+FFFD for bytes that are no UTF-8', () => {
    expect(recordText(Buffer.from('<a>\xeb</a>', 'latin1')).text).toBe('<a>\ufffd</a>')
    expect(recordText(Buffer.from('cdr=%3Ca%EB%3E')).text).toBe('<a\ufffd>')
    const base64 = Buffer.from('<a>\xeb</a>', 'latin1').toString('base64')
    expect(recordText(Buffer.from(`cdr=${base64}`)).text).toBe('<a>\ufffd</a>')
  })

  it.each([
    ['nothing', ''],
    ['white space', ' \r\n\ufeff'],
    ['an empty field', 'cdr='],
    ['words', 'hello'],
    ['another field', 'xml=%3Ccdr%3E'],
    ['a plain field after others', 'uuid=1&cdr=<cdr/>'],
    ['base64 of words', 'cdr=aGVsbG8='],
    ['words in percent-encoding', 'cdr=%68ello'],
    ['a JSON array', '[{"variables":{}}]'],
  ])('is refused when it is %s', (_what, body) => {
    expect(() => recordText(Buffer.from(body))).toThrow(UnreadableRecord)
  })
})

describe('any text', () => {
  const texts = fc.string({ unit: 'binary' }).map((text) => `<cdr>${text}`)

  it('comes back from every encoding of it', () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const [what, body] of encodings(text)) {
          expect(recordText(Buffer.from(body)).text, what).toBe(text)
        }
      }),
    )
  })

  it('is a record or is refused', () => {
    const bytes = fc.oneof(fc.uint8Array(), texts.map(Buffer.from))
    const bodies = fc.tuple(fc.constantFrom('', 'cdr=', '<cdr>', '{"variables":{', 'cdr=%3C', 'cdr=PGNk', '%7B'), bytes)
    fc.assert(
      fc.property(bodies, ([start, rest]) => {
        try {
          const { text, format } = recordText(Buffer.concat([Buffer.from(start), rest]))
          expect(parseRecord(text, format).variables).toBeTypeOf('object')
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableRecord)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
