/** The tree of a record: what clients of the original get as `json`. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRecord } from '../../../src/freeswitch/records/tree.ts'
import { UnreadableRecord } from '../../../src/freeswitch/records/unreadable.ts'
import { sample, xmlEscaped } from '../sample.ts'

const VARIABLES = '<variables><a>1</a></variables>'
/** The tree of an XML record beside its variables. */
function beside(content: string): unknown {
  const { variables, ...rest } = parseRecord(`<cdr>${VARIABLES}${content}</cdr>`, 'xml')
  expect(variables).toEqual({ a: '1' })
  return rest
}

describe('XML', () => {
  it('has the shape of xmltodict', () => {
    expect(beside('<a/>')).toEqual({ a: null })
    expect(beside('<a></a>')).toEqual({ a: null })
    expect(beside('<a>\n  </a>')).toEqual({ a: null })
    expect(beside('<a>007</a>')).toEqual({ a: '007' })
    expect(beside('<a> a  b\n c </a>')).toEqual({ a: 'a  b\n c' })
    expect(beside('<a b="1" c=""/>')).toEqual({ a: { '@b': '1', '@c': '' } })
    expect(beside('<a b="1">x</a>')).toEqual({ a: { '@b': '1', '#text': 'x' } })
    expect(beside('<a>x<b/>y</a>')).toEqual({ a: { b: null, '#text': 'xy' } })
    expect(beside('<a/><a>2</a><a b="3"/>')).toEqual({ a: [null, '2', { '@b': '3' }] })
    expect(beside('<!-- a --><?b c?><a><![CDATA[<&>]]></a>')).toEqual({ a: '<&>' })
  })

  it('decodes the five entities and references by number, once, and no percent-encoding', () => {
    expect(beside('<a>Zo&#xEB;&#235; &lt;&gt;&amp;&quot;&apos; &amp;lt; %C3%AB</a>')).toEqual({
      a: 'Zoëë <>&"\' &lt; %C3%AB',
    })
    expect(beside('<a b="&#xEB;&amp;%20"/>')).toEqual({ a: { '@b': 'ë&%20' } })
  })

  it('brings back any text', () => {
    const texts = fc
      .string({ unit: 'binary' })
      .map((text) => text.replace(/(?![\t\n\r])[\p{Cc}\ufffe\uffff]/gu, '').trim())
    fc.assert(
      fc.property(texts, (text) => {
        expect(beside(`<a b="${xmlEscaped(text)}">${xmlEscaped(text)}</a>`)).toEqual({
          a: { '@b': text, ...(text !== '' && { '#text': text }) },
        })
      }),
    )
  })

  it('takes names that JavaScript knows for names only', () => {
    const { a } = beside('<a __proto__="1"><__proto__>2</__proto__><constructor>3</constructor></a>') as { a: object }
    expect(Object.entries(a)).toEqual([
      ['@__proto__', '1'],
      ['__proto__', '2'],
      ['constructor', '3'],
    ])
    expect(({} as Record<string, unknown>)[2]).toBeUndefined()
    expect(JSON.stringify(a)).toBe('{"@__proto__":"1","__proto__":"2","constructor":"3"}')
  })

  it('is read to its end from a switch', () => {
    const tree = parseRecord(sample('cdr-click-to-dial.xml').toString(), 'xml') as never as Record<string, never>
    expect(Object.keys(tree)).toEqual(
      '@core-uuid @switchname channel_data call-stats variables app_log callflow'.split(' '),
    )
    expect(tree['@switchname']).toBe('fs-test')
    expect(tree.variables).toMatchObject({
      DP_MATCH: ['1002', '1002'],
      channel_name: 'sofia/internal/1001%40127.0.0.1%3A5070',
    })
    expect(tree.callflow).toMatchObject([
      { '@profile_index': '2', caller_profile: { username: null, caller_id_number: '1001' } },
      { '@profile_index': '1', caller_profile: { caller_id_name: 'Click to dial' }, times: { hangup_time: '0' } },
    ])
  })

  it.each([
    ['another root', '<xml/>'],
    ['no variables', '<cdr/>'],
    ['empty variables', '<cdr><variables/></cdr>'],
    ['variables that are text', '<cdr><variables>a</variables></cdr>'],
    ['variables twice', `<cdr>${VARIABLES}${VARIABLES}</cdr>`],
    ['an element that is not closed', `<cdr>${VARIABLES}<a></cdr>`],
    ['its half', `<cdr>${VARIABLES}<callflow>`],
    ['text after the root', `<cdr>${VARIABLES}</cdr>x`],
    ['two roots', `<cdr>${VARIABLES}</cdr><cdr/>`],
    ['an unknown entity', `<cdr>${VARIABLES}&nbsp;</cdr>`],
    ['a bare ampersand', `<cdr>${VARIABLES}a & b</cdr>`],
    ['a NUL', `<cdr>${VARIABLES}\0</cdr>`],
    ['a control character', `<cdr>${VARIABLES}\x01</cdr>`],
    ['a reference to a control character', `<cdr>${VARIABLES}&#1;</cdr>`],
    ['one in XML 1.1', `<?xml version="1.1"?><cdr>${VARIABLES}&#1;</cdr>`],
    ['a lone surrogate', `<cdr>${VARIABLES}&#xD800;</cdr>`],
    ['an attribute twice', `<cdr a="1" a="2">${VARIABLES}</cdr>`],
    ['a DOCTYPE', `<!DOCTYPE cdr><cdr>${VARIABLES}</cdr>`],
  ])('with %s is refused', (_what, text) => {
    expect(() => parseRecord(text, 'xml')).toThrow(UnreadableRecord)
  })

  it('says in one sentence where it is broken', () => {
    expect(() => parseRecord('<cdr>\n<a></cdr>', 'xml')).toThrow(
      /^The call record is not well-formed XML \(2:9: .*\)\.$/,
    )
    expect(() => parseRecord(`<cdr><${'a'.repeat(9999)}></cdr>`, 'xml')).toThrow(/^.{1,300}$/)
  })
})

describe('JSON', () => {
  it('stays as it is', () => {
    const record = { 'core-uuid': 'c', variables: { a: '%20' }, callflow: [{ profile_index: '1' }] }
    expect(parseRecord(JSON.stringify(record), 'json')).toEqual(record)
  })

  it('loses what PostgreSQL cannot hold, and nothing else', () => {
    const tree = parseRecord(String.raw`{"variables":{"a\u0000":"\\u0000 \ud83d\ude00 \ud83d \uDE00\u0000\n"}}`, 'json')
    expect(tree).toEqual({ variables: { a: '\\u0000 😀 \ufffd \ufffd\n' } })
  })

  it('brings back any text that PostgreSQL can hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const stored = text.replaceAll('\0', '')
        const json = JSON.stringify({ variables: { a: text } })
        expect(parseRecord(json, 'json')).toEqual({ variables: { a: stored } })
        const escaped = json.replace(
          /[^\x20-\x7e]/g,
          (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
        )
        expect(parseRecord(escaped, 'json')).toEqual({ variables: { a: stored } })
      }),
    )
  })

  it.each([
    ['no variables', '{"core-uuid":"c"}'],
    ['variables that are null', '{"variables":null}'],
    ['variables that are a list', '{"variables":[]}'],
    ['its half', '{"variables":{"a":"1"'],
    ['a string that is not closed', '{"variables":{"a":"1\\"}}'],
    ['text after it', '{"variables":{}} x'],
    ['a NUL', '{"variables":{"a":"\0"}}'],
  ])('with %s is refused', (_what, text) => {
    expect(() => parseRecord(text, 'json')).toThrow(UnreadableRecord)
  })
})
