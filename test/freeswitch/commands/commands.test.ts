/** Whatever an argument is, the switch reads one command, with the arguments it was given and no others. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Command, commands } from '../../../src/freeswitch/commands.ts'
import { ArgumentError } from '../../../src/freeswitch/errors.ts'
import { takenApart, variablesIn } from './reading.ts'

const ID = '11111111-2222-3333-4444-555555555555'
const REGISTERED = { user: '1001', domain: 'example.com' }
const CALL = { uuid: ID, ...REGISTERED, dest: '1002', context: 'example.com', ringSeconds: 20, variables: {} }
const { callCentre } = commands

/** Each command with one argument open, and how the switch is to read the whole. */
const OPEN: Record<string, [make: (value: string) => Command, words: (value: string) => string[]]> = {
  'flushUser, user': [(v) => commands.flushUser(v, 'a.b'), (v) => ['xml_flush_cache', 'id', v, 'a.b']],
  'flushUser, domain': [(v) => commands.flushUser('1', v), (v) => ['xml_flush_cache', 'id', '1', v]],
  rescanProfile: [(v) => commands.rescanProfile(v), (v) => ['sofia', 'profile', v, 'rescan']],
  'killGateway, profile': [(v) => commands.killGateway(v, 'g'), (v) => ['sofia', 'profile', v, 'killgw', 'g']],
  'killGateway, gateway': [(v) => commands.killGateway('p', v), (v) => ['sofia', 'profile', 'p', 'killgw', v]],
  gatewayStatus: [(v) => commands.gatewayStatus(v), (v) => ['sofia', 'xmlstatus', 'gateway', v]],
  'unregister, user': [
    (v) => commands.unregister('p', { ...REGISTERED, user: v }),
    (v) => ['sofia', 'profile', 'p', 'flush_inbound_reg', `${v}@example.com`],
  ],
  'unregister, Call-ID': [
    (v) => commands.unregister('p', { callId: v }),
    (v) => ['sofia', 'profile', 'p', 'flush_inbound_reg', v],
  ],
  'checkSync, domain': [
    (v) => commands.checkSync('p', { ...REGISTERED, domain: v }),
    (v) => ['sofia', 'profile', 'p', 'check_sync', `1001@${v}`],
  ],
  'hangup, id': [(v) => commands.hangup(v), (v) => ['uuid_kill', v, 'NORMAL_CLEARING']],
  'hangup, cause': [(v) => commands.hangup(ID, v), (v) => ['uuid_kill', ID, v]],
  'transfer, destination': [
    (v) => commands.transfer(ID, { leg: 'both', dest: v, context: 'c' }),
    (v) => ['uuid_transfer', ID, '-both', v, 'XML', 'c'],
  ],
  'transfer, context': [
    (v) => commands.transfer(ID, { leg: 'a', dest: '1', context: v }),
    (v) => ['uuid_transfer', ID, '1', 'XML', v],
  ],
  record: [(v) => commands.record(ID, 'start', v), (v) => ['uuid_record', ID, 'start', v]],
  'voicemailRead, user': [(v) => commands.voicemailRead(v, 'a.b', ID), (v) => ['vm_read', `${v}@a.b`, 'read', ID]],
  voicemailCounts: [(v) => commands.voicemailCounts('1', v), (v) => ['vm_boxcount', `1@${v}|all`]],
  reloadQueue: [(v) => callCentre.reloadQueue(v), (v) => ['callcenter_config', 'queue', 'reload', v]],
  'addTier, agent': [
    (v) => callCentre.addTier('q', v, 1, 2),
    (v) => ['callcenter_config', 'tier', 'add', 'q', v, '1', '2'],
  ],
  'setAgent, contact': [
    (v) => callCentre.setAgent('a', 'contact', v),
    (v) => ['callcenter_config', 'agent', 'set', 'contact', 'a', v.trimEnd()],
  ],
  'originate, user': [
    (v) => commands.originate({ ...CALL, user: v }),
    (v) => [
      'originate',
      `{origination_uuid=${ID},originate_timeout=20}user/${v}@example.com`,
      '1002',
      'XML',
      'example.com',
    ],
  ],
  'originate, destination': [
    (v) => commands.originate({ ...CALL, dest: v }),
    (v) => ['originate', `{origination_uuid=${ID},originate_timeout=20}user/1001@example.com`, v, 'XML', 'example.com'],
  ],
}

const nasty = fc.constantFrom(
  '\n\napi status',
  '\r',
  '\0',
  "'",
  '"',
  '\\',
  `\${system(id)}`,
  `$\${x}`,
  '{',
  '}',
  ',',
  ' ',
  '&',
  '^^:',
  '-bleg',
  '|',
  '@',
  '/..',
  '%0a',
  '\u2028',
)
const value = fc.oneof(
  fc.constantFrom('1001', 'a.example', ID, '/var/a.wav', 'NO_ANSWER'),
  fc.string({ unit: fc.oneof(nasty, fc.constantFrom('1', 'a', 'é', '.', '-', '_', '*', '=')), maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
)

describe('an argument that can be said is read as it is, and one that cannot is refused', () => {
  test.each(Object.entries(OPEN))('%s', (_name, [make, words]) => {
    fc.assert(
      fc.property(value, (given) => {
        let command: Command
        try {
          command = make(given)
        } catch (error) {
          expect(error).toBeInstanceOf(ArgumentError)
          expect(error).toMatchObject({ status: 400 })
          return
        }
        expect(command.text).not.toMatch(/\p{Cc}|\$\{/u)
        expect(takenApart(command.text, ' ')).toEqual(words(given))
      }),
      { numRuns: 300 },
    )
  })

  test.each([
    ['a line', () => commands.flushUser('1001\n\napi status', 'example.com')],
    ['an option', () => commands.transfer(ID, { leg: 'a', dest: '-bleg', context: 'c' })],
    ['an application', () => commands.originate({ ...CALL, dest: '&system(id)' })],
    ['an expansion', () => commands.transfer(ID, { leg: 'a', dest: `\${system(id)}`, context: 'c' })],
    ['a step upwards', () => commands.record(ID, 'start', '/var/../etc/a.wav')],
    ['a relative path', () => commands.record(ID, 'start', 'a.wav')],
    ['a number that is none', () => callCentre.addTier('q', 'a', Number.NaN, 1)],
    ['another word', () => commands.record(ID, 'mask' as never, '/a.wav')],
    [
      'another dialplan',
      () => commands.transfer(ID, { leg: 'a', dest: '1', context: 'c', dialplan: 'inline' as never }),
    ],
    [
      'a variable that is carried out',
      () => commands.originate({ ...CALL, variables: { api_on_answer: 'system id' } }),
    ],
    ['two variables in one name', () => commands.originate({ ...CALL, variables: { 'a=1,b': 'c' } })],
    ['a line in a variable', () => commands.originate({ ...CALL, variables: { a: 'b\nc' } })],
  ])('%s is refused', (_what, make) => {
    expect(make).toThrow(ArgumentError)
  })
})

describe('the variables of a call', () => {
  const name = fc.stringMatching(/^[a-z][a-z_]{0,9}$/).map((one) => `v_${one}`)
  const read = (variables: Record<string, string>) => {
    const { text } = commands.originate({ ...CALL, variables })
    const words = takenApart(text, ' ')
    expect(words.slice(2)).toEqual(['1002', 'XML', 'example.com'])
    const { variables: found, endpoint } = variablesIn(words[1]!)
    expect(endpoint).toBe('user/1001@example.com')
    expect(found.slice(-2)).toEqual([
      ['origination_uuid', ID],
      ['originate_timeout', '20'],
    ])
    return { found: found.slice(0, -2), text }
  }

  test('are those that were given, no more, and none is expanded', () => {
    fc.assert(
      fc.property(fc.dictionary(name, value, { maxKeys: 5 }), (given) => {
        const hasLines = Object.values(given).some((one) => /[\r\n\0]/.test(one))
        if (hasLines) {
          expect(() => read(given)).toThrow(ArgumentError)
          return
        }
        const { found, text } = read(given)
        expect(text).not.toMatch(/\p{Cc}|\$/u)
        for (const [key, said] of found) {
          // Of its characters some are left out; none is added, and none is moved.
          let rest = given[key]!.replaceAll("'", '’').replace(/\p{Cc}/gu, ' ')
          for (const character of said) {
            expect(rest).toContain(character)
            rest = rest.slice(rest.indexOf(character) + character.length)
          }
        }
        expect(new Set(found.map(([key]) => key)).size).toBe(found.length)
      }),
      { numRuns: 1_000 },
    )
  })

  test('keep spaces, commas, equal signs and letters of any language', () => {
    const given = {
      effective_caller_id_name: 'Müller, Jörg & Söhne = 木',
      toll_allow: 'domestic,international,local',
      presence_id: '1001@example.com',
    }
    expect(Object.fromEntries(read(given).found)).toEqual(given)
  })

  test('lose what the switch would make something else of', () => {
    const given = { a: "O'Brien", b: `{x}\${y}$\${z}`, c: '^^:1:2', d: '"quoted" \\n', e: '', f: ' \t ' }
    expect(Object.fromEntries(read(given).found)).toEqual({ a: 'O’Brien', b: 'xyz', c: ':1:2', d: 'quoted n' })
  })

  test('are written as the recorded call has them', () => {
    const variables = {
      origination_caller_id_name: 'Click to dial',
      origination_caller_id_number: 1002,
      click_to_call: true,
    }
    expect(commands.originate({ ...CALL, variables }).text).toBe(
      `originate {origination_caller_id_name='Click to dial',origination_caller_id_number=1002,click_to_call=true,origination_uuid=${ID},originate_timeout=20}user/1001@example.com 1002 XML example.com`,
    )
  })
})

test('there is no command that runs what it is told', () => {
  const made = [
    ...Object.values(OPEN).flatMap(([make]) => ['1', ID, '/a.wav', 'CAUSE'].flatMap((v) => attempt(() => make(v)))),
  ]
  const words = new Set(made.map(({ text }) => text.split(' ')[0]))
  expect(words.size).toBeGreaterThan(8)
  for (const word of 'system bg_system eval expand lua luarun load unload sched_api bgapi python'.split(' ')) {
    expect(words).not.toContain(word)
  }
})

function attempt(make: () => Command): Command[] {
  try {
    return [make()]
  } catch {
    return []
  }
}
