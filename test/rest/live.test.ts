/** Collections whose rows are told anew for each request: read, filtered, ordered and scoped like rows that are kept. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { domainRows } from '../../src/modules/access.ts'
import { textInput } from '../../src/modules/inputs.ts'
import tenants from '../../src/modules/tenants/index.ts'
import { moduleOf } from '../../src/plugins/resources.ts'
import { readEverything, readRights } from '../../src/rest/access.ts'
import { type LiveRow, liveResource } from '../../src/rest/live.ts'
import { testWorld, type World } from '../support/app.ts'

const columns = {
  id: { type: 'uuid', description: 'Which one' },
  name: { type: 'text', description: 'What it is called' },
  size: { type: 'integer', description: 'How large it is' },
  since: { type: 'datetime', description: 'Since when' },
  busy: { type: 'boolean', description: 'Whether it has work' },
  parts: { type: 'json', description: 'What it is made of' },
  domain_id: { type: 'uuid', description: 'Whose it is', references: 'Domain' },
} as const
type Lamp = LiveRow<typeof columns>

const URL = '/api/lamps/'
let lamps: Lamp[]
let unreached = 0
const asked: boolean[] = []
const ID = (n: number) => `00000000-0000-4000-8000-00000000000${n}`

const resource = liveResource({
  path: 'lamps',
  description: 'Lamps, as they burn',
  columns,
  order: ['name'],
  search: ['name'],
  access: { admin_api: readEverything, minor_admin_api: readRights(domainRows('domain_id')) },
  actions: {
    dim: {
      on: 'row',
      methods: ['POST'],
      roles: ['admin_api', 'minor_admin_api'],
      summary: 'Dims it',
      inputs: { colour: { ...textInput('Its colour', 10), required: true } },
      run: async (_context, row, inputs) => ({ name: row.name, ...inputs }),
    },
  },
  rows: async (_services, latest) => {
    asked.push(latest)
    return { rows: lamps, unreached }
  },
})

let world: World
beforeAll(async () => {
  world = await testWorld({}, [tenants, moduleOf('lamps', [resource])])
})
afterAll(() => world?.close())
beforeEach(() => {
  unreached = 0
  asked.length = 0
  const lamp = (n: number, name: string, domain: string | null): Lamp => ({
    id: ID(n),
    name,
    size: n,
    since: `2026-11-2${n}T10:00:00.5Z`,
    busy: n > 1,
    parts: { wicks: [n] },
    domain_id: domain,
  })
  lamps = [lamp(1, 'one', world.acme.id), lamp(2, 'two', world.rival.id), lamp(3, "th'ree\n☂", null)]
})

const list = async (query = '', who = world.admin, headers = {}) => {
  const answer = await world.call(who.token, 'GET', `${URL}${query}`, undefined, headers)
  return { ...answer, names: answer.json?.results?.map((row: Lamp) => row.name) }
}

describe('a list', () => {
  it('has the rows as fields of their types, in the resource’s order', async () => {
    const { status, json } = await list()
    expect(status).toBe(200)
    expect(json).toMatchObject({ count: 3, next: null, previous: null })
    expect(json.results[0]).toEqual({
      id: ID(1),
      url: `http://localhost:80${URL}${ID(1)}/`,
      name: 'one',
      size: 1,
      since: '2026-11-21T10:00:00.5Z',
      busy: false,
      parts: { wicks: [1] },
      domain_id: world.acme.id,
    })
  })

  it('is empty when nothing was told', async () => {
    lamps = []
    expect((await list()).json).toEqual({ count: 0, next: null, previous: null, results: [] })
  })

  it.each([
    ['?ordering=-size', ["th'ree\n☂", 'two', 'one']],
    ['?name=two', ['two']],
    ['?name__icontains=O&ordering=name', ['one', 'two']],
    ['?size__in=1,3&ordering=size', ['one', "th'ree\n☂"]],
    ['?size__gte=2&busy=yes&since__date=2026-11-22', ['two']],
    ['?domain_id__isnull=true', ["th'ree\n☂"]],
    ['?domain_id__name=acme.example', ['one']],
    ['?search=tw', ['two']],
    ['?page_size=1&page=last', ['two']],
  ])('answers %s as any other', async (query, names) => {
    expect((await list(query)).names).toEqual(names)
  })

  it('has pages, fields and CSV', async () => {
    const { json } = await list('?page_size=2&fields=name')
    expect(json).toMatchObject({ count: 3, next: expect.stringContaining('page=2'), results: [{ name: 'one' }, {}] })
    expect((await list('?format=csv&fields=size,name&size=2')).text).toBe('name,size\r\ntwo,2\r\n')
    expect((await list('?page=3')).status).toBe(404)
  })

  it.each(['?ordering=colour', '?fields=colour', '?size=big', '?name__soundslike=x', '?id=7'])(
    'refuses %s, before anybody is asked for rows',
    async (query) => {
      expect((await list(query)).status).toBe(400)
      expect(asked).toEqual([])
    },
  )

  it('says how many could not be asked', async () => {
    unreached = 2
    expect((await list()).headers['switches-unreached']).toBe('2')
  })
})

describe('scope', () => {
  it('is the engine’s: of its own tenant a minor administrator sees rows, of others none', async () => {
    expect((await list('', world.acme.minor)).names).toEqual(['one'])
    expect((await list('?domain_id__name=rival.example', world.acme.minor)).names).toEqual([])
    const one = (n: number) => world.call(world.acme.minor.token, 'GET', `${URL}${ID(n)}/`)
    expect([(await one(1)).status, (await one(2)).status, (await one(3)).status]).toEqual([200, 404, 404])
  })

  it('keeps out roles without access', async () => {
    expect((await list('', world.acme.user)).status).toBe(403)
  })
})

describe('one row', () => {
  it('is found by its id', async () => {
    const answer = await world.call(world.admin.token, 'GET', `${URL}${ID(2)}/?fields=name,busy`)
    expect(answer.json).toEqual({ name: 'two', busy: true })
    expect((await world.call(world.admin.token, 'GET', `${URL}nonsense/`)).status).toBe(404)
  })

  it('is not written', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const answer = await world.call(world.admin.token, method, `${URL}${ID(1)}/`, {})
      expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS'])
    }
    expect((await world.call(world.admin.token, 'POST', URL, {})).status).toBe(405)
  })
})

describe('an action on a row', () => {
  const dim = (n: number, who = world.admin, body: unknown = { colour: ' red ' }) =>
    world.call(who.token, 'POST', `${URL}${ID(n)}/dim/`, body)

  it('gets the row as it is from now on, and what the body says', async () => {
    expect(await dim(1)).toMatchObject({ status: 200, json: { name: 'one', colour: 'red' } })
    expect(asked).toEqual([true])
    expect(await dim(1, world.admin, {})).toMatchObject({ status: 400, json: { colour: ['This field is required.'] } })
  })

  it('reaches no row out of scope, and is not carried out by reading', async () => {
    expect((await dim(2, world.acme.minor)).status).toBe(404)
    expect((await dim(1, world.acme.user)).status).toBe(403)
    expect((await world.call(world.admin.token, 'GET', `${URL}${ID(1)}/dim/`)).status).toBe(405)
  })
})
