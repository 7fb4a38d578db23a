/**
 * For every route of the API: what a tenant has does not exist for another. The routes come from the API's own
 * document, and the rows from the conformance fixtures, so a new resource is held to this without a word here.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiDocument } from '../src/plugins/documentation.ts'
import { fixtures } from './conformance/fixtures/index.ts'
import { type Stage, setStage } from './conformance/stage.ts'
import { Subject } from './conformance/subject.ts'
import type { Answer, World } from './support/app.ts'
import { channelTold, registrationTold, rowsTold } from './support/told.ts'
import { type ToldSwitch, worldWithSwitches } from './support/told-switches.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
const ROLES = ['minor_admin_api', 'user_api'] as const

const CALL = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc'

/** The rival's row of each resource, by the resource's path. */
const rivals = new Map<string, string>()
let world: World
let phoneSwitch: ToldSwitch
let stage: Stage
let routes: { path: string; method: Method }[]

beforeAll(async () => {
  const made = await worldWithSwitches(1)
  world = made.world
  phoneSwitch = made.switches[0]!
  // On the switch: a telephone and a call of the rival, whose extension has the number of acme's user's.
  Object.assign(phoneSwitch.told, {
    'show registrations as json': rowsTold([registrationTold('own', 'rival.example')]),
    'show channels as json': rowsTold([channelTold(CALL, 'own', 'rival.example')]),
    uuid_getvar: '_undef_',
  })
  stage = await setStage(world)
  const { app } = world
  for (const compiled of app.registry.all()) {
    if (compiled.resource.live) continue
    const subject = new Subject(stage, compiled, fixtures[compiled.resource.path]!)
    // Both tenants have rows of every kind, with the same numbers.
    for (const owner of ['user', 'tenant'] as const) if (subject.hasRowsOf(owner)) await subject.insert(owner)
    if (subject.hasRowsOf('rival')) rivals.set(compiled.resource.path, String(await subject.insert('rival')))
  }
  const live = async (path: string): Promise<{ id: string }[]> =>
    (await stage.send(world.admin.token, 'GET', `/api/${path}/`)).json.results
  for (const path of ['switch_registrations', 'switch_active_calls']) {
    const rows = await live(path)
    expect(rows, path).toHaveLength(1)
    rivals.set(path, rows[0]!.id)
  }
  phoneSwitch.forget()
  const document = apiDocument(app.registry) as { paths: Record<string, Record<string, unknown>> }
  routes = Object.entries(document.paths).flatMap(([path, item]) =>
    ['get', 'post', 'put', 'patch', 'delete']
      .filter((method) => method in item)
      .map((method) => ({ path, method: method.toUpperCase() as Method })),
  )
})
afterAll(() => world?.close())

const send = (role: (typeof ROLES)[number], method: Method, url: string, body?: unknown) =>
  stage.send(stage.caller(role).token, method, url, body, { prefer: 'count=exact' })

const unknownLike = (id: string) => (/^\d+$/.test(id) ? '2147483000' : 'eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee')

/** The resource of a route with a row in it. */
const resourceOf = (path: string) => /^\/api\/([^/]+)\//.exec(path)?.[1] ?? ''

const told = ({ status, text }: Answer, id: string) => `${status} ${text.replaceAll(id, 'ID')}`

/** What is changed by asking alone. */
const RESTLESS = new Set(['AuditLog'])

async function everything(): Promise<string> {
  stage.changed()
  const tables = [...(await stage.tables())].filter(([model]) => !RESTLESS.has(model))
  return JSON.stringify(tables, (_key, value) => (typeof value === 'bigint' ? String(value) : value))
}

describe.each(ROLES)('%s of one tenant', (role) => {
  test('sees nothing of another in any list, whatever it asks for', async () => {
    const ids = [...rivals.values()].filter((id) => !/^\d+$/.test(id))
    const { id, name } = world.rival
    const lists = routes.filter(({ path, method }) => method === 'GET' && !path.includes('{'))
    expect(lists.length).toBeGreaterThan(40)
    for (const { path } of lists) {
      if (path === '/api/events/') continue // never ends: test/modules/events
      for (const query of ['page_size=100', 'format=csv']) {
        const { text } = await send(role, 'GET', `${path}?${query}`)
        for (const secret of [...ids, id, name]) expect(text, `${path}?${query}`).not.toContain(secret)
      }
      for (const query of [
        `domain_id__name=${name}`,
        `domain_id=${id}`,
        `extension_id__domain_id=${id}`,
        'search=rival',
      ]) {
        const { text } = await send(role, 'GET', `${path}?page_size=100&${query}`)
        for (const secret of ids) expect(text, `${path}?${query}`).not.toContain(secret)
      }
    }
  })

  test("is told of another's row what it is told of none, and changes nothing of it", async () => {
    const rows = routes.filter(({ path }) => path.includes('{id}'))
    expect(rows.length).toBeGreaterThan(150)
    const before = await everything()
    for (const { path, method } of rows) {
      const id = rivals.get(resourceOf(path))
      if (id === undefined) continue
      const body = method === 'GET' || method === 'DELETE' ? undefined : { dest: '1002', action: 'start' }
      const answer = await send(role, method, path.replace('{id}', id), body)
      const unknown = unknownLike(id)
      const none = await send(role, method, path.replace('{id}', unknown), body)
      expect(told(answer, id), `${method} ${path}`).toBe(told(none, unknown))
      // Audio is refused by its type before anybody looks for its row.
      expect(path.endsWith('/audio/') ? [403, 404, 415] : [403, 404], `${method} ${path}: ${answer.text}`).toContain(
        answer.status,
      )
    }
    expect(await everything()).toBe(before)
  })

  test('changes and deletes none of them in lists of rows', async () => {
    const before = await everything()
    for (const [resource, id] of rivals) {
      if (!routes.some(({ path, method }) => path === `/api/${resource}/` && method === 'PATCH')) continue
      const unknown = unknownLike(id)
      const url = `/api/${resource}/`
      for (const partial of ['', '?partial=true']) {
        const patched = (one: string) => send(role, 'PATCH', url + partial, [{ id: one, description: 'taken' }])
        const deleted = (one: string) => send(role, 'POST', `${url}bulk_delete/${partial}`, { ids: [one] })
        expect(told(await patched(id), id), url).toBe(told(await patched(unknown), unknown))
        expect(told(await deleted(id), id), url).toBe(told(await deleted(unknown), unknown))
      }
    }
    expect(await everything()).toBe(before)
  })
})

test("nothing was done to another's telephones and calls", () => {
  // Of what was made at first the switch is told besides.
  expect(phoneSwitch.received().filter((text) => /^uuid_(?!getvar)|_reg|check_sync|originate/.test(text))).toEqual([])
})
