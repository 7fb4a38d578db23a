// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
/** What who administers one tenant may have its telephones rung by, and play to who waits. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testWorld, type World } from '../../support/app.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

const create = (who: { token: string }, extension: string, more: Record<string, unknown>) =>
  world.call(who.token, 'POST', '/api/extensions/', { domain_id: world.acme.id, extension, password: 'pw', ...more })

test('dial strings stay within the tenant and off the host', async () => {
  const { acme, admin } = world
  const refused = [
    '${system touch /tmp/x}',
    'loopback/app=system:touch',
    '{execute_on_answer=system x}user/1001@acme.example',
    'user/1001@rival.example',
    'sofia/internal/1001@192.0.2.1',
  ]
  for (const dial_string of refused) {
    const { status, json } = await create(acme.minor, '1001', { dial_string })
    expect([dial_string, status, Object.keys(json)]).toEqual([
      dial_string,
      400,
      expect.arrayContaining(['dial_string']),
    ])
  }
  const own = await create(acme.minor, '1002', { dial_string: '{leg_timeout=9}${sofia_contact(1002@acme.example)}' })
  expect(own.status).toBe(201)
  const change = await world.call(acme.minor.token, 'PATCH', `/api/extensions/${own.json.id}/`, {
    dial_string: refused[3],
  })
  expect(change.status).toBe(400)
  expect((await create(admin, '1003', { dial_string: 'sofia/internal/1003@192.0.2.1' })).status).toBe(201)
})

test('music comes from no program and no network', async () => {
  const { acme } = world
  for (const hold_music of ['shell_stream:///bin/sh', 'http://192.0.2.1/a.mp3', '${system id}']) {
    expect((await create(acme.minor, '1010', { hold_music })).json).toHaveProperty('hold_music')
  }
  for (const [index, hold_music] of ['local_stream://default', 'ivr/hold.wav'].entries()) {
    expect((await create(acme.minor, `102${index}`, { hold_music })).status).toBe(201)
  }
})
