// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDocument, withHead } from '../../../src/freeswitch/dialplan/document.ts'
import { type Condition, dialplanXml } from '../../../src/freeswitch/dialplan/extension.ts'

const errorsOf = (xml: string, trusted = true) => readDocument(xml, { trusted }).errors

describe("a dialplan's document", () => {
  it('is what our own writer writes, whatever stands in it', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 })
    const condition: fc.Arbitrary<Condition> = fc.record({
      field: text,
      steps: fc.array(fc.record({ application: text.filter((name) => name.trim() !== ''), data: text }), {
        maxLength: 3,
      }),
    })
    const extension = fc.record({
      name: text,
      continue: fc.boolean(),
      uuid: fc.uuid(),
      conditions: fc.array(condition, { maxLength: 3 }),
    })
    fc.assert(
      fc.property(extension, (parts) => {
        const xml = dialplanXml(parts)
        fc.pre(!/x-pre-process/i.test(xml))
        const { errors, head } = readDocument(xml, { trusted: true })
        expect(errors).toEqual([])
        expect(head).toMatchObject({ continue: parts.continue, uuid: parts.uuid })
      }),
    )
  })

  it('can get another head, and is the same from there on', () => {
    const body = '>\r\n <!-- é😀 -->\r\n <condition field="a" expression="b">\r\n </condition></extension>\r\n'
    const prolog = fc.constantFrom('', '<?xml version="1.0"?>\r\n', '<!-- 😀 -->\n', '\r\n  ')
    const attributes = fc.constantFrom('', ' name="a&gt;b"', " continue='true'\r\n", ' name="😀" uuid="x" ')
    const name = fc.string({ unit: 'grapheme', maxLength: 20 })
    fc.assert(
      fc.property(prolog, attributes, name, fc.boolean(), fc.uuid(), (before, old, title, goesOn, uuid) => {
        const made = withHead(`${before}<extension${old}${body}`, { name: title, continue: goesOn, uuid })
        expect(made.endsWith(body)).toBe(true)
        const { errors, head } = readDocument(made, { trusted: true })
        expect(errors).toEqual([])
        expect(head).toEqual({ name: title, continue: goesOn, uuid })
        expect(withHead(made, { name: title, continue: goesOn, uuid })).toBe(made)
      }),
    )
  })

  it('takes all that mod_dialplan_xml knows', () => {
    const xml = `<extension name="a">
      <condition wday="2-6" hour="9-17" tz-offset="1" break="never" require-nested="false">
        <condition regex="any" break="on-true">
          <regex field="destination_number" expression="^1"/><regex field="\${x}"><expression><![CDATA[^a<b$]]></expression></regex>
          <action application="set" inline="true" loop="2"><![CDATA[a=b & c]]></action>
        </condition>
        <anti-action application="hangup"/>
      </condition>
    </extension>`
    expect(errorsOf(xml, false)).toEqual([])
  })

  it('is checked in text and CDATA as in attributes', () => {
    const action = (inner: string) => errorsOf(`<extension><condition>${inner}</condition></extension>`, false)
    expect(action('<action application="set">execute_on_answer=system x</action>')).toHaveLength(1)
    expect(action('<action application="log"><![CDATA[${system x}]]></action>')).toHaveLength(1)
    expect(action('<action application="log" data="a">b</action>')[0]).toContain('not both')
    expect(action('<regex field="a"><expression>(</expression></regex>')).toHaveLength(1)
    expect(action('<condition field="${system(x)}"/>')).toHaveLength(1)
    expect(action('<action application="s&#121;stem"/>')).toHaveLength(1)
    expect(action('<action/>')[0]).toContain('needs an application')
    expect(action('<action application="log" loop="many"/>')[0]).toContain('loop')
    expect(action('<condition break="sometimes"/>')[0]).toContain('break is one of on-true')
  })

  it('is bounded', () => {
    expect(errorsOf(`<extension>${'<condition>'.repeat(40)}`)[0]).toContain('nested at most')
    expect(errorsOf(`<extension>${'<condition/>'.repeat(3000)}</extension>`)[0]).toContain('at most 2000')
    expect(errorsOf(`<extension>${'<foo/>'.repeat(1000)}</extension>`)).toHaveLength(20)
  })

  it('is read to its end, whatever it is', () => {
    const piece = fc.constantFrom('<extension', ' name="a"', '>', '/>', '<condition>', '</condition>', '&', '<![CDATA[')
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary' }))), (pieces) => {
        const { errors } = readDocument(pieces.join(''), { trusted: false })
        for (const error of errors) expect(error.length).toBeLessThan(600)
      }),
    )
  })
})
