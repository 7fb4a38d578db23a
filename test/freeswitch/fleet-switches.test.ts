/** Which users a switch is told to forget. */
import { expect, test } from 'vitest'
import type { Command } from '../../src/freeswitch/commands.ts'
import { SwitchRefusal, SwitchTimeout } from '../../src/freeswitch/errors.ts'
import type { Fleet, SwitchLink } from '../../src/freeswitch/fleet.ts'
import { fleetSwitches } from '../../src/freeswitch/fleet-switches.ts'
import type { Connection } from '../../src/rest/database.ts'

function flush(users: readonly (readonly (string | null)[])[], answer: () => Promise<string> = async () => '+OK') {
  const said: string[] = []
  const link: SwitchLink = {
    name: 'switch1',
    address: '127.0.0.1:8021',
    state: 'connected',
    send: ({ text }: Command) => {
      said.push(text)
      return answer()
    },
  }
  const database = { run: async () => users.map((user) => [...user, 'a.example']) } as unknown as Connection
  const switches = fleetSwitches({ links: [link] } as unknown as Fleet, database)
  return switches.flushDirectory(['id']).then((result) => ({ said, result }))
}

test('each user and each alias', async () => {
  const { said } = await flush([
    ['1001', null],
    ['1002', ''],
    ['1003', '5003'],
  ])
  expect(said).toEqual(['1001', '1002', '1003', '5003'].map((user) => `xml_flush_cache id ${user} a.example`))
})

test('all users, where there are many, or one that cannot be said', async () => {
  const many = Array.from({ length: 101 }, (_, index) => [String(2000 + index), null] as const)
  for (const users of [
    many,
    [
      ['1001', null],
      ['10 02', null],
    ] as const,
  ]) {
    expect((await flush(users)).said).toEqual(['xml_flush_cache'])
  }
})

test('nobody, of a switch that does not answer or may not be told; the answer says so', async () => {
  const late = await flush([['1001', null]], () => Promise.reject(new SwitchTimeout('switch1')))
  expect(late.result).toMatchObject({ switches: { switch1: 'unreachable' } })
  const denied = await flush([['1001', null]], () => Promise.reject(new SwitchRefusal('permission denied')))
  expect(denied.result).toMatchObject({ switches: { switch1: 'permission denied' } })
})
