/** What a definition says of its audio: who may replace it, and what is a mistake. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { moduleOf } from '../../src/plugins/resources.ts'
import { everything, rights } from '../../src/rest/access.ts'
import { Registry } from '../../src/rest/registry.ts'
import { resource } from '../../src/rest/resource.ts'
import { testWorld, type World } from '../support/app.ts'
import { mp3, wav } from '../support/audio.ts'
import { fieldsOf, fileOf, filesOf, MULTIPART, multipart } from '../support/uploads.ts'

const limited = { ...rights(['list', 'retrieve', 'update'], () => []), changes: ['description'] }
const common = {
  tenant: 'domain_id',
  order: ['name'],
  search: ['name'],
  access: { admin_api: everything, user_api: limited },
} as const
const resources = [
  resource('Recording', { ...common, path: 'kept', media: { name: 'prompt' } }),
  resource('Recording', { ...common, path: 'replaced', media: { name: 'prompt', replacedBy: ['user_api'] } }),
]

let world: World
let id: string
beforeAll(async () => {
  world = await testWorld({}, [moduleOf('test', resources)])
  const body = multipart([fileOf(wav())])
  id = (await world.call(world.admin.token, 'POST', '/api/kept/', body, MULTIPART)).json.id
})
afterAll(() => world?.close())

const raw = (path: string) =>
  world.call(world.acme.user.token, 'PUT', `/api/${path}/${id}/audio/`, mp3(20), { 'content-type': 'audio/mpeg' })
const form = (path: string, method: string, fields: Record<string, string>, filename: string) =>
  world.call(
    world.acme.user.token,
    method,
    `/api/${path}/${id}/`,
    multipart([...fieldsOf(fields), fileOf(wav({ seconds: 2 }), filename)]),
    MULTIPART,
  )

describe('who may change some columns only', () => {
  it('replaces no audio', async () => {
    for (const answer of [await raw('kept'), await form('kept', 'PATCH', { description: 'x' }, 'welcome.wav')]) {
      expect([answer.status, answer.json.detail]).toEqual([403, 'You may not replace the prompt.'])
    }
    expect(await filesOf(world.app)).toHaveLength(1)
    expect((await world.call(world.admin.token, 'GET', `/api/kept/${id}/`)).json).toMatchObject({
      filename: 'welcome.wav',
      duration: 1,
      description: null,
    })
  })

  it('replaces it where the definition says so, and changes nothing else with it', async () => {
    expect((await raw('replaced')).json).toMatchObject({ filename: 'welcome.mp3', duration: 1 })
    for (const method of ['PUT', 'PATCH']) {
      const answer = await form('replaced', method, { description: method }, `${method}.wav`)
      expect(answer.status, answer.text).toBe(200)
      expect(answer.json).toMatchObject({
        filename: `${method}.wav`,
        duration: 2,
        description: method,
        name: 'welcome',
      })
    }
    const refused = await form('replaced', 'PATCH', { name: 'other' }, 'a.wav')
    expect(refused.json.detail).toEqual({ name: ['You may not change this field.'] })
    expect(await filesOf(world.app)).toHaveLength(1)
  })
})

it.each([
  [
    'without a tenant',
    () => resource('Recording', { ...common, tenant: undefined as never, path: 'x', media: { name: 'x' } }),
    'tenant',
  ],
  [
    'of a model without the columns',
    () => resource('Bridge', { ...common, path: 'x', media: { name: 'x' } }),
    'no column',
  ],
  [
    'with an action at the same place',
    () =>
      resource('Recording', {
        ...common,
        path: 'x',
        media: { name: 'x' },
        actions: { audio: { on: 'row', methods: ['POST'], roles: ['admin_api'], summary: '', run: async () => null } },
      }),
    "audio is the engine's own path",
  ],
])('media %s stops the start', (_what, define, message) => {
  expect(() => new Registry('UTC').add(define())).toThrow(message)
})
