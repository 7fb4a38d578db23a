/** Counts of long lists come from totals, and are those that counting the rows would give. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testExtension, testWorld, type World } from '../support/app.ts'
import { addCalls, planOf, rowsTouched, scansOf, sentDuring, timeOf } from '../support/cdrs.ts'

const START = BigInt(Date.UTC(2026, 0, 30, 20)) * 1000n
const HOUR = 3_600_000_000n
const HOURS = 80n

let world: World
let extension: string

/** Moments around full hours and midnights, to the microsecond, over the end of a month. */
const moment = fc
  .tuple(
    fc.bigInt({ min: -2n, max: HOURS + 2n }),
    fc.oneof(fc.constantFrom(-1n, 0n, 1n, 999n, 1_000_000n), fc.bigInt({ min: 0n, max: HOUR - 1n })),
  )
  .map(([hour, rest]) => timeOf(START + hour * HOUR + rest))

beforeAll(async () => {
  world = await testWorld({ timeZone: 'Asia/Kathmandu' })
  extension = await testExtension(world, world.acme, '1001', world.acme.user)
  const moments = fc.sample(moment, { numRuns: 400, seed: 3 })
  await addCalls(
    world.app.pool,
    moments.map((start_stamp, n) => ({
      start_stamp,
      domain_id: [world.acme.id, world.acme.id, world.rival.id, null][n % 4],
      extension_id: n % 4 === 0 ? extension : null,
      duration: n % 10,
      missed_call: n % 3 === 0,
    })),
  )
  await world.app.pool.query('VACUUM ANALYZE xml_cdrs, cdr_totals, cdr_extension_months')
})
afterAll(() => world?.close())

const get = (query: string, token = world.admin.token) => world.call(token, 'GET', `/api/xmlcdrs/?${query}`)

async function counted(condition: string, values: readonly unknown[]): Promise<number> {
  const { rows } = await world.app.pool.query(`SELECT count(*)::int AS n FROM xml_cdrs WHERE ${condition}`, [...values])
  return rows[0].n
}

interface Bound {
  readonly parameter: string
  /** With `?` for each value. */
  readonly sql: string
  readonly values: readonly string[]
}
const single = (lookup: string, operator: string) =>
  moment.map(
    (time): Bound => ({
      parameter: `start_stamp__${lookup}=${time}`,
      sql: `start_stamp ${operator} ?`,
      values: [time],
    }),
  )
const range = fc.tuple(moment, moment).map((times): Bound => {
  const values = [...times].sort((a, b) => (key(a) < key(b) ? -1 : 1))
  return { parameter: `start_stamp__range=${values}`, sql: 'start_stamp BETWEEN ? AND ?', values }
})
const key = (time: string) => time.replace('Z', '').padEnd(20, '.').padEnd(26, '0')
const day = fc.constantFrom('2026-01-30', '2026-01-31', '2026-02-01', '2026-02-02', '2026-03-01').map(
  (date): Bound => ({
    parameter: `start_stamp__date=${date}`,
    sql: `(start_stamp AT TIME ZONE 'Asia/Kathmandu')::date = ?::date`,
    values: [date],
  }),
)
const bounds = fc.array(
  fc.oneof(single('gt', '>'), single('gte', '>='), single('lt', '<'), single('lte', '<='), range, day),
  {
    maxLength: 3,
  },
)
const owners = (): Bound[] => [
  { parameter: '', sql: 'true', values: [] },
  { parameter: `domain_id=${world.acme.id}`, sql: 'domain_id = ?', values: [world.acme.id] },
  {
    parameter: `domain_id__in=${world.acme.id},${world.rival.id}`,
    sql: 'domain_id IN (?, ?)',
    values: [world.acme.id, world.rival.id],
  },
  { parameter: `domain_id__name=${world.rival.name}`, sql: 'domain_id = ?', values: [world.rival.id] },
  { parameter: 'domain_id__name__icontains=ACME', sql: 'domain_id = ?', values: [world.acme.id] },
  { parameter: 'domain_id__isnull=true', sql: 'domain_id IS NULL', values: [] },
  { parameter: 'domain_id__isnull=false', sql: 'domain_id IS NOT NULL', values: [] },
  { parameter: `domain_id=${NIL}`, sql: 'false', values: [] },
  { parameter: `extension_id=${extension}`, sql: 'extension_id = ?', values: [extension] },
  { parameter: 'extension_id__extension=1001', sql: 'extension_id = ?', values: [extension] },
  {
    parameter: `extension_id=${extension}&domain_id=${world.acme.id}`,
    sql: 'extension_id = ?',
    values: [extension],
  },
  { parameter: `extension_id=${extension}&domain_id=${world.rival.id}`, sql: 'false', values: [] },
  { parameter: 'extension_id__isnull=true', sql: 'extension_id IS NULL', values: [] },
  { parameter: `domain_id__in=${NIL},${world.acme.id}`, sql: 'domain_id = ?', values: [world.acme.id] },
]
const NIL = '00000000-0000-0000-0000-000000000000'

/** The parameters of a query and its condition in SQL; of a parameter that comes twice the last counts. */
function both(filters: readonly Bound[]): { query: string; sql: string; values: string[] } {
  const last = new Map(filters.map((filter) => [filter.parameter.split('=')[0], filter]))
  const values: string[] = []
  const numbered = ({ sql, values: own }: Bound) => {
    let at = 0
    return sql.replaceAll('?', () => `$${values.push(own[at++]!)}`)
  }
  const sql = [...last.values()].map(numbered).join(' AND ')
  return { query: [...last.values()].map(({ parameter }) => parameter).join('&'), sql: sql || 'true', values }
}

it('the count of any range, for any domains, is the number of its rows', async () => {
  await fc.assert(
    fc.asyncProperty(bounds, fc.nat(), fc.constantFrom('', '&page=last'), async (times, n, page) => {
      const { query, sql, values } = both([...times, owners()[n % owners().length]!])
      const { status, json } = await get(`${query}${page}`)
      // An end before its beginning is told as such.
      if (status === 400) return void expect(JSON.stringify(json.detail)).toContain('Ends before')
      expect(status, query).toBe(200)
      expect(json.count, query).toBe(await counted(sql, values))
    }),
    { numRuns: 300 },
  )
}, 60_000)

it('a tenant counts its own, whatever it asks for', async () => {
  await fc.assert(
    fc.asyncProperty(bounds, async (times) => {
      const { query, sql, values } = both(times)
      const { status, json } = await get(query, world.rival.minor.token)
      if (status === 400) return
      expect(json.count, query).toBe(await counted(`(${sql}) AND domain_id = '${world.rival.id}'`, values))
    }),
    { numRuns: 60 },
  )
  for (const foreign of [`domain_id=${world.acme.id}`, `domain_id__name=${world.acme.name}`]) {
    expect((await get(foreign, world.rival.minor.token)).json.count).toBe(0)
  }
})

it('follows what is added, changed and deleted', async () => {
  const { pool } = world.app
  const query = `domain_id=${world.acme.id}&start_stamp__gte=2026-02-01&start_stamp__lt=2026-02-03`
  const before = (await get(query)).json.count
  const call = { domain_id: world.acme.id, start_stamp: '2026-02-02T10:30:00Z' }
  const ids = await addCalls(pool, [call, call, { ...call, start_stamp: '2026-02-01T18:15:00Z' }])
  expect((await get(query)).json.count).toBe(before + 3)
  await pool.query(`UPDATE xml_cdrs SET start_stamp = '2026-01-31T00:00:00Z' WHERE id = $1`, [ids[0]])
  await pool.query('UPDATE xml_cdrs SET domain_id = $2 WHERE id = $1', [ids[1], world.rival.id])
  expect((await get(query)).json.count).toBe(before + 1)
  await pool.query('DELETE FROM xml_cdrs WHERE id = ANY($1)', [ids])
  expect((await get(query)).json.count).toBe(before)
})

describe('calls are counted one by one', () => {
  /** The plan of the count alone: a page past the first row of the last reads hardly a row itself. */
  async function planOfCount(query: string, token = world.admin.token) {
    const sent = await sentDuring(() => get(`${query}&page=last&page_size=100`, token))
    expect(sent[0]!.text).toMatch(/^SELECT \(/)
    return planOf(world.app.pool, sent[0]!)
  }

  it.each([
    ['', 0],
    ['start_stamp__gte=2026-01-31T05:00:00Z', 0],
    ['start_stamp__gte=2026-01-31T05:00:00Z&start_stamp__lt=2026-02-02T07:00:00Z', 0],
    [`domain_id__name=acme.example&start_stamp__gte=2026-01-31T00:00:00Z`, 0],
  ])('not at all within whole hours: %j', async (query, rows) => {
    const plan = await planOfCount(query)
    expect(plan.some((node) => node['Relation Name'] === 'cdr_totals')).toBe(true)
    expect(rowsTouched(plan)).toBe(rows)
  })

  it.each([
    [
      'start_stamp__gt=2026-01-31T05:10:00Z&start_stamp__lte=2026-02-02T07:50:00Z',
      ['05:10', '06:00', '07:00', '07:50'],
    ],
  ])('in the parts of hours only: %s', async (query, [from, hour, lastHour, to]) => {
    const plan = await planOfCount(query)
    expect(plan.some((node) => node['Relation Name'] === 'cdr_totals')).toBe(true)
    const parts = await counted(
      `start_stamp > '2026-01-31T${from}Z' AND start_stamp < '2026-01-31T${hour}Z'
       OR start_stamp >= '2026-02-02T${lastHour}Z' AND start_stamp <= '2026-02-02T${to}Z'`,
      [],
    )
    const found = scansOf(plan).reduce((sum, scan) => sum + scan['Actual Rows']! * scan['Actual Loops']!, 0)
    expect(found).toBe(parts)
  })

  it.each([
    ['missed_call=true', 'missed_call'],
    ['duration__gte=5&start_stamp__gte=2026-01-31', `duration >= 5 AND start_stamp >= '2026-01-30T18:15:00Z'`],
    ['extension_id__isnull=true', 'extension_id IS NULL'],
    ['start_stamp__in=2026-02-01T00:00:00Z', `start_stamp = '2026-02-01T00:00:00Z'`],
    ['start_stamp=2026-02-01T00:00:00Z', `start_stamp = '2026-02-01T00:00:00Z'`],
    ['start_stamp__isnull=false', 'true'],
    ['start_stamp__isnull=true', 'false'],
    ['domain_id__isnull=true', 'domain_id IS NULL'],
    [
      'start_stamp__gte=2026-02-01T10:10:00Z&start_stamp__lt=2026-02-01T10:50:00Z',
      `start_stamp >= '2026-02-01T10:10Z' AND start_stamp < '2026-02-01T10:50Z'`,
    ],
    ['status=failed', `status = 'failed'`],
    ['search=nothing', 'false'],
  ])('where totals cannot tell: %s', async (query, sql) => {
    const { json } = await get(query)
    expect(json.count).toBe(await counted(sql, []))
    const plan = await planOfCount(query)
    expect(plan.some((node) => /^cdr_/.test(node['Relation Name'] ?? ''))).toBe(false)
  })

  it.each([
    ['extension_id__extension=1001', 0],
    ['extension_id__extension=1001&start_stamp__gte=2026-02-01T00:00:00Z', 0],
    ['extension_id__extension=1001&start_stamp__lt=2026-02-01T00:00:00Z', 0],
  ])('an extension’s not at all within whole months: %j', async (query, rows) => {
    const plan = await planOfCount(query)
    expect(plan.some((node) => node['Relation Name'] === 'cdr_extension_months')).toBe(true)
    expect(rowsTouched(plan)).toBe(rows)
  })
})
