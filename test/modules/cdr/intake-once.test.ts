/** A record is answered for once it is kept, is one row however often it comes, and is counted once. */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { buildApp } from '../../../src/app.ts'
import type { Direction } from '../../../src/config.ts'
import { sample } from '../../freeswitch/sample.ts'
import { testWorld, type World } from '../../support/app.ts'
import {
  asJson,
  countOf,
  emptied,
  expectTotalsRight,
  madeRecord,
  ORIGINATOR,
  postRecord,
  samplePost,
} from '../../support/records.ts'

let world: World
let pool: pg.Pool
beforeAll(async () => {
  world = await testWorld()
  pool = world.app.pool
  for (const name of ['example.com', 'default']) {
    await world.app.prisma.domain.create({ data: { name, portal_name: `${name}.portal` } })
  }
})
afterAll(() => world?.close())
afterEach(() => emptied(pool))

const times = <T>(count: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))

async function expectOneRow(rows = 1): Promise<void> {
  expect(await countOf(pool, 'xml_cdrs')).toBe(rows)
  expect(await countOf(pool, 'cdr_rejects')).toBe(0)
  const { rows: totals } = await pool.query(`SELECT sum(total)::int AS total FROM cdr_totals WHERE grain = 'day'`)
  expect(totals).toEqual([{ total: rows }])
  await expectTotalsRight(pool)
}

/** Another server on the same database, as a restart or a replica is. */
async function withApp<T>(work: (app: FastifyInstance) => Promise<T>, bLegs: Direction[] = []): Promise<T> {
  const { config } = world.app
  const app = await buildApp({ ...config, cdr: { ...config.cdr, bLegs } })
  try {
    return await work(app)
  } finally {
    await app.close()
  }
}

describe('the answer', () => {
  /** A connection beside the server's, which sees what is committed only. */
  let other: pg.Client
  beforeAll(async () => {
    other = new pg.Client({ connectionString: world.app.config.databaseUrl })
    await other.connect()
    await pool.query(`
      CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_advisory_xact_lock_shared(7);
        IF new.caller_destination = 'full' THEN RAISE EXCEPTION 'could not extend file' USING errcode = '53100'; END IF;
        RETURN NULL;
      END $$;
      CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON xml_cdrs DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION at_commit()`)
  })
  afterAll(async () => {
    await other.end()
    await pool.query('DROP TRIGGER at_commit ON xml_cdrs')
  })

  it('comes when everybody can see the record', async () => {
    for (let round = 0; round < 20; round += 1) {
      const uuid = randomUUID()
      expect((await postRecord(world.app, { body: madeRecord({ uuid }) })).status).toBe(200)
      expect((await other.query('SELECT FROM xml_cdrs WHERE call_uuid = $1', [uuid])).rowCount).toBe(1)
    }
  })

  it('waits for the commit', async () => {
    await other.query('SELECT pg_advisory_lock(7)')
    let answered = false
    const posted = postRecord(world.app, { body: madeRecord() }).finally(() => {
      answered = true
    })
    // Deferred, the trigger is the commit's, be that a statement or the end of one.
    const isCommitting = async () => {
      const { rows } = await other.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`,
      )
      return rows.length === 1
    }
    await expect.poll(isCommitting, { timeout: 10_000 }).toBe(true)
    expect(answered).toBe(false)
    await other.query('SELECT pg_advisory_unlock(7)')
    expect((await posted).status).toBe(200)
  })

  it('of a server that is stopped meanwhile is 200 only for what is stored', async () => {
    const app = await buildApp(world.app.config)
    const uuids = Array.from({ length: 60 }, () => randomUUID())
    const posts = uuids.map((uuid) => postRecord(app, { body: madeRecord({ uuid }) }).catch(() => ({ status: 0 })))
    await posts[0]
    await app.close()
    const statuses = (await Promise.all(posts)).map(({ status }) => status)
    const kept = uuids.filter((_, index) => statuses[index] === 200)
    expect(kept.length).toBeGreaterThan(0)
    const { rows } = await pool.query('SELECT call_uuid FROM xml_cdrs WHERE call_uuid = ANY($1)', [kept])
    expect(rows).toHaveLength(kept.length)
  })

  it('is 503 where the commit fails, and nothing is kept', async () => {
    const answer = await postRecord(world.app, { body: madeRecord({ caller_destination: 'full' }) })
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '10' } })
    expect(await countOf(pool, 'xml_cdrs')).toBe(0)
    expect(await countOf(pool, 'cdr_rejects')).toBe(0)
  })
})

describe('one record', () => {
  it('that comes 20 times at once is one row', async () => {
    const post = samplePost('cdr-answered-POST.txt')
    const answers = await times(20, () => postRecord(world.app, post))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    await expectOneRow()
  })

  it('that comes in every encoding, by every path, is one row', async () => {
    const xml = sample('cdr-encode-textxml-POST.txt')
    const encodings = [
      `cdr=${encodeURIComponent(xml.toString())}`,
      `cdr=${xml.toString('base64')}`,
      `cdr=${xml}`,
      xml,
      encodeURIComponent(xml.toString()),
      asJson(xml),
    ]
    for (const body of encodings) {
      for (const path of ['/xmlcdr/', '/jsoncdr/']) {
        expect(
          (await postRecord(world.app, { body, path, uuid: 'a_840ca5c2-d28b-48a7-ac12-d31ee23863ee' })).status,
        ).toBe(200)
      }
    }
    await expectOneRow()
  })

  it('that comes before and after a restart, and to two servers at once, is one row', async () => {
    const post = samplePost('cdr-missed-POST.txt')
    await withApp((app) => postRecord(app, post))
    await withApp(async (app) => {
      await times(20, (index) => postRecord(index % 2 ? app : world.app, post))
    })
    await postRecord(world.app, post)
    await expectOneRow()
  })

  it('among others of a batch, and twice in it, is one row', async () => {
    const bodies = Array.from({ length: 20 }, () => madeRecord())
    await times(100, (index) => postRecord(world.app, { body: bodies[index % 20]! }))
    await times(20, (index) => postRecord(world.app, { body: bodies[index]! }))
    await expectOneRow(20)
  })

  it('that comes again is left as it was', async () => {
    const uuid = randomUUID()
    await postRecord(world.app, { body: madeRecord({ uuid, billsec: '4' }) })
    const before = await pool.query('SELECT * FROM xml_cdrs')
    await postRecord(world.app, { body: madeRecord({ uuid, billsec: '5' }) })
    expect((await pool.query('SELECT * FROM xml_cdrs')).rows).toEqual(before.rows)
    await expectTotalsRight(pool)
  })

  it('has the same id wherever it was stored first', async () => {
    const post = samplePost('cdr-answered-POST.txt')
    const idOf = async () => (await pool.query('SELECT id FROM xml_cdrs')).rows[0].id
    await postRecord(world.app, post)
    const id = await idOf()
    await emptied(pool)
    await withApp((app) => postRecord(app, { body: asJson(post.body as Buffer), path: '/jsoncdr/' }))
    expect(await idOf()).toBe(id)
  })
})

describe('two records', () => {
  it.each([
    ['other channels', { uuid: randomUUID() }, { uuid: randomUUID() }],
    ['one channel whose id comes again', { uuid: randomUUID(), start_uepoch: '1795469442586882' }, {}],
  ])('of %s are two rows', async (_what, one, other) => {
    await postRecord(world.app, { body: madeRecord(one) })
    await postRecord(world.app, { body: madeRecord({ ...one, start_uepoch: '1795469442586883', ...other }) })
    await expectOneRow(2)
  })

  it('of one channel, one as a leg and one as b leg, are two rows where b legs are stored', async () => {
    const uuid = randomUUID()
    const body = madeRecord({ uuid, direction: 'outbound' }, ORIGINATOR)
    await withApp(
      async (app) => {
        await times(4, () => postRecord(app, { body, uuid }))
        await times(4, () => postRecord(app, { body, uuid: `a_${uuid}` }))
      },
      ['outbound'],
    )
    const { rows } = await pool.query('SELECT call_uuid, leg FROM xml_cdrs ORDER BY leg')
    expect(rows).toEqual(['a', 'b'].map((leg) => ({ call_uuid: uuid, leg })))
    await expectOneRow(2)
  })
})

describe('b legs', () => {
  const DIRECTIONS: Direction[] = ['inbound', 'outbound', 'local']
  const postAll = (app: FastifyInstance) =>
    Promise.all(
      DIRECTIONS.map((call_direction) => postRecord(app, { body: madeRecord({ call_direction }, ORIGINATOR) })),
    )
  const stored = async () =>
    (await pool.query('SELECT direction FROM xml_cdrs ORDER BY direction')).rows.map(({ direction }) => direction)

  it('are answered for and dropped unless they are wanted', async () => {
    const { body } = samplePost('cdr-answered-POST.txt')
    expect((await postAll(world.app)).map(({ status }) => status)).toEqual([200, 200, 200])
    const bLeg = { body: sample('cdr-bleg-static.xml'), uuid: '5671b4b4-b295-4611-9e72-5cf14b3e1dfd' }
    expect((await postRecord(world.app, bLeg)).status).toBe(200)
    expect(await countOf(pool, 'xml_cdrs')).toBe(0)
    expect(await countOf(pool, 'cdr_rejects')).toBe(0)
    await postRecord(world.app, { body })
    await expectOneRow()
  })

  it.each<Direction[][]>([[['outbound']], [['inbound', 'local']], [DIRECTIONS]])('of %s are stored', async (bLegs) => {
    await withApp(postAll, bLegs)
    expect(await stored()).toEqual([...bLegs].sort())
    expect((await pool.query('SELECT DISTINCT leg FROM xml_cdrs')).rows).toEqual([{ leg: 'b' }])
  })

  it('as the switch wrote one are stored with their tenant', async () => {
    const body = sample('cdr-bleg-static.xml')
    await withApp((app) => postRecord(app, { body, uuid: '5671b4b4-b295-4611-9e72-5cf14b3e1dfd' }), ['outbound'])
    const { rows } = await pool.query('SELECT leg, direction, domain_name, status FROM xml_cdrs')
    expect(rows).toEqual([{ leg: 'b', direction: 'outbound', domain_name: 'example.com', status: 'no answer' }])
  })

  it('are none where nobody called for the channel, though the switch puts no a_ before it', async () => {
    const post = samplePost('cdr-answered-POST.txt')
    await postRecord(world.app, { ...post, uuid: post.uuid.replace('a_', '') })
    await postRecord(world.app, { ...post, uuid: undefined! })
    expect((await pool.query('SELECT leg FROM xml_cdrs')).rows).toEqual([{ leg: 'a' }])
  })
})
