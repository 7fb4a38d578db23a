// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
/** What switches are told of their configuration, held against what DjangoPBX told them for the same rows. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NOT_FOUND } from '../../../src/freeswitch/xml/write.ts'
import { testWorld, type World } from '../../support/app.ts'
import { ask as askOf, askRecorded, expectSame, facts, ofDjango } from './asking.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

const ask = (document: string, fields: Readonly<Record<string, string>> = {}, hostname?: string) =>
  askOf(world, document, fields, hostname)
const sql = (text: string, values: unknown[] = []) => world.app.pool.query(text, values)

describe('SIP profiles', () => {
  const gateway = (id: string, name: string, proxy: string, register: boolean, domain_id: string | null) => ({
    ...{ id, gateway: name, username: `u-${name}`, password: 'secret', realm: proxy, proxy, register, domain_id },
  })

  test('of a fresh system are those of DjangoPBX, with the gateways of enabled tenants', async () => {
    const { acme, rival, app } = world
    await app.prisma.gateway.createMany({
      data: [
        gateway('55bd149a-a890-403d-b88d-69df80fdbcfd', 'itsp-one', 'sip.itsp-one.test', true, acme.id),
        gateway('b1eceed7-a75f-49a5-b630-78db3e114de9', 'itsp-two', 'sip.itsp-two.test:5080', false, null),
        gateway('bbeca1f5-c987-42e6-81f4-80cecb86873b', 'beta-gw', 'sip.beta.test', true, rival.id),
        { ...gateway('00000000-0000-4000-8000-000000000001', 'off', 'off.test', false, acme.id), enabled: false },
        { ...gateway('00000000-0000-4000-8000-000000000002', 'else', 'e.test', false, acme.id), hostname: 'sw2' },
      ],
    })
    const variables: Record<string, string> = { local_ip_v4: 'auto', external_sip_ip: 'auto', external_rtp_ip: 'auto' }
    const { rows } = await sql('SELECT name, value FROM switch_variables')
    for (const { name, value } of rows) variables[name] ??= value
    const known = ofDjango('sofia-conf').answer.replace(/\$\$\{(\w+)\}/g, (all, name) => variables[name] ?? all)
    expectSame((await ask('sofia.conf')).text, known, [
      [/debug-prese/, 'DjangoPBX misspells it'],
      [/X-PRE-PROCESS/, 'answers hold no directives: a file of a switch is no part of what we answer'],
      [/profile internal\/domains\/domain all alias/, 'the domains are aliases of the profile, so that lamps find it'],
      [/profile internal\/settings\/param context/, 'theirs was the context of its first tenant'],
      [/param (user-agent-string|username) value=(DCM|FreeSWITCH)/, 'the name of their product'],
      [
        /profile external\/settings\/param apply-inbound-acl/,
        'trunks reach public from anywhere, until an administrator says else',
      ],
      [/param odbc-dsn/, 'no database of its own: off until there is one'],
      [/tls-passphrase|tls-verify-in-subjects/, 'empty'],
      [/presence-privacy/, 'it names a variable that nobody set'],
    ])
  })

  test('and gateways of a switch are those for every switch and for it', async () => {
    expect(facts((await ask('sofia.conf', {}, 'sw2')).text).join('\n')).toContain(
      'gateway 00000000-0000-4000-8000-000000000002',
    )
    expect((await ask('sofia.conf', { profile: 'external' })).text).not.toContain('<profile name="internal"')
    expect((await ask('sofia.conf', { profile: 'nosuch' })).text).toBe(NOT_FOUND)
    for (const name of ['load', 'profile', 'rescan']) {
      const { text } = await askRecorded(world, `configuration-sofia.conf-${name}`)
      expect(facts(text)).toContain('profile internal/settings/param sip-port value=5060')
      expect(text.includes('<profile name="external"')).toBe(name === 'load')
    }
  })

  test('of a hostname are for that switch, as are its variables; what is disabled is not there', async () => {
    await sql(`INSERT INTO sip_profiles (name, hostname) VALUES ('edge', 'sw9')`)
    await sql(`INSERT INTO switch_variables (name, value, hostname) VALUES ('internal_sip_port', '5066', 'sw9')`)
    const own = facts((await ask('sofia.conf', {}, 'sw9')).text).join('\n')
    expect(own).toContain('profile edge')
    expect(own).toContain('profile internal/settings/param sip-port value=5066')
    const other = (await ask('sofia.conf')).text
    expect(other).not.toContain('edge')
    expect(other).not.toContain('5066')
    expect(other).not.toContain('wss-binding')
    await sql(`UPDATE domains SET enabled = false WHERE id = $1`, [world.rival.id])
    expect((await ask('sofia.conf')).text).not.toContain('bbeca1f5-c987-42e6-81f4-80cecb86873b')
    await sql(`UPDATE domains SET enabled = true WHERE id = $1`, [world.rival.id])
  })

  test("a tenant's gateway never begins in the context of another tenant", async () => {
    await sql(`UPDATE gateways SET context = upper($1) WHERE gateway = 'beta-gw'`, [world.acme.name])
    await sql(`UPDATE gateways SET context = $1, codec_prefs = 'PCMA', ping = '30' WHERE gateway = 'itsp-one'`, [
      world.acme.name,
    ])
    const seen = facts((await ask('sofia.conf')).text)
    const of = (id: string) => seen.filter((fact) => fact.includes(`gateway ${id}/`)).join('\n')
    expect(of('bbeca1f5-c987-42e6-81f4-80cecb86873b')).toContain('param context value=public')
    const own = of('55bd149a-a890-403d-b88d-69df80fdbcfd')
    expect(own).toContain(`param context value=${world.acme.name}`)
    expect(own).toContain('param ping value=30')
    expect(own).toContain('variable absolute_codec_string value=PCMA')
  })
})

describe('access lists', () => {
  test('are those of DjangoPBX, and the list of domains follows the tenants', async () => {
    await sql(`DELETE FROM access_control_nodes`)
    await sql(`INSERT INTO access_control_nodes (access_control_id, type, cidr)
      SELECT id, 'allow', '192.168.42.42/32' FROM access_controls WHERE name = 'lan'`)
    await sql(`INSERT INTO access_control_nodes (access_control_id, type, domain)
      SELECT id, 'allow', '192.168.222.222' FROM access_controls WHERE name = 'domains'`)
    expectSame((await ask('acl.conf')).text, ofDjango('acl-conf').answer, [])
    await sql(`INSERT INTO extensions (domain_id, extension, password, cidr) VALUES ($1, '900', 'x', '192.0.2.0/24')`, [
      world.acme.id,
    ])
    const { text } = await askRecorded(world, 'configuration-acl.conf')
    expectSame(text, ofDjango('acl-conf').answer, [
      [/\+ .*list domains\/node domain=acme.example/, 'a tenant whose telephones have networks'],
    ])
  })
})

describe('music on hold', () => {
  test('of a fresh system is that of DjangoPBX, each rate under a name of its own', async () => {
    expectSame((await ask('local_stream.conf')).text, ofDjango('local-stream-conf').answer, [
      [/\+ .*directory default\/(16|32|48)000/, 'of one name the last would be all there is'],
      [/- .*directory default( path=.*|\/param rate value=)(16|32|48)000/, 'the same'],
    ])
  })

  test("of a tenant stands under the tenant's name", async () => {
    const body = { name: 'jazz', path: `$\${media_dir}/${world.acme.id}/music_on_hold_files`, rate: 16_000 }
    expect((await world.call(world.acme.minor.token, 'POST', '/api/music_on_hold/', body)).status).toBe(201)
    await sql(`INSERT INTO switch_variables (name, value) VALUES ('media_dir', '/media')`)
    const folder = `/media/${world.acme.id}/music_on_hold_files`
    expect((await ask('local_stream.conf')).text).toContain(`<directory name="acme.example/jazz" path="${folder}">`)
  })
})
