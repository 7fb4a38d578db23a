/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours */
/** Whatever is written into a route, it stays the value that it is: no attribute, action or expansion comes of it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readConditions } from '../../../../src/freeswitch/dialplan/conditions.ts'
import { readDocument } from '../../../../src/freeswitch/dialplan/document.ts'
import { literalError } from '../../../../src/freeswitch/dialplan/expansion.ts'
import { type Condition, dialplanXml } from '../../../../src/freeswitch/dialplan/extension.ts'
import { inboundConditions } from '../../../../src/modules/dialplans/routes/inbound-xml.ts'
import {
  expressionError,
  formsOf,
  inboundExpression,
  isEmergency,
  outboundExpression,
  plainExpression,
  quoted,
} from '../../../../src/modules/dialplans/routes/numbers.ts'
import { outboundConditions } from '../../../../src/modules/dialplans/routes/outbound-xml.ts'
import { parsed, structure } from './parsed.ts'

const uuid = '00000000-0000-4000-8000-000000000001'
const place = { id: '00000000-0000-4000-8000-000000000002', name: 'acme.example' }
const xmlOf = (name: string, conditions: readonly Condition[]) =>
  dialplanXml({ name, continue: false, uuid, conditions })

/** Text with what XML, regular expressions and the switch take for more than itself. */
const awkward = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc
    .array(
      fc.constantFrom(
        '"',
        "'",
        '<',
        '>',
        '&',
        '/>',
        '<action application="system"/>',
        '${',
        '}',
        '$1',
        '\\',
        '\n',
        '\0',
        ']]>',
        '<!--',
        '&#34;',
        '&quot;',
        '|',
        '(',
        ')',
        '^',
        '$',
        '.',
        '*',
        '1',
        'a',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
)
const literal = awkward.filter((text) => text !== '' && literalError(text) === undefined)
/** What the switch expands in an XML. */
const expansions = (xml: string) =>
  parsed(xml)
    .conditions.flatMap(({ attributes, actions }) =>
      [...Object.values(attributes), ...actions.flat()].flatMap((text) => text.match(/\$\{[^}]*\}?|\$\d/g) ?? []),
    )
    .sort()

describe('texts of routes', () => {
  it('inbound: each stays within its attribute', () => {
    const inbound = (prefix: string, account: string, name: string) =>
      xmlOf(
        name,
        inboundConditions({
          expression: '^(1)$',
          place,
          destination: { application: 'transfer', data: '1 XML acme.example' },
          callerIdNamePrefix: prefix,
          accountCode: account,
          record: true,
        }),
      )
    const harmless = inbound('a', 'b', 'c')
    fc.assert(
      fc.property(literal, literal, awkward, (prefix, account, name) => {
        const xml = inbound(prefix, account, name)
        expect(structure(xml)).toEqual(structure(harmless))
        expect(expansions(xml)).toEqual(expansions(harmless))
        const actions = parsed(xml).conditions[0]!.actions
        expect(actions.map(([, , data]) => data)).toContain(
          `effective_caller_id_name=${prefix.toWellFormed()}#\${caller_id_name}`.replace(/[\ufffe\uffff]/g, '\ufffd'),
        )
      }),
    )
  })

  it('outbound: each stays within its attribute, and what may be dialled is no pattern', () => {
    const outbound = (tollAllow: string, accountCode: string, name: string) =>
      xmlOf(
        name,
        outboundConditions({
          expression: '^(1)$',
          emergency: false,
          tollAllow,
          accountCode,
          prefix: '0',
          limit: 2,
          pin: '12',
          lines: [{ application: 'bridge', data: 'x' }],
        }),
      )
    const harmless = outbound('a', 'b', 'c')
    fc.assert(
      fc.property(literal, literal, awkward, (toll, account, name) => {
        const xml = outbound(toll, account, name)
        expect(structure(xml)).toEqual(structure(harmless))
        expect(expansions(xml)).toEqual(expansions(harmless))
        const { expression } = parsed(xml).conditions[1]!.attributes
        const whole = new RegExp(expression!.replaceAll('\ufffd', '.'), 'su')
        expect(whole.test(toll.toWellFormed())).toBe(true)
        expect(whole.test(`${toll.toWellFormed()}x`)).toBe(false)
      }),
    )
  })

  it('numbers: what is none is refused, what is one is no pattern and starts no expansion', () => {
    fc.assert(
      fc.property(awkward, awkward, (number, prefix) => {
        for (const read of [
          inboundExpression(number, prefix),
          outboundExpression(number, prefix, ''),
          outboundExpression(number, '', prefix),
          plainExpression(number),
        ]) {
          if ('error' in read || expressionError(number) !== undefined) continue
          expect(read.expression).not.toContain('${')
          const xml = xmlOf('x', [{ field: 'destination_number', expression: read.expression, steps: [] }])
          expect(parsed(xml).conditions).toHaveLength(1)
        }
      }),
    )
  })

  it('numbers of digits match themselves, with what may stand before, and nothing else', () => {
    const digits = fc.stringMatching(/^[0-9*#]{1,12}$/)
    fc.assert(
      fc.property(digits, digits, digits, (number, prefix, other) => {
        const read = inboundExpression(number, prefix) as { expression: string }
        const expression = new RegExp(read.expression)
        for (const form of formsOf(number, prefix)) expect(expression.exec(form)?.[1], form).toBeDefined()
        expect(expression.test(other)).toBe([number, `${prefix}${number}`].includes(other))
        const stripped = new RegExp((outboundExpression(number, prefix, '') as { expression: string }).expression)
        expect(stripped.exec(`${prefix}${number}`)?.[1]).toBe(number)
      }),
    )
    fc.assert(fc.property(awkward, (text) => void expect(new RegExp(`^${quoted(text)}$`).test(text)).toBe(true)))
    expect(['911', '(^911$|^933$)', '^(?:112|999)$', '9110', '^9.1$', ''].map(isEmergency)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ])
  })
})

describe('conditions read from XML', () => {
  const text = fc.string({ maxLength: 12 })
  const step = fc.record({ application: fc.string({ minLength: 1, maxLength: 8 }), data: text }).chain((base) =>
    fc.record({ inline: fc.boolean(), anti: fc.boolean() }).map(({ inline, anti }) => ({
      ...base,
      ...(inline && { inline: true as const }),
      ...(anti && { anti: true as const }),
    })),
  )
  const steps = fc.array(step, { maxLength: 3 })
  const stop = fc.constantFrom({}, { break: 'on-true' as const }, { break: 'never' as const })
  const condition: fc.Arbitrary<Condition> = fc.oneof(
    fc
      .tuple(text, text, steps, stop)
      .map(([field, expression, all, end]) => ({ field, expression, ...end, steps: all })),
    fc
      .tuple(fc.constantFrom('wday', 'mon', 'minute-of-day'), text, steps, stop)
      .map(([name, value, all, end]) => ({ times: { [name]: value }, ...end, steps: all })),
    fc
      .tuple(
        fc.constantFrom('all' as const, 'any' as const),
        fc.array(fc.record({ field: text, expression: text }), { minLength: 1, maxLength: 3 }),
        steps,
      )
      .map(([which, tests, all]) => ({ regex: { which, tests }, steps: all })),
  )

  it('are those that were written', () => {
    fc.assert(
      fc.property(fc.array(condition, { maxLength: 4 }), (conditions) => {
        expect(readConditions(xmlOf('x', conditions))).toEqual(conditions)
      }),
    )
  })

  it('any text is read or refused with a sentence, and what is read is a dialplan', () => {
    const pieces = fc.constantFrom(
      '<condition ',
      '<condition>',
      '</condition>',
      '<action ',
      'application="x" ',
      'data="',
      '"',
      '/>',
      '>',
      'wday="2" ',
      'field="a" ',
      '<settings>',
      '</settings>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '&amp;',
      'text',
      '</conditions>',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          awkward,
          fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join('')),
        ),
        (written) => {
          const read = readConditions(written)
          if ('error' in read) expect(read.error.length).toBeGreaterThan(5)
          else expect(() => parsed(xmlOf('x', read))).not.toThrow()
        },
      ),
    )
    expect(readDocument(xmlOf('x', []), { trusted: false }).errors).toEqual([])
  })
})
