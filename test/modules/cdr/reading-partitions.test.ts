/**
 * What is asked most reads the months it is about, and no others, by their indexes: the plans that PostgreSQL has for
 * the very statements that the server sends.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordId } from '../../../src/modules/cdr/record/record-id.ts'
import { type TestUser, testExtension, testWorld, type World } from '../../support/app.ts'
import {
  addCalls,
  genericPlanOf,
  monthsRead,
  type PlanNode,
  planOf,
  prepareMonths,
  rowsTouched,
  type Sent,
  scansOf,
  sentDuring,
} from '../../support/cdrs.ts'

const MONTHS = Array.from(
  { length: 24 },
  (_, n) => `${2024 + Math.floor(n / 12)}-${String(1 + (n % 12)).padStart(2, '0')}`,
)
/** Many times what a page may touch. */
const CALLS_A_MONTH = 3000

let world: World
let extensions: string[]
let known: { id: string; call_uuid: string; foreign: string }

beforeAll(async () => {
  world = await testWorld()
  const { pool } = world.app
  extensions = [await testExtension(world, world.acme, '1001', world.acme.user)]
  for (let n = 2; n <= 8; n += 1) extensions.push(await testExtension(world, world.acme, `100${n}`))
  const rival = await testExtension(world, world.rival, '1001', world.rival.user)
  await prepareMonths(pool, MONTHS)
  for (const month of MONTHS) {
    await pool.query(
      `INSERT INTO xml_cdrs (domain_id, extension_id, call_uuid, start_stamp, end_stamp, caller_id_number,
         destination_number, billsec, hangup_cause)
       SELECT CASE WHEN n % 4 = 0 THEN $1::uuid ELSE $2::uuid END,
         CASE WHEN n % 4 = 0 THEN $3::uuid WHEN n % 5 <> 0 THEN ($4::uuid[])[1 + n % 8] END, gen_random_uuid(), at,
         at + interval '1 minute', '+1555' || n % 200, '2' || n % 300, n % 90, 'NORMAL_CLEARING'
       FROM generate_series(1, $5::int) n, LATERAL (SELECT $6::timestamptz + n * interval '14 minutes' AS at) times`,
      [world.rival.id, world.acme.id, rival, extensions, CALLS_A_MONTH, `${month}-01`],
    )
  }
  const call_uuid = '11111111-2222-4333-8444-555555555555'
  const call = { domain_id: world.acme.id, extension_id: extensions[0], call_uuid }
  const foreign = '99999999-2222-4333-8444-555555555555'
  const [id] = await addCalls(pool, [
    { ...call, start_stamp: '2025-05-10T12:00:00.000001Z' },
    { ...call, start_stamp: '2025-06-10T12:00:00Z', id: foreign },
  ])
  known = { id: id!, call_uuid, foreign }
  await pool.query('VACUUM ANALYZE xml_cdrs, cdr_totals')
}, 120_000)
afterAll(() => world?.close())

/** The plans of what a request makes the server send. */
async function plansFor(user: TestUser, url: string, plan: Planner = planOf): Promise<PlanNode[]> {
  const sent = await sentDuring(async () => {
    const answer = await world.call(user.token, 'GET', url)
    expect(answer.status, answer.text).toBe(200)
  })
  expect(sent).not.toHaveLength(0)
  const plans = await Promise.all(sent.map((one) => plan(world.app.pool, one)))
  return plans.flat()
}
type Planner = (pool: World['app']['pool'], sent: Sent) => Promise<PlanNode[]>

const DAY = 'start_stamp__gte=2025-05-10&start_stamp__lt=2025-05-11'
const MONTH = 'start_stamp__gte=2025-05-01&start_stamp__lt=2025-06-01'
const number = encodeURIComponent('+155517')

/** What is asked, by whom, and the months it is about. */
const RANGED: readonly [string, () => TestUser, string, string[]][] = [
  ["a tenant's day", () => world.acme.minor, `/api/xmlcustomercdrs/?${DAY}`, ['2025_05']],
  ['a day by its date', () => world.acme.minor, '/api/xmlcdrs/?start_stamp__date=2025-05-10', ['2025_05']],
  ["a tenant's newest of a month", () => world.acme.minor, `/api/xmlcdrs/?ordering=-start_stamp&${MONTH}`, ['2025_05']],
  ["an administrator's day over all tenants", () => world.admin, `/api/xmlcdrs/?${DAY}`, ['2025_05']],
  [
    "a user's own week",
    () => world.acme.user,
    '/api/xmlcustomercdrs/?start_stamp__range=2025-05-28,2025-06-03',
    ['2025_05', '2025_06'],
  ],
  ['a caller number in a month', () => world.admin, `/api/xmlcdrs/?caller_id_number=${number}&${MONTH}`, ['2025_05']],
  [
    'a destination number in a month',
    () => world.acme.minor,
    `/api/xmlcdrs/?destination_number=217&${MONTH}`,
    ['2025_05'],
  ],
  [
    'an extension in a month, by its number',
    () => world.acme.minor,
    `/api/xmlcdrs/?extension_id__extension=1001&${MONTH}`,
    ['2025_05'],
  ],
  ['a download of a month', () => world.acme.minor, `/api/xmlcustomercdrs/download/?${MONTH}`, ['2025_05']],
  ['a search in a day', () => world.acme.minor, `/api/xmlcustomercdrs/?search=1555&${DAY}`, ['2025_05']],
]

describe('a range of time reads its months only', () => {
  it.each(RANGED)('%s', async (_name, user, url, months) => {
    expect(monthsRead(await plansFor(user(), url))).toEqual(months)
  })

  it.each(RANGED.filter(([, , url]) => !url.includes('download')))(
    '%s, where the plan was made before the range was known',
    async (_name, user, url, months) => {
      expect(monthsRead(await plansFor(user(), url, genericPlanOf))).toEqual(months)
    },
  )

  it('with an open end reads the months from its beginning on', async () => {
    const read = monthsRead(
      await plansFor(world.admin, '/api/xmlcdrs/?start_stamp__gte=2025-11-01&ordering=start_stamp'),
    )
    expect(
      read.every((month) => month >= '2025_11'),
      read.join(),
    ).toBe(true)
  })
})

describe('a single row', () => {
  it('whose id the server gave is looked for in one month, by an index', async () => {
    for (const plan of [planOf, genericPlanOf]) {
      const scans = scansOf(await plansFor(world.acme.minor, `/api/xmlcdrs/${known.id}/`, plan))
      expect(monthsRead(scans)).toEqual(['2025_05'])
      expect(scans.map((scan) => scan['Index Name'])).toEqual([expect.stringContaining('xml_cdrs_2025_05_')])
      expect(rowsTouched(scans)).toBe(1)
    }
  })

  it('whose id is of another kind is found all the same, by the key of every month', async () => {
    const plan = await plansFor(world.acme.minor, `/api/xmlcdrs/${known.foreign}/`)
    expect(monthsRead(plan)).toContain('2025_06')
    expect(readThrough(plan)).toEqual([])
    expect(rowsTouched(plan)).toBe(1)
  })

  it('that is not there is looked for in one month as well', async () => {
    const id = recordId(1_746_878_400_000_000n, 'none', 'a')
    const sent = await sentDuring(async () => {
      expect((await world.call(world.acme.minor.token, 'GET', `/api/xmlcdrs/${id}/`)).status).toBe(404)
    })
    for (const one of sent) expect(monthsRead(await planOf(world.app.pool, one))).toEqual(['2025_05'])
  })
})

/** No range of time is told: every month may hold a row, so what counts is that none is read through. */
const UNRANGED: readonly [string, () => TestUser, () => string, number][] = [
  ['a call by its uuid', () => world.acme.minor, () => `/api/xmlcdrs/?call_uuid=${known.call_uuid}`, 8],
  [
    "an extension's newest page",
    () => world.acme.minor,
    () => `/api/xmlcdrs/?extension_id=${extensions[1]}&ordering=-start_stamp`,
    600,
  ],
  [
    "an extension's first page in the usual order",
    () => world.acme.minor,
    () => `/api/xmlcdrs/?extension_id=${extensions[1]}`,
    600,
  ],
  ["everybody's newest page", () => world.admin, () => '/api/xmlcdrs/?ordering=-start_stamp', 100],
  ["a tenant's newest page", () => world.acme.minor, () => '/api/xmlcdrs/?ordering=-start_stamp', 100],
  ['the first page of all', () => world.admin, () => '/api/xmlcdrs/', 100],
]

/** The months that a plan read from end to end, or far into: an EXISTS of any rows takes the first that come. */
const readThrough = (plan: readonly PlanNode[]): string[] =>
  monthsRead(scansOf(plan).filter((scan) => scan['Node Type'] === 'Seq Scan' && rowsTouched([scan]) > 100))

describe('without a range indexes alone are read', () => {
  it.each(UNRANGED)('%s', async (_name, user, url, most) => {
    const headers = { prefer: 'count=none' }
    const sent = await sentDuring(() => world.call(user().token, 'GET', url(), undefined, headers))
    for (const one of sent) {
      const plan = await planOf(world.app.pool, one)
      expect(readThrough(plan)).toEqual([])
      expect(rowsTouched(plan)).toBeLessThanOrEqual(most)
    }
  })

  it('a call by its uuid is looked for by its index everywhere, and read in the months that it is of', async () => {
    const sent = await sentDuring(async () => {
      const { text } = await world.call(world.acme.minor.token, 'GET', `/api/xmlcdrs/?call_uuid=${known.call_uuid}`)
      expect(JSON.parse(text)).toMatchObject({ count: 2, next: null, previous: null })
    })
    expect(sent).toHaveLength(2)
    const [times, rows] = await Promise.all(sent.map((one) => genericPlanOf(world.app.pool, one)))
    expect(readThrough(times!)).toEqual([])
    expect(monthsRead(rows!)).toEqual(['2025_05', '2025_06'])
  })

  it("a user's own calls are counted by the index of its extensions", async () => {
    const plan = await plansFor(world.acme.user, '/api/xmlcustomercdrs/')
    expect(readThrough(plan)).toEqual([])
  })
})

describe('statistics', () => {
  it.each([
    ['of a tenant', () => world.acme.minor, 'cdr_hours=8784'],
    ['of all', () => world.admin, 'cdr_scope=all&cdr_hours=8784'],
    ['of an extension', () => world.acme.user, 'cdr_scope=extn&cdr_extn=1001&cdr_hours=24'],
  ])('%s read no month before their hours', async (_name, user, query) => {
    const hours = Number(/cdr_hours=(\d+)/.exec(query)![1])
    const first = new Date(Date.now() - hours * 3_600_000).toISOString().slice(0, 7).replace('-', '_')
    const read = monthsRead(await plansFor(user(), `/api/xmlcdrbasicstatistics/?${query}`))
    expect(
      read.every((month) => month >= first),
      `${first}: ${read.join()}`,
    ).toBe(true)
  })
})
