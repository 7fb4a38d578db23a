/** A list that takes too long is stopped, and says what would make it shorter. */
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { testWorld, type World } from '../../support/app.ts'
import { addCalls } from '../../support/cdrs.ts'

let world: World
let locker: pg.Client
let id: string

beforeAll(async () => {
  const limits = { bodyBytes: 2 ** 20, requestTimeoutMs: 30_000, downloadTimeoutMs: 60_000, ratePerMinute: 0 }
  world = await testWorld({ limits: { ...limits, statementTimeoutMs: 400 } })
  ;[id] = (await addCalls(world.app.pool, [{ domain_id: world.acme.id, start_stamp: '2026-03-01T10:00:00Z' }])) as [
    string,
  ]
  const { connectionString } = world.app.pool.options as { connectionString: string }
  locker = new pg.Client({ connectionString })
  await locker.connect()
})
afterAll(async () => {
  await locker?.end()
  await world?.close()
})

const get = (url: string) => world.call(world.acme.minor.token, 'GET', url)

/** As if there were too many rows to go through: somebody holds them. */
async function whileLocked(work: () => Promise<unknown>): Promise<void> {
  await locker.query('BEGIN; LOCK TABLE xml_cdrs IN ACCESS EXCLUSIVE MODE')
  try {
    await work()
  } finally {
    await locker.query('ROLLBACK')
  }
}

it.each(['xmlcdrs/', 'xmlcustomercdrs/', 'xmlcdrs/?search=a', 'xmlcdrs/?page=last', 'xmlcdrs/?format=csv'])(
  '/api/%s is a 503 that names what to narrow it with, and when to come again',
  async (path) => {
    await whileLocked(async () => {
      const { status, headers, json } = await get(`/api/${path}`)
      expect(status).toBe(503)
      expect(json).toEqual({
        error: 503,
        message: 'Service Unavailable',
        detail:
          'The query took too long and was stopped. Narrow it with start_stamp__gte, start_stamp__lt, extension_id.',
      })
      expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    })
    expect((await get(`/api/${path}`)).status).toBe(200)
  },
)

it('a cursor’s page too', async () => {
  await addCalls(world.app.pool, [{ domain_id: world.acme.id, start_stamp: '2026-03-02T10:00:00Z' }])
  const { next } = (await get('/api/xmlcdrs/?page_size=1')).json
  await whileLocked(async () => {
    expect((await get(next.replace('http://localhost:80', ''))).json.detail).toContain('start_stamp__gte')
  })
})

it('the parameters that it names are such', async () => {
  const url = '/api/xmlcustomercdrs/?start_stamp__gte=2026-01-01&start_stamp__lt=2027-01-01&extension_id='
  expect((await world.call(world.acme.minor.token, 'GET', url, undefined, { prefer: 'handling=strict' })).status).toBe(
    200,
  )
})

it('a single row that cannot be read is a 503 that speaks of no list', async () => {
  await whileLocked(async () => {
    const { status, headers, json } = await get(`/api/xmlcdrs/${id}/`)
    expect([status, json.detail]).toEqual([503, expect.stringMatching(/^The query took too long and was stopped\./)])
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    expect(json.detail).not.toContain('start_stamp')
  })
  expect((await get(`/api/xmlcdrs/${id}/`)).status).toBe(200)
})
