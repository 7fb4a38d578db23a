/** Recorded calls: who hears them, and which day and which call they are of. */
import { randomUUID } from 'node:crypto'
import { DateTime } from 'luxon'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testExtension, testWorld, type World } from '../../support/app.ts'
import { wav } from '../../support/audio.ts'
import { addCalls } from '../../support/cdrs.ts'
import { fieldsOf, fileOf, MULTIPART, multipart } from '../../support/uploads.ts'

const URL = '/api/callrecordings/'
const ZONE = 'Pacific/Auckland'
const CALLS = ['own', 'colleague', 'rival', 'unknown'] as const

let world: World
let extension: string
const calls = Object.fromEntries(CALLS.map((name) => [name, randomUUID()])) as Record<(typeof CALLS)[number], string>
const ids: Record<string, string> = {}
beforeAll(async () => {
  world = await testWorld({}, undefined, { TIME_ZONE: ZONE })
  const { acme, rival, app, admin } = world
  extension = await testExtension(world, acme, '1001', acme.user)
  const other = await testExtension(world, acme, '1002', acme.minor)
  const rivals = await testExtension(world, rival, '1001', rival.user)
  const call = { domain_id: acme.id, start_stamp: '2026-03-01T10:00:00Z' }
  await addCalls(app.pool, [
    { ...call, extension_id: extension, call_uuid: calls.own },
    { ...call, extension_id: other, call_uuid: calls.colleague },
    { ...call, domain_id: rival.id, extension_id: rivals, call_uuid: calls.rival },
  ])
  const make = (domain_id: string, call_uuid: string, name: string) =>
    upload({ domain_id, call_uuid, name }, admin.token).then(({ json }) => {
      ids[name] = json.id
    })
  for (const name of CALLS) await make(name === 'rival' ? rival.id : acme.id, calls[name], name)
  await make(rival.id, calls.own, 'rival says it is the own call')
})
afterAll(() => world?.close())

const upload = (fields: Record<string, string>, token = world.acme.minor.token) =>
  world.call(token, 'POST', URL, multipart([...fieldsOf(fields), fileOf(wav(), 'call.wav')]), MULTIPART)

describe('a user', () => {
  const get = (path: string, headers?: Record<string, string>) =>
    world.call(world.acme.user.token, 'GET', `${URL}${path}`, undefined, headers)

  it('hears the calls of its own extensions, whole and in parts', async () => {
    const { json } = await get('')
    expect(json.results.map((row: { name: string }) => row.name)).toEqual(['own'])
    expect(json.results[0]).toMatchObject({ call_uuid: calls.own, duration: 1, content_type: 'audio/wav' })
    expect((await get(`${ids.own}/download/`)).status).toBe(200)
    const part = await get(`${ids.own}/download/`, { range: 'bytes=44-143' })
    expect([part.status, part.headers['content-length']]).toEqual([206, '100'])
  })

  it('is told of no other', async () => {
    for (const [name, id] of Object.entries(ids)) {
      if (name === 'own') continue
      for (const path of [`${id}/`, `${id}/download/`]) expect((await get(path)).status, name).toBe(404)
    }
    expect((await get(`?call_uuid=${calls.colleague}`)).json.count).toBe(0)
  })

  it('changes, replaces and deletes none', async () => {
    const { token } = world.acme.user
    const row = `${URL}${ids.own}/`
    for (const [method, url] of [
      ['POST', URL],
      ['PUT', row],
      ['PATCH', row],
      ['DELETE', row],
      ['PUT', `${row}audio/`],
    ] as const) {
      expect((await world.call(token, method, url, method === 'DELETE' ? undefined : {})).status, method).toBe(403)
    }
  })

  it('hears no more of an extension that is no longer its own', async () => {
    const { prisma } = world.app
    await prisma.extensionUser.deleteMany({ where: { extension_id: extension } })
    expect((await get('')).json.count).toBe(0)
    expect((await get(`${ids.own}/download/`)).status).toBe(404)
    await prisma.extensionUser.create({ data: { extension_id: extension, user_uuid: world.acme.user.userUuid } })
    expect((await get(`${ids.own}/download/`)).status).toBe(200)
  })
})

it('with a file the day is today’s in TIME_ZONE, unless it is told; without one it must be', async () => {
  const today = DateTime.now().setZone(ZONE).setLocale('en')
  const { json } = await upload({})
  expect(json).toMatchObject({
    domain_id: world.acme.id,
    name: 'call',
    year: today.toFormat('yyyy'),
    month: today.toFormat('LLL'),
    day: today.toFormat('dd'),
    call_uuid: null,
  })
  const told = await upload({ year: '2025', month: 'Feb', day: '03' })
  expect(told.json).toMatchObject({ year: '2025', month: 'Feb', day: '03' })
  const bare = await world.call(world.acme.minor.token, 'POST', URL, { filename: 'a.wav', name: 'a' })
  expect(Object.keys(bare.json.detail)).toEqual(['year', 'month', 'day'])
})

it('the call is told once; an administrator finds the recording by it', async () => {
  const call_uuid = randomUUID()
  const { json } = await upload({ call_uuid })
  const changed = await world.call(world.acme.minor.token, 'PATCH', `${URL}${json.id}/`, { call_uuid: calls.own })
  expect([changed.status, changed.json.call_uuid]).toEqual([200, call_uuid])
  const found = await world.call(world.acme.minor.token, 'GET', `${URL}?call_uuid=${call_uuid}`)
  expect(found.json.results.map((row: { id: string }) => row.id)).toEqual([json.id])
})
