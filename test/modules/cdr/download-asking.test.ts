/** Asking for a download: what its file is called, and what is refused before anything of it is sent. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testExtension, testWorld, type World } from '../../support/app.ts'
import { addCalls } from '../../support/cdrs.ts'

let world: World
beforeAll(async () => {
  world = await testWorld({ timeZone: 'Europe/Berlin' })
  const extension_id = await testExtension(world, world.acme, '1001', world.acme.user)
  await addCalls(world.app.pool, [{ domain_id: world.acme.id, extension_id, start_stamp: '2026-03-01T10:00:00Z' }])
})
afterAll(() => world?.close())

const URL = '/api/xmlcustomercdrs/download/'
const get = (query: string, token: string | null = world.acme.minor.token, headers: Record<string, string> = {}) =>
  world.call(token, 'GET', `${URL}?${query}`, undefined, headers)

it.each([
  ['', 'cdrs.csv'],
  ['start_stamp__gte=2026-01-01T00:00:00Z&start_stamp__lt=2026-02-01T00:00:00Z', 'cdrs_2026-01-01_2026-02-01.csv'],
  ['start_stamp__lt=2026-02-01T00:00:00Z&start_stamp__gt=2026-01-01T00:00:00Z', 'cdrs_2026-01-01_2026-02-01.csv'],
  ['start_stamp__range=2026-01-01T00:00:00.000Z,2026-01-31T23:59:59.5Z', 'cdrs_2026-01-01_2026-01-31T23-59-59.5Z.csv'],
  ['start_stamp__gte=2026-01-01T08:30:00%2B01:00', 'cdrs_from_2026-01-01T07-30-00Z.csv'],
  ['start_stamp__lte=2026-01-01T12:00Z', 'cdrs_to_2026-01-01T12-00-00Z.csv'],
  // Times without an offset are in the server's zone, and the name is in UTC.
  ['start_stamp__gte=2026-01-01', 'cdrs_from_2025-12-31T23-00-00Z.csv'],
  ['start_stamp__date=2026-07-01', 'cdrs_2026-06-30T22-00-00Z_2026-07-01T22-00-00Z.csv'],
  ['start_stamp=2026-03-01T10:00:00Z', 'cdrs_2026-03-01T10-00-00Z_2026-03-01T10-00-00Z.csv'],
  // Ranges of other columns are not the file's.
  ['answer_stamp__gte=2026-01-01T00:00:00Z&duration__lt=5', 'cdrs.csv'],
  ['start_stamp__in=2026-03-01T10:00:00Z&start_stamp__isnull=false', 'cdrs.csv'],
])('%j is the file %s', async (query, name) => {
  const answer = await get(query)
  expect(answer.status, answer.text).toBe(200)
  expect(answer.headers['content-disposition']).toBe(`attachment; filename="${name}"`)
})

it('is there under both resources of call records, with and without the slash', async () => {
  for (const url of ['/api/xmlcdrs/download/', '/api/xmlcdrs/download', URL, URL.slice(0, -1)]) {
    const answer = await world.call(world.admin.token, 'GET', url)
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8'])
  }
})

describe('HEAD', () => {
  it('tells what GET would, without asking the database for rows', async () => {
    const query = 'start_stamp__gte=2026-01-01T00:00:00Z'
    const [get_, head] = [await get(query), await world.call(world.acme.minor.token, 'HEAD', `${URL}?${query}`)]
    expect([head.status, head.text]).toEqual([200, ''])
    for (const name of ['content-type', 'content-disposition']) expect(head.headers[name]).toBe(get_.headers[name])
    expect(head.headers['content-length']).toBeUndefined()
  })

  it('is refused as GET is', async () => {
    const status = async (token: string | null, query = '') =>
      (await world.call(token, 'HEAD', `${URL}?${query}`)).status
    expect(await status(null)).toBe(401)
    expect(await status(world.nobody.token)).toBe(403)
    expect(await status(world.acme.minor.token, 'duration=x')).toBe(400)
    expect(await status(world.acme.minor.token, 'format=json')).toBe(404)
  })
})

describe('is CSV and nothing else', () => {
  it.each(['json', 'xml', 'svg', 'CSV'])('format=%s is a 404', async (format) => {
    expect((await get(`format=${format}`)).status).toBe(404)
  })

  it.each(['application/json', 'application/xml', 'text/html, application/json;q=0.9', 'application/json; indent=4'])(
    'Accept: %s alone is a 406',
    async (accept) => {
      const answer = await get('', world.acme.minor.token, { accept })
      expect([answer.status, answer.json.detail]).toEqual([406, 'Could not satisfy the request Accept header.'])
    },
  )

  it.each(['*/*', 'text/*', 'text/csv', 'application/json, */*;q=0.1', 'text/html,application/xhtml+xml,*/*;q=0.8'])(
    'Accept: %s is met',
    async (accept) => {
      expect((await get('', world.acme.minor.token, { accept })).status).toBe(200)
    },
  )

  it('format=csv stands above what is accepted, as on lists', async () => {
    const accept = 'application/json'
    const list = await world.call(world.acme.minor.token, 'GET', '/api/xmlcustomercdrs/?format=csv', undefined, {
      accept,
    })
    expect((await get('format=csv', world.acme.minor.token, { accept })).status).toBe(list.status)
  })
})

describe('is refused as the list is', () => {
  it.each([
    'duration=x',
    'start_stamp__gte=yesterday',
    'start_stamp__gte=2026-02-01&start_stamp__lt=2026-01-01',
    'status=nonsense',
    'fields=nonsense',
    'omit=xml',
    'ordering=nonsense',
    'search=%00',
    'duration__nosuch=1',
    'extension_id__password=x',
    'duration=x&ordering=y&fields=z',
  ])('%s is a 400, before anything is sent', async (query) => {
    const answer = await get(query)
    const list = await world.call(world.acme.minor.token, 'GET', `/api/xmlcustomercdrs/?${query}`)
    expect([answer.status, answer.headers['content-type']]).toEqual([400, 'application/json; charset=utf-8'])
    expect(answer.json).toEqual(list.json)
    expect(answer.headers['content-disposition']).toBeUndefined()
  })

  it('an unknown parameter is one only for who is strict', async () => {
    expect((await get('nonsense=1')).status).toBe(200)
    const strict = await get('nonsense=1', world.acme.minor.token, { prefer: 'handling=strict' })
    expect([strict.status, strict.json.detail]).toEqual([400, { nonsense: ['Unknown query parameter.'] }])
  })

  it('without a token 401, without a role or the right 403', async () => {
    expect((await get('', null)).status).toBe(401)
    expect((await get('', 'f'.repeat(40))).status).toBe(401)
    expect((await get('', world.nobody.token)).status).toBe(403)
    const asUser = (url: string) => world.call(world.acme.user.token, 'GET', url)
    expect((await asUser('/api/xmlcdrs/download/')).status).toBe((await asUser('/api/xmlcdrs/')).status)
    expect((await asUser('/api/xmlcdrs/download/')).status).toBe(403)
  })

  it('other methods are a 405 that says which there are', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await world.call(world.admin.token, method, URL)
      expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD'])
    }
  })

  it('resources without a download have none', async () => {
    expect((await world.call(world.admin.token, 'GET', '/api/extensions/download/')).status).toBe(404)
  })
})
