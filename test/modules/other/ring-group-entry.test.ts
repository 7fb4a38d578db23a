// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
/** The dial string of a ring group: whatever its texts are, each leg stays one leg, and nothing else is dialled. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dialplanXml } from '../../../src/freeswitch/dialplan/extension.ts'
import { conditionsOf } from '../../../src/modules/other/ring-groups/entry.ts'
import type { Leg } from '../../../src/modules/other/ring-groups/legs.ts'
import type { Row } from '../../../src/rest/model/model.ts'

const acme = { id: '00000000-0000-4000-8000-000000000001', name: 'acme.example' }
const text = fc.option(
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom(
      'x]sofia/external/1@evil',
      "O'Brien",
      'a,b',
      '${system ls}',
      'a|b',
      ':_:',
      '\\',
      'transfer:1 XML x',
      'ok',
    ),
  ),
)
const group = fc.record({
  id: fc.uuid(),
  extension: fc.string({ minLength: 1, maxLength: 8 }),
  greeting: text,
  strategy: fc.constantFrom('simultaneous', 'sequence', 'enterprise', 'rollover', 'random', null),
  timeout_app: fc.constantFrom('', 'hangup', 'transfer', 'playback', null),
  timeout_data: text,
  call_timeout: fc.nat(999),
  caller_id_name: text,
  caller_id_number: text,
  cid_name_prefix: text,
  cid_number_prefix: text,
  distinctive_ring: text,
  ring_group_ringback: text,
  missed_call_app: fc.constantFrom('', 'email', null),
  missed_call_data: text,
  forward_toll_allow: text,
}) as unknown as fc.Arbitrary<Row<'RingGroup'>>
const leg: fc.Arbitrary<Leg> = fc.record({
  number: fc.oneof(fc.constantFrom('1001', '+441234', '*97'), fc.string({ unit: 'binary', maxLength: 6 })),
  delay: fc.nat(999),
  timeout: fc.nat(999),
  confirm: fc.boolean(),
  extensionId: fc.option(fc.uuid(), { nil: undefined }),
})

/** One leg: variables without anything that ends them, and an endpoint of the tenant's. */
const LEG = String.raw`\[(?:[a-z_]+=(?:\$\{rg_ob_caller_id_(?:name|number)\}|[^[\]{}<>()|,=$'"\\])*,?)+\](?:user/[\w*#+.-]+@acme\.example|loopback/[\w*#+.-]+/acme\.example)`
const DIALLED = new RegExp(`^<ignore_early_media=true>${LEG}(?:(?:,|\\||:_:)${LEG})*$`)

describe('a dial string', () => {
  it('has the legs it was given, and no other', () => {
    fc.assert(
      fc.property(group, fc.array(leg, { maxLength: 5 }), (row, legs) => {
        const steps = conditionsOf(row, acme, legs).flatMap((condition) => condition.steps)
        const fit = legs.filter(({ number }) => /^[\w*#+.-]{1,64}$/.test(number)).length
        const bridges = steps.filter(({ application }) => application === 'bridge')
        const expected = fit === 0 ? 0 : row.strategy === 'random' ? Math.min(fit, 16) : 1
        expect(bridges).toHaveLength(expected)
        for (const { data } of bridges) {
          expect(data).toMatch(DIALLED)
          expect(data!.match(/\[/g)).toHaveLength(fit)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('stands in an entry that runs no command of the switch', () => {
    fc.assert(
      fc.property(group, fc.array(leg, { maxLength: 3 }), (row, legs) => {
        const xml = dialplanXml({ name: 'x', continue: false, uuid: row.id, conditions: conditionsOf(row, acme, legs) })
        expect(xml.match(/\$\{[^}]*[\s(][^}]*\}/)).toBeNull()
      }),
    )
  })

  it('is none in a domain whose name a dial string cannot hold', () => {
    const [row] = fc.sample(group, 1)
    const legs: Leg[] = [{ number: '1001', delay: 0, timeout: 30, confirm: false }]
    const odd = conditionsOf({ ...row!, timeout_app: null, timeout_data: null }, { ...acme, name: 'a,user/1' }, legs)
    expect(odd.flatMap(({ steps }) => steps).some(({ application }) => application === 'bridge')).toBe(false)
  })
})
