/** Pages: walking the links gives every row once and in order. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { links } from '../../src/rest/read/pagination.ts'
import { readQuery } from '../../src/rest/read/query.ts'
import { testWorld, type World } from '../support/app.ts'

interface Row {
  readonly id: string
  readonly extension: string
  readonly description: string | null
  readonly limit_max: number | null
  readonly enabled: boolean
}

let world: World
let rows: Row[]

beforeAll(async () => {
  world = await testWorld()
  const data = Array.from({ length: 130 }, (_, index) => ({
    domain_id: world.acme.id,
    extension: String(1000 + index),
    password: 'pw',
    description: index % 3 === 0 ? null : `d${index % 5}`,
    limit_max: index % 7 === 0 ? null : index % 4,
    enabled: index % 2 === 0,
  }))
  await world.app.prisma.extension.createMany({ data })
  rows = (await world.app.prisma.extension.findMany()).map((row) => ({
    ...row,
    limit_max: row.limit_max === null ? null : Number(row.limit_max),
  }))
})
afterAll(() => world?.close())

const ORDERABLE = ['extension', 'description', 'limit_max', 'enabled', 'id'] as const
const FILTERS: Record<string, (row: Row) => boolean> = {
  '': () => true,
  'enabled=true': (row) => row.enabled,
  'limit_max__gte=2': (row) => (row.limit_max ?? 0) >= 2,
  'description__in=d1,d2': (row) => row.description === 'd1' || row.description === 'd2',
  'search=10%20d': (row) => row.extension.includes('10') && (row.description ?? '').includes('d'),
  'extension=none': () => false,
}
const OTHERS = ['', 'fields=id', 'omit=password', 'format=json', '%66ormat=json', 'x=%2F%25+y', 'search=']

const terms = fc.uniqueArray(fc.tuple(fc.constantFrom(...ORDERABLE), fc.boolean()), {
  selector: ([name]) => name,
  maxLength: 3,
})
const request = fc.record({
  size: fc.integer({ min: 1, max: 60 }),
  filter: fc.constantFrom(...Object.keys(FILTERS)),
  other: fc.constantFrom(...OTHERS),
  terms,
  counted: fc.boolean(),
})

it('next from the first page meets every row once and in order, and previous leads back', async () => {
  await fc.assert(
    fc.asyncProperty(request, async ({ size, filter, other, terms, counted }) => {
      const ordering = terms.map(([name, down]) => `${down ? '-' : ''}${name}`).join(',')
      const parts = [other, filter, ordering && `ordering=${ordering}`, `page_size=${size}`].filter(Boolean)
      const expected = rows
        .filter(FILTERS[filter]!)
        .sort(order(terms))
        .map(({ id }) => id)
      const headers: Record<string, string> = counted ? {} : { prefer: 'count=none' }
      const met: string[] = []
      const forth: string[] = []
      const first = `/api/extensions/?${parts.join('&')}`
      for (let url: string | null = first; url !== null; ) {
        forth.push(url)
        const { json, status } = await get(url, headers)
        expect(status, url).toBe(200)
        expect(json.count).toBe(counted ? expected.length : null)
        met.push(...json.results.map((row: Row) => row.id))
        url = json.next && path(json.next)
      }
      expect(met).toEqual(expected)
      // Every parameter but the page stays as it was sent, and the first page has none.
      for (const url of forth) expect(url.replace(/&page=\d+$/, '')).toBe(first)
      for (let at = forth.length - 1; at > 0; at -= 1) {
        expect(path((await get(forth[at]!, headers)).json.previous)).toBe(forth[at - 1])
      }
      expect((await get(forth[0]!, headers)).json.previous).toBeNull()
    }),
    { numRuns: 40 },
  )
})

it('page=last is the last page, whose links are those of its number', async () => {
  const last = await get('/api/extensions/?page=last&page_size=50')
  expect(last.json.results).toHaveLength(30)
  expect(last.json).toMatchObject({
    count: 130,
    next: null,
    previous: 'http://localhost:80/api/extensions/?page_size=50&page=2',
  })
  expect((await get('/api/extensions/?page=last&extension=none')).json).toMatchObject({ count: 0, results: [] })
})

it.each(['0', '-1', 'abc', '', '7', '1.0', '999999999999', '9'.repeat(40), 'Last', '%00'])(
  'page=%s of 6 is not there',
  async (page) => {
    for (const prefer of ['', 'count=none']) {
      const answer = await get(`/api/extensions/?page=${page}`, { prefer })
      expect([answer.status, answer.json.detail]).toEqual([404, 'Invalid page.'])
    }
  },
)

it.each([
  ['', 25],
  ['page_size=1', 1],
  ['page_size=100', 100],
  ['page_size=101', 100],
  ['page_size=999999999999', 25],
  ['page_size=0', 25],
  ['page_size=-5', 25],
  ['page_size=x', 25],
])('%j gives %d rows', async (query, size) => {
  expect((await get(`/api/extensions/?${query}`)).json.results).toHaveLength(size)
})

it('links name their page once, however it was spelled, and keep the rest', () => {
  const name = fc.constantFrom('page', 'p%61ge', '%70age', 'pages', 'page_size', 'x', '', '%', 'page%')
  const value = fc.constantFrom('1', '2', '', '%', '%zz', 'a%20b', 'ü', '+')
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), fc.integer({ min: 2, max: 9 }), (pairs, page) => {
      const query = pairs.map(([one, other]) => `${one}=${other}`).join('&')
      const { next, previous } = links('https://pbx', `/api/x?${query}`, { page, hasNext: true, cursor: null })
      for (const [link, number] of [
        [next!, page + 1],
        [previous!, page - 1],
      ] as const) {
        expect(link.startsWith('https://pbx/api/x/')).toBe(true)
        expect(readQuery(link).get('page')).toBe(number === 1 ? undefined : String(number))
        const others = [...new URLSearchParams(query)].filter(([one]) => one !== 'page')
        expect([...new URLSearchParams(link.split('?')[1])].filter(([one]) => one !== 'page')).toEqual(others)
      }
    }),
  )
})

const get = (url: string, headers: Record<string, string> = {}) =>
  world.call(world.acme.minor.token, 'GET', url, undefined, headers)

const path = (link: string) => link.replace('http://localhost:80', '')

/** PostgreSQL's order: nothing after everything, and before it when the order is turned round. */
function order(terms: readonly (readonly [(typeof ORDERABLE)[number], boolean])[]) {
  const all: readonly (readonly [(typeof ORDERABLE)[number], boolean])[] =
    terms.length > 0 ? [...terms, ['id', false]] : [['extension', false]]
  return (a: Row, b: Row): number => {
    for (const [name, down] of all) {
      const sign = compare(a[name], b[name]) * (down ? -1 : 1)
      if (sign !== 0) return sign
    }
    return 0
  }
}

function compare(a: Row[keyof Row], b: Row[keyof Row]): number {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? 1 : -1
  return a < b ? -1 : 1
}
