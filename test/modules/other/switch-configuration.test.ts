// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
/** What rows of a switch's configuration may hold, and who may write what. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureSwitchDefaults } from '../../../src/modules/other/defaults/index.ts'
import { testWorld, type World } from '../../support/app.ts'
import { wav } from '../../support/audio.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

const as = (token: string, method: string, path: string, body?: unknown) =>
  world.call(token, method, `/api/${path}`, body)
const admin = (method: string, path: string, body?: unknown) => as(world.admin.token, method, path, body)
const minor = (method: string, path: string, body?: unknown) => as(world.acme.minor.token, method, path, body)
const named = async (path: string, name: string) =>
  (await admin('GET', `${path}/?name=${name}`)).json.results[0].id as string

describe('values that a switch could not read', () => {
  test.each([
    ['sip_profiles', { name: 'two words' }, 'name'],
    ['sip_profiles', { name: 'edge', hostname: 'a b' }, 'hostname'],
    ['sip_profiles', { name: 'internal' }, 'name'],
    ['access_controls', { name: '<list>' }, 'name'],
    ['switch_variables', { name: 'a b', value: 'x' }, 'name'],
    ['switch_variables', { name: 'a', value: 'two\nlines' }, 'value'],
    ['switch_variables', { name: 'internal_sip_port', value: '1' }, 'name'],
    ['music_on_hold', { name: 'default', rate: 8000 }, 'name'],
    ['music_on_hold', { name: 'a/8000' }, 'name'],
    ['conferenceprofiles', {}, 'name'],
    ['phrases', {}, 'name'],
  ])('%s %j is refused, and told which', async (path, body, field) => {
    const answer = await admin('POST', `${path}/`, body)
    expect(answer.status).toBe(400)
    expect(answer.json.detail).toHaveProperty(field)
  })

  test('ports are ports, or variables', async () => {
    const sip_profile_id = await named('sip_profiles', 'internal')
    const set = (name: string, value: string) => admin('POST', 'sip_profile_settings/', { sip_profile_id, name, value })
    for (const value of ['0', '65536', 'x', '5060 ']) {
      expect((await set('sip-port', value)).status, value).toBe(value === '5060 ' ? 201 : 400)
    }
    expect((await set('ext-sip-port', '$${internal_sip_port}')).status).toBe(201)
  })

  test('a node of an access list has a network or a domain', async () => {
    const access_control_id = await named('access_controls', 'lan')
    const add = (body: object) => admin('POST', 'access_control_nodes/', { access_control_id, type: 'allow', ...body })
    for (const cidr of ['192.0.2.0', '192.0.2.0/33', '300.0.0.0/8', '::/129', 'fe80::1%eth0/64', 'x']) {
      expect((await add({ cidr })).json.detail, cidr).toHaveProperty('cidr')
    }
    expect((await add({})).json.detail).toHaveProperty('cidr')
    expect((await add({ cidr: '192.0.2.0/24', domain: 'a.example' })).json.detail).toHaveProperty('cidr')
    expect((await add({ cidr: '2001:db8::/32' })).status).toBe(201)
    const { json } = await add({ cidr: '192.0.2.0/24' })
    const changed = await admin('PATCH', `access_control_nodes/${json.id}/`, { domain: 'a.example' })
    expect(changed.json).toMatchObject({ cidr: null, domain: 'a.example' })
  })
})

describe('who administers one tenant', () => {
  test("has music of its own, from folders in which nothing is another tenant's", async () => {
    const { acme, rival } = world
    expect((await minor('GET', 'sip_profiles/')).status).toBe(403)
    const make = (path: string) => minor('POST', 'music_on_hold/', { name: `m${path.length}`, path })
    for (const path of [
      '/etc/freeswitch',
      '$${recordings_dir}/',
      `$\${recordings_dir}/${rival.name}/private`,
      `$\${recordings_dir}/${acme.name}/../${rival.name}`,
      `$\${media_dir}/${rival.id}/recordings`,
      '$${sounds_dir}/../conf',
      '$${conf_dir}/music',
    ]) {
      expect((await make(path)).json.detail, path).toHaveProperty('path')
    }
    const made = await make(`$\${recordings_dir}/${acme.name}/music`)
    expect([made.status, made.json.domain_id]).toEqual([201, acme.id])
    const body = { moh_id: made.json.id, filename: 'a.wav', file_name: 'a.wav' }
    const { json } = await minor('POST', 'music_on_hold_files/', body)
    const audio = await world.call(acme.minor.token, 'PUT', `/api/music_on_hold_files/${json.id}/audio/`, wav(), {
      'content-type': 'audio/wav',
    })
    expect([audio.status, audio.json.content_type]).toEqual([200, 'audio/wav'])
    const shared = await named('music_on_hold', 'default')
    expect((await minor('POST', 'music_on_hold_files/', { ...body, moh_id: shared })).json.detail).toHaveProperty(
      'moh_id',
    )
  })

  test('has phrases that play its sounds and execute nothing but waiting', async () => {
    const { json } = await minor('POST', 'phrases/', { name: 'hello' })
    const add = (pfunction: string, data: string) =>
      minor('POST', 'phrasedetails/', { phrase_id: json.id, pfunction, data })
    for (const [pfunction, data] of [
      ['execute', 'system(id)'],
      ['execute', 'sleep(1) system(id)'],
      ['play-file', '/etc/passwd'],
      ['play-file', `$\${recordings_dir}/${world.rival.name}/a.wav`],
    ] as const) {
      expect((await add(pfunction, data)).json.detail, data).toHaveProperty('data')
    }
    expect((await add('execute', 'sleep(500)')).status).toBe(201)
    expect((await add('play-file', 'ivr/ivr-hello.wav')).status).toBe(201)
    expect((await minor('POST', 'phrases/', { name: 'hello' })).status).toBe(400)
  })
})

test('defaults are made once, and what was deleted of them stays away', async () => {
  const { prisma, pool } = world.app
  const count = async () => (await pool.query('SELECT count(*)::int AS n FROM sip_profile_settings')).rows[0].n
  const before = await count()
  await pool.query(`DELETE FROM sip_profiles WHERE name = 'external'`)
  const after = await count()
  await Promise.all([ensureSwitchDefaults(prisma), ensureSwitchDefaults(prisma)])
  expect(after).toBeLessThan(before)
  expect(await count()).toBe(after)
})
