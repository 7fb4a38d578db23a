/** Long lists: `next` goes on after the last row that was seen, whatever happens to the rows before it. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testExtension, testWorld, type World } from '../support/app.ts'
import { addCalls, type Call, planOf, rowsTouched, sentDuring } from '../support/cdrs.ts'

let world: World
let extensions: string[]
let rows: Record<string, unknown>[]

beforeAll(async () => {
  world = await testWorld()
  extensions = [await testExtension(world, world.acme, '1001'), await testExtension(world, world.acme, '1002')]
  const calls = Array.from({ length: 90 }, (_, n): Call => {
    const [day, fraction] = [String(1 + (n % 4)).padStart(2, '0'), ['', '.5', '.000001'][n % 3]]
    return {
      domain_id: n % 11 === 0 ? null : world.acme.id,
      extension_id: n % 5 === 0 ? null : extensions[n % 2],
      start_stamp: `2026-0${1 + (n % 3)}-${day}T10:00:00${fraction}Z`,
      answer_stamp: n % 4 === 0 ? null : `2026-01-01T00:00:0${n % 7}Z`,
      duration: n % 6 === 0 ? null : n % 4,
      rtp_audio_in_mos: n % 5 === 1 ? null : (n % 9) / 2,
      missed_call: [null, true, false][n % 3],
      caller_id_name: [null, '', 'Ähre', 'a"b\\', "o'b", 'Z', '=1', '\t'][n % 8],
      call_uuid: n % 2 ? null : `00000000-0000-4000-8000-0000000000${10 + (n % 40)}`,
    }
  })
  await addCalls(world.app.pool, calls)
  rows = (await world.app.pool.query('SELECT t.* FROM xml_cdrs t')).rows
})
afterAll(() => world?.close())

const admin = (url: string, headers: Record<string, string> = {}) =>
  world.call(world.admin.token, 'GET', url, undefined, headers)
const path = (link: string) => link.replace('http://localhost:80', '')
const list = (query: string) => `/api/xmlcdrs/?fields=id&${query}`

/** The ids of all pages, by their links. */
async function walk(url: string, headers: Record<string, string> = {}, between = async (_page: number) => {}) {
  const ids: string[] = []
  const pages: string[] = []
  for (let at: string | null = url; at !== null; ) {
    pages.push(at)
    const { status, json } = await admin(at, headers)
    expect(status, at).toBe(200)
    ids.push(...json.results.map((row: { id: string }) => row.id))
    at = json.next && path(json.next)
    await between(pages.length)
  }
  return { ids, pages }
}

/** The ids in an order, by PostgreSQL itself. */
async function ordered(terms: readonly (readonly [string, boolean])[]): Promise<string[]> {
  const order = [...terms, ['id', false] as const].map(([name, down]) => `"${name}" ${down ? 'DESC' : 'ASC'}`)
  const found = await world.app.pool.query<{ id: string }>(`SELECT id FROM xml_cdrs ORDER BY ${order.join(', ')}`)
  return found.rows.map(({ id }) => id)
}

const encoded = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

const ORDERABLE = [
  'domain_id',
  'extension_id',
  'start_stamp',
  'answer_stamp',
  'duration',
  'rtp_audio_in_mos',
  'missed_call',
  'caller_id_name',
  'call_uuid',
  'status',
  'id',
]
const terms = fc.uniqueArray(fc.tuple(fc.constantFrom(...ORDERABLE), fc.boolean()), {
  selector: ([name]) => name,
  minLength: 1,
  maxLength: 4,
})

describe('following next', () => {
  it('meets every row once and in order, with ties and nulls, whatever it is ordered by', async () => {
    await fc.assert(
      fc.asyncProperty(terms, fc.integer({ min: 1, max: 40 }), fc.boolean(), async (by, size, counted) => {
        const ordering = by.map(([name, down]) => `${down ? '-' : ''}${name}`).join(',')
        const { ids } = await walk(
          list(`ordering=${ordering}&page_size=${size}`),
          counted ? {} : { prefer: 'count=none' },
        )
        expect(ids).toEqual(await ordered(by))
      }),
      {
        numRuns: 40,
        examples: [
          [
            [
              ['caller_id_name', true],
              ['missed_call', false],
            ],
            1,
            false,
          ],
          [
            [
              ['answer_stamp', true],
              ['duration', true],
            ],
            1,
            true,
          ],
          [
            [
              ['domain_id', true],
              ['extension_id', true],
              ['start_stamp', true],
            ],
            7,
            true,
          ],
        ],
      },
    )
  }, 90_000)

  it('counts on: pages have their numbers, the same count, and previous', async () => {
    const { pages } = await walk(list('page_size=20'))
    expect(pages.map((page) => /[?&]page=(\d+)/.exec(page)?.[1])).toEqual([undefined, '2', '3', '4', '5'])
    for (const [index, page] of pages.entries()) {
      const { json } = await admin(page)
      expect(json.count).toBe(rows.length)
      const before = index < 2 ? list('page_size=20') : `${list('page_size=20')}&page=${index}`
      expect(json.previous && path(json.previous)).toBe(index === 0 ? null : before)
      expect(json.results).toEqual((await admin(page.replace(/&cursor=.*/, ''))).json.results)
    }
  })

  it('is the same list as CSV', async () => {
    const { pages } = await walk(list('page_size=40'))
    const texts = await Promise.all(pages.map((page) => admin(`${page}&format=csv`)))
    expect(texts.flatMap(({ text }) => text.trim().split('\r\n').slice(1))).toEqual((await walk(list(''))).ids)
  })

  it.each(['-start_stamp', 'domain_id,-extension_id,start_stamp', '-caller_id_name'])(
    'ordered by %s neither repeats nor skips a row while others come and go',
    async (ordering) => {
      const kept = new Set((await walk(list('page_size=100'))).ids)
      const passing: string[] = []
      const { ids } = await walk(list(`ordering=${ordering}&page_size=9`), {}, async (page) => {
        const { pool } = world.app
        passing.push(
          ...(await addCalls(pool, [
            {
              domain_id: world.acme.id,
              extension_id: extensions[page % 2],
              start_stamp: '2026-03-31T00:00:00Z',
              caller_id_name: 'zz',
            },
            { domain_id: null, start_stamp: '2026-01-01T00:00:00Z' },
          ])),
        )
        if (page % 3 === 0) await pool.query('DELETE FROM xml_cdrs WHERE id = $1', [passing.shift()])
      })
      await world.app.pool.query('DELETE FROM xml_cdrs WHERE id = ANY($1)', [passing])
      expect(ids.filter((id) => kept.has(id))).toHaveLength(kept.size)
      expect(new Set(ids).size).toBe(ids.length)
    },
  )

  it('goes on where the row it ended with is gone', async () => {
    const [id] = await addCalls(world.app.pool, [{ start_stamp: '2026-02-02T00:00:00Z', duration: 77 }])
    const { json } = await admin(list('page_size=1&ordering=-duration&duration__gte=3'))
    expect(json.results).toEqual([{ id }])
    await world.app.pool.query('DELETE FROM xml_cdrs WHERE id = $1', [id])
    const { ids } = await walk(path(json.next))
    const rest = await ordered([['duration', true]])
    expect(ids).toEqual(rest.filter((one) => rows.some((row) => row.id === one && Number(row.duration) === 3)))
  })

  it('past the last row is an empty page', async () => {
    const { pages } = await walk(list('page_size=20'))
    await admin(pages.at(-1)!)
    const [last] = (await admin(list('page_size=1&page=last'))).json.results
    const cursor = encoded([['id'], [last && 'ffffffff-ffff-ffff-ffff-ffffffffffff']])
    expect((await admin(list(`ordering=id&page=9&cursor=${cursor}`))).json).toMatchObject({
      count: rows.length,
      next: null,
      results: [],
    })
  })
})

describe('every page costs as much as the first', () => {
  it('the four-hundredth touches no more rows than the second', async () => {
    const { pool } = world.app
    await pool.query(
      `INSERT INTO xml_cdrs (domain_id, extension_id, start_stamp)
       SELECT $1, ($2::uuid[])[1 + n % 2], '2026-01-05'::timestamptz + n * interval '6 minutes'
       FROM generate_series(1, 20000) n`,
      [world.rival.id, [await testExtension(world, world.rival, '1'), await testExtension(world, world.rival, '2')]],
    )
    await pool.query('VACUUM ANALYZE xml_cdrs')
    const touched = async (url: string) => {
      const sent = await sentDuring(() => admin(url, { prefer: 'count=none' }))
      const plans = await Promise.all(sent.map((one) => planOf(pool, one)))
      return plans.reduce((sum, plan) => sum + rowsTouched(plan), 0)
    }
    for (const ordering of ['domain_id,extension_id,-start_stamp', '-start_stamp', 'start_stamp']) {
      const query = list(`domain_id=${world.rival.id}&ordering=${ordering}`)
      const near = await admin(query, { prefer: 'count=none' })
      const far = await admin(`${query}&page=400`, { prefer: 'count=none' })
      expect(await touched(path(far.json.next)), ordering).toBeLessThanOrEqual(
        (await touched(path(near.json.next))) + 100,
      )
      expect(await touched(path(far.json.next)), ordering).toBeLessThan(400)
    }
    await pool.query('DELETE FROM xml_cdrs WHERE domain_id = $1', [world.rival.id])
  })
})
