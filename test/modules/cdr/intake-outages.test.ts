/** While PostgreSQL cannot take a record the switch is told to keep it, and it is stored when it comes again. */
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { testWorld, type World } from '../../support/app.ts'
import { countOf, emptied, expectTotalsRight, madeRecord, postRecord } from '../../support/records.ts'

let world: World
let admin: pg.Client
let database: string

beforeAll(async () => {
  const limits = { ...readConfig({}).limits, ratePerMinute: 0, statementTimeoutMs: 1000 }
  world = await testWorld({ limits })
  database = new URL(world.app.config.databaseUrl).pathname.slice(1)
  admin = new pg.Client({ connectionString: inject('cluster').url })
  await admin.connect()
})
afterAll(async () => {
  await admin?.end()
  await world?.close()
})
afterEach(() => emptied(world.app.pool))

const sql = (text: string) => world.app.pool.query(text)
async function expectRefused(body: string): Promise<void> {
  const answer = await postRecord(world.app, { body })
  expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '10' } })
  expect(JSON.parse(answer.text).detail).toBe('The call record could not be kept now. Send it again.')
}
async function expectKept(stored: number, rejected: number): Promise<void> {
  expect(await countOf(world.app.pool, 'xml_cdrs')).toBe(stored)
  expect(await countOf(world.app.pool, 'cdr_rejects')).toBe(rejected)
  await expectTotalsRight(world.app.pool)
}

/** Each is done and undone. */
const OUTAGES: [string, () => Promise<unknown>, () => Promise<unknown>][] = [
  [
    'the table is away',
    () => sql('ALTER TABLE xml_cdrs RENAME TO xml_cdrs_away'),
    () => sql('ALTER TABLE xml_cdrs_away RENAME TO xml_cdrs'),
  ],
  [
    'the totals are away',
    () => sql('ALTER TABLE cdr_totals RENAME TO cdr_totals_away'),
    () => sql('ALTER TABLE cdr_totals_away RENAME TO cdr_totals'),
  ],
  ['a column is not there', () => renameColumn('last_arg', 'x'), () => renameColumn('x', 'last_arg')],
  [
    'the disk is full',
    () =>
      sql(`CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION 'could not extend file' USING errcode = '53100'; END $$;
        CREATE TRIGGER fill BEFORE INSERT ON xml_cdrs FOR EACH ROW EXECUTE FUNCTION fill()`),
    () => sql('DROP FUNCTION fill CASCADE'),
  ],
  [
    'nothing may be written',
    async () => {
      await admin.query(`ALTER DATABASE ${database} SET default_transaction_read_only = on`)
      await endConnections()
    },
    async () => {
      await admin.query(`ALTER DATABASE ${database} RESET default_transaction_read_only`)
      await endConnections()
    },
  ],
  [
    'connections are refused',
    async () => {
      await admin.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS false`)
      await endConnections()
    },
    () => admin.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS true`),
  ],
]
const renameColumn = (from: string, to: string) => sql(`ALTER TABLE xml_cdrs RENAME COLUMN ${from} TO ${to}`)

/** The pool needs a moment to see that they are gone. */
async function endConnections(): Promise<void> {
  await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [database])
  await expect.poll(() => world.app.pool.idleCount, { timeout: 5000 }).toBe(0)
}

describe('while', () => {
  it.each(OUTAGES)('%s a record is refused, and stored when it comes again', async (_what, begin, end) => {
    const bodies = Array.from({ length: 5 }, () => madeRecord())
    await begin()
    try {
      await Promise.all(bodies.map(expectRefused))
    } finally {
      await end()
    }
    await expectKept(0, 0)
    await Promise.all(bodies.map((body) => postRecord(world.app, { body })))
    await expectKept(5, 0)
  })

  it('the rejects are away, what cannot be stored is refused, and what can be is not', async () => {
    const [bad, good] = [madeRecord({ domain_name: 'nobody.example' }), madeRecord()]
    await sql('ALTER TABLE cdr_rejects RENAME TO away')
    await expectRefused(bad)
    await expectRefused('junk')
    expect((await postRecord(world.app, { body: good })).status).toBe(200)
    await sql('ALTER TABLE away RENAME TO cdr_rejects')
    await expectKept(1, 0)
    expect((await postRecord(world.app, { body: bad })).status).toBe(200)
    await expectKept(1, 1)
  })

  it('somebody locks the table a record is refused within the time that a statement may take', async () => {
    const other = new pg.Client({ connectionString: world.app.config.databaseUrl })
    await other.connect()
    await other.query('BEGIN; LOCK TABLE xml_cdrs')
    const bodies = Array.from({ length: 30 }, () => madeRecord())
    const begun = Date.now()
    await Promise.all(bodies.map(expectRefused))
    expect(Date.now() - begun).toBeLessThan(8000)
    await other.query('ROLLBACK')
    await other.end()
    await expectKept(0, 0)
    await Promise.all(bodies.map((body) => postRecord(world.app, { body })))
    await expectKept(30, 0)
  })

  it('its connection is lost in the middle a record is refused, never half stored', async () => {
    const other = new pg.Client({ connectionString: world.app.config.databaseUrl })
    await other.connect()
    await other.query('BEGIN; LOCK TABLE cdr_totals')
    const body = madeRecord()
    const refused = expectRefused(body)
    const waiting = `FROM pg_stat_activity WHERE datname = '${database}' AND wait_event_type = 'Lock'`
    await expect.poll(async () => (await admin.query(`SELECT ${waiting}`)).rowCount, { interval: 5 }).toBe(1)
    await admin.query(`SELECT pg_terminate_backend(pid) ${waiting}`)
    await refused
    await other.query('ROLLBACK')
    await other.end()
    await expectKept(0, 0)
    expect((await postRecord(world.app, { body })).status).toBe(200)
    await expectKept(1, 0)
  })
})
