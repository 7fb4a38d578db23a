// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
/** Where calls of a tenant may be sent: what it has, what lies outside, and nothing of another tenant's. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Place, resolveDestination, storedDestination } from '../../../src/modules/dialling/destinations.ts'
import { namesNumber } from '../../../src/modules/dialling/feature-codes.ts'
import type { Role } from '../../../src/rest/caller.ts'
import { connection } from '../../../src/rest/database.ts'
import { testWorld, type World } from '../../support/app.ts'

let world: World
let acme: Place
beforeAll(async () => {
  world = await testWorld()
  acme = { id: world.acme.id, name: world.acme.name }
  const { call, admin } = world
  const make = async (path: string, body: object) => {
    const { status, text } = await call(admin.token, 'POST', `/api/${path}/`, body)
    expect(status, text).toBe(201)
  }
  for (const [tenant, extension, number_alias] of [
    [world.acme, '1001', 'reception'],
    [world.rival, '1777', ''],
  ] as const) {
    await make('extensions', { domain_id: tenant.id, extension, number_alias, password: 'pw' })
    await make('ringgroups', { domain_id: tenant.id, extension: `3${extension}` })
    await make('ivrmenus', { domain_id: tenant.id, extension: `4${extension}` })
    const dialplan = (number: string, changes: object = {}) =>
      world.app.prisma.dialplan.create({
        data: { domain_id: tenant.id, context: tenant.name, name: number, number, category: 'Default', ...changes },
      })
    await dialplan(`*72,*73,*9${extension}`)
    await dialplan('park+*5901-*5999')
    await dialplan(`8${extension}`, { category: 'Time condition' })
    await dialplan(`7${extension}`, { enabled: false })
    await dialplan('999', { category: 'Outbound route' })
    await dialplan('*0[ext]')
    await dialplan('[ext]')
  }
  await world.app.prisma.dialplan.create({
    data: { context: '${domain_name}', name: 'clock', number: '*9170', category: 'Default' },
  })
})
afterAll(() => world?.close())

const resolve = (text: string, role: Role = 'minor_admin_api') =>
  resolveDestination(connection(world.app.pool), acme, text, role)
const to = (number: string) => ({ application: 'transfer', data: `${number} XML acme.example` })
const nothing = (number: string) => ({
  error: `There is no extension, ring group, IVR menu, queue or voicemail box ${number} in this domain.`,
})

describe('a number', () => {
  it.each([
    '1001',
    'reception',
    '31001',
    '41001',
    '*991001',
    '*91001',
    '*72',
    '*5950',
    'park+*5950',
    '81001',
    '*9170',
    '*01001',
  ])("%s is the tenant's", async (number) => {
    for (const role of ['admin_api', 'minor_admin_api'] as const) {
      expect(await resolve(number, role)).toEqual(to(number))
      expect(await resolve(` transfer:${number} XML acme.example `, role)).toEqual(to(number))
    }
  })

  it.each(['+441234567890', '01234567890', '5551234'])('%s is outside', async (number) => {
    expect(await resolve(number)).toEqual(to(number))
  })

  it.each([
    '1777',
    '31777',
    '41777',
    '*991777',
    '*91777',
    '81777',
    '1999',
    '71001',
    '999',
    '*5900',
    '555123',
    '*74',
    'sales',
  ])("%s is nothing of the tenant's, be it another tenant's or nobody's", async (number) => {
    for (const role of ['admin_api', 'minor_admin_api'] as const)
      expect(await resolve(number, role)).toEqual(nothing(number))
  })

  it.each([
    '1001,1002',
    '1001/1',
    '${x}',
    '1001 1002',
    'ä',
    '1001@rival.example',
    '',
    ' ',
    '1'.repeat(65),
    '1001\n'.repeat(2),
  ])('%j is no number', async (text) => {
    expect(await resolve(text)).toEqual({ error: expect.any(String) })
  })
})

describe('an application', () => {
  it.each([
    ['transfer:1001 XML acme.example', to('1001')],
    ['transfer 1001 XML acme.example', to('1001')],
    ['1001 XML acme.example', to('1001')],
    ['transfer:1001', to('1001')],
    ['transfer:1001 XML ${domain_name}', to('1001')],
    ['transfer:1001 xml ${context}', to('1001')],
    ['hangup', { application: 'hangup', data: '' }],
    ['Hangup: USER_BUSY', { application: 'hangup', data: 'USER_BUSY' }],
    ['answer', { application: 'answer', data: '' }],
    ['playback:ivr/ivr-welcome.wav', { application: 'playback', data: 'ivr/ivr-welcome.wav' }],
    ['playback:tone_stream://%(251,0,1004)', { application: 'playback', data: 'tone_stream://%(251,0,1004)' }],
    ['voicemail:default ${domain_name} 1001', { application: 'voicemail', data: 'default acme.example 1001' }],
    ['bridge:user/1001@${domain_name}', { application: 'bridge', data: 'user/1001@acme.example' }],
  ])('%s is open to who administers the tenant', async (text, destination) => {
    expect(await resolve(text)).toEqual(destination)
  })

  it.each([
    'transfer:1001 XML rival.example',
    'transfer:1777 XML rival.example',
    'transfer:1001 XML public',
    'transfer:1001 XML nobody.example',
    'transfer:1001 inline acme.example',
    'transfer:1001 XML acme.example -bleg',
    'transfer:${system ls} XML acme.example',
    'transfer:-bleg 1001 XML acme.example',
    'bridge:user/1777@rival.example',
    'bridge:user/1777@acme.example',
    'bridge:user/1001@acme.example,sofia/external/1@evil.example',
    'bridge:{x=y}user/1001@acme.example',
    'voicemail:default rival.example 1777',
    'voicemail:default acme.example 1777',
    'playback:/etc/passwd',
    'playback:../x.wav',
    'playback:ivr/../../x.wav',
    'playback:http_cache://http://10.0.0.1/x.wav',
    'playback:${recordings_dir}/rival.example/x.wav',
    'hangup:${system ls}',
    'lua:evil.lua',
    'system:ls',
    'set:x=y',
    'constructor:x',
    '__proto__:x',
  ])('%s is not', async (text) => {
    expect(await resolve(text)).toEqual({ error: expect.any(String) })
  })

  it('is the same answer for a place of another tenant and for none', async () => {
    const answers = await Promise.all(
      ['rival.example', 'nobody.example'].map((name) => resolve(`transfer:1001 XML ${name}`)),
    )
    expect(answers[0]).toEqual(answers[1])
  })

  it('may be any for administrators of the system, without commands in variables', async () => {
    expect(await resolve('lua:hello.lua', 'admin_api')).toEqual({ application: 'lua', data: 'hello.lua' })
    expect(await resolve('transfer:1777 XML rival.example', 'admin_api')).toMatchObject({ application: 'transfer' })
    expect(await resolve('set:x=${system ls}', 'admin_api')).toEqual({ error: expect.any(String) })
    expect(await resolve('set:x=a\u0000b', 'admin_api')).toEqual({ error: expect.any(String) })
  })
})

const words = fc.constantFrom(
  'transfer',
  'bridge',
  'voicemail',
  'playback',
  'hangup',
  'answer',
  'lua',
  ':',
  ' ',
  ' XML ',
  '1001',
  '1777',
  '*991777',
  'rival.example',
  'acme.example',
  '${domain_name}',
  '${context}',
  '$1',
  '${system ls}',
  'user/',
  '@',
  ',',
  'default ',
  'tone_stream://',
  '${recordings_dir}/',
  '../',
  '/',
  '\n',
  '\u0000',
  '+44123',
)
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(words, { maxLength: 7 }).map((all) => all.join('')),
)

describe('whatever is written', () => {
  it('is answered, and leads a tenant nowhere near another', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const resolved = await resolve(text)
        if ('error' in resolved) {
          expect(resolved.error).not.toBe('')
          return
        }
        expect(`${resolved.application} ${resolved.data}`).not.toMatch(/rival|(?<![\d+])(?:\*99)?1777(?!\d)/)
        expect(resolved.data).not.toMatch(/\$\{(?!recordings_dir\}|domain_name\})/)
      }),
      { numRuns: 300 },
    )
  })

  it('and stored becomes a step or nothing, without commands', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const step = storedDestination(acme, text)
        if (step) expect(step.data).not.toMatch(/\$\{system/)
      }),
    )
  })
})

describe('what a dialplan says of its numbers', () => {
  it.each([
    ['*97', '*97', true],
    ['*72,*73, *74', '*74', true],
    ['park+*5901-*5999', '*5901', true],
    ['park+*5901-*5999', 'park+*5999', true],
    ['park+*5901-*5999', '*5900', false],
    ['park+*5901-*5999', '*05950', false],
    ['*67[d+]', '*6707400123456', true],
    ['*67[d+]', '*67', false],
    ['*99[ext]', '*991001', true],
    ['[ext]', '1001', false],
    ['N/A', '1001', false],
    ['^(\\d{11})$', '^(\\d{11})$', false],
    ['5-', '5', false],
  ])('%s speaks of %s: %s', (written, number, expected) => {
    expect(namesNumber(written, number)).toBe(expected)
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (written, number) => typeof namesNumber(written, number) === 'boolean'),
    )
  })
})
