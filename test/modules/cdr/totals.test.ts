/** Totals are what a recount of the call records gives, whatever is done to them, by however many at once. */
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Connection, inTransaction } from '../../../src/rest/database.ts'
import { testExtension, testWorld, type World } from '../../support/app.ts'
import { countOf, expectTotalsRight, madeRecord, postRecord, uepoch } from '../../support/records.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
  await world.app.pool.query(`SELECT pbx_cdr_prepare_month('2026-03-01'), pbx_cdr_prepare_month('2026-04-01')`)
})
afterAll(() => world?.close())

/** Few values of each kind, so that records meet in hours, days and months. */
const record = fc.record({
  tenant: fc.nat(2),
  extension: fc.nat(2),
  /** Around the end of a day that ends a month. */
  start: fc.constantFrom(
    '03-31 22:59:59.9',
    '03-31 23:00:00',
    '03-31 23:30:00',
    '04-01 00:00:00',
    '04-01 12:34:56.789',
  ),
  answerAfter: fc.option(fc.constantFrom(-1, 0, 0.25, 7, 100_000), { nil: null }),
  endAfter: fc.option(fc.constantFrom(0, 8, 200_000), { nil: null }),
  billsec: fc.option(fc.constantFrom(0, 1, 60, 3_000_000_000), { nil: null }),
  missed: fc.option(fc.boolean(), { nil: null }),
  voicemail: fc.boolean(),
})
type Values = typeof record extends fc.Arbitrary<infer Value> ? Value : never

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('insert' as const), records: fc.array(record, { maxLength: 6 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('update' as const), every: fc.integer({ min: 1, max: 4 }), to: record }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), every: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete largest' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('post' as const), billsec: fc.nat(100) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete extension' as const), which: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete domain' as const) }) },
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** What a run works on: two tenants of which the second may be deleted, and extensions of the first. */
interface Places {
  readonly domains: readonly (string | null)[]
  readonly extensions: readonly (string | null)[]
}

async function placesOfRun(): Promise<Places> {
  const name = `${randomUUID()}.example`
  const { id } = await world.app.prisma.domain.create({ data: { name, portal_name: name } })
  const extension = () => testExtension(world, world.acme, randomUUID().slice(0, 8))
  return { domains: [world.acme.id, id, null], extensions: [await extension(), await extension(), null] }
}

const COLUMNS = 'domain_id, extension_id, start_stamp, answer_stamp, end_stamp, billsec, missed_call, last_app'

/** Rows of JSON; a domain or extension that was deleted meanwhile is none. */
const ROWS = `
  SELECT (SELECT id FROM domains WHERE id = r.domain), (SELECT id FROM extensions WHERE id = r.extension), start,
    start + answer_after * interval '1 second', start + end_after * interval '1 second', billsec, missed, app
  FROM jsonb_to_recordset($1::jsonb) AS r(domain uuid, extension uuid, start timestamptz, answer_after float,
    end_after float, billsec bigint, missed boolean, app text)`

const json = ({ domains, extensions }: Places, records: readonly Values[]): string =>
  JSON.stringify(
    records.map(({ tenant, extension, start, answerAfter, endAfter, billsec, missed, voicemail }) => ({
      domain: domains[tenant],
      extension: tenant === 0 ? extensions[extension] : null,
      start: `2026-${start}Z`,
      answer_after: answerAfter,
      end_after: endAfter,
      billsec,
      missed,
      app: voicemail ? 'voicemail' : 'bridge',
    })),
  )

/** Rows that a change is for: every so many of those that are there. */
const some = (every: number) => `(id, start_stamp) IN (SELECT id, start_stamp FROM xml_cdrs
  WHERE abs(hashtext(id::text)) % ${every} = 0)`

async function perform(work: Step, places: Places): Promise<void> {
  if (work.do === 'post') {
    const body = madeRecord({ start_uepoch: '1774998000000000', billsec: String(work.billsec) })
    expect((await postRecord(world.app, { body })).status).toBe(200)
    return
  }
  await inTransaction(world.app.pool, (tx) => write(tx, work, places))
}

async function write(tx: Connection, work: Exclude<Step, { do: 'post' }>, places: Places): Promise<void> {
  const run = (text: string, values: unknown[] = []) => tx.run({ text, values })
  // Two that wait for each other are told at once.
  await run(`SET LOCAL deadlock_timeout = '5ms'`)
  switch (work.do) {
    case 'insert':
      await run(`INSERT INTO xml_cdrs (${COLUMNS}) ${ROWS}`, [json(places, work.records)])
      return
    case 'update':
      await run(`UPDATE xml_cdrs SET (${COLUMNS}) = (${ROWS}) WHERE ${some(work.every)}`, [json(places, [work.to])])
      return
    case 'delete':
      await run(`DELETE FROM xml_cdrs WHERE ${some(work.every)}`)
      return
    case 'delete largest':
      await run(`DELETE FROM xml_cdrs WHERE billsec = (SELECT max(billsec) FROM xml_cdrs)`)
      return
    case 'delete extension':
      await run('DELETE FROM extensions WHERE id = $1', [places.extensions[work.which]])
      return
    case 'delete domain':
      await run('DELETE FROM domains WHERE id = $1', [places.domains[1]])
  }
}

const steps = fc.array(step, { minLength: 1, maxLength: 10 })
/** Enough to find what a wrong trigger does; more take time that nobody has on every run. */
const RUNS = 20

it('are right after anything that one does', async () => {
  let most = 0
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const places = await placesOfRun()
      for (const one of all) {
        await perform(one, places)
        await expectTotalsRight(world.app.pool)
        most = Math.max(most, await countOf(world.app.pool, 'xml_cdrs'))
      }
    }),
    { numRuns: RUNS },
  )
  // There was something to count.
  expect(most).toBeGreaterThan(5)
})

it('are right after anything that four do at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 4, maxLength: 4 }), async (connections) => {
      const places = await placesOfRun()
      const busy = connections.map(async (all) => {
        for (const one of all) await perform(one, places).catch(unlessUndone)
      })
      await Promise.all(busy)
      await expectTotalsRight(world.app.pool)
    }),
    { numRuns: RUNS },
  )
})

/** Two that change the same rows or what these hang on may undo each other for good; nothing of them is left then. */
function unlessUndone(error: unknown): void {
  if (!['40P01', '40001', '23503'].includes((error as { code?: string }).code ?? '')) throw error
}

it('are gone where nothing is left to count', async () => {
  await world.app.pool.query('DELETE FROM xml_cdrs')
  expect(await countOf(world.app.pool, 'cdr_totals')).toBe(0)
})

it('one record with an absurd length spoils nobody’s totals', async () => {
  const lengths = { billsec: '9223372036854775807', mduration: '9223372036854775807' }
  await postRecord(world.app, { body: madeRecord({ ...lengths, start_uepoch: uepoch('2026-03-02T10:00:00Z') }) })
  const usual = { billsec: '4', answer_uepoch: uepoch('2026-03-02T10:00:03Z') }
  for (const minute of [1, 2, 3]) {
    const start_uepoch = uepoch(`2026-03-02T10:0${minute}:00Z`)
    await postRecord(world.app, { body: madeRecord({ ...usual, start_uepoch }) })
  }
  expect(await countOf(world.app.pool, 'cdr_rejects')).toBe(0)
  await expectTotalsRight(world.app.pool)
})
