/** Records that come together: none of them is in the way of another, and nonsense in one costs that value only. */
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { callflow } from '../../freeswitch/sample.ts'
import { testWorld, type World } from '../../support/app.ts'
import { countOf, emptied, expectTotalsRight, madeRecord, postRecord } from '../../support/records.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())
afterEach(() => emptied(world.app.pool))

const postAll = (bodies: readonly string[]) =>
  Promise.all(bodies.map((body) => postRecord(world.app, { body }).then(({ status }) => status)))
const BAD_AT = 30
/** 50 records, of which one is this. */
const amongOthers = (bad: string) => Array.from({ length: 50 }, (_, index) => (index === BAD_AT ? bad : madeRecord()))

async function expectKept(stored: number, rejected: number): Promise<void> {
  expect(await countOf(world.app.pool, 'xml_cdrs')).toBe(stored)
  expect(await countOf(world.app.pool, 'cdr_rejects')).toBe(rejected)
  await expectTotalsRight(world.app.pool)
}

describe('one bad record among 50 at once', () => {
  describe('that PostgreSQL refuses', () => {
    beforeAll(() =>
      world.app.pool.query(`
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF new.accountcode ~ '^\\d\\w{4}$' THEN RAISE EXCEPTION 'no room' USING errcode = new.accountcode; END IF;
          RETURN new;
        END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON xml_cdrs FOR EACH ROW EXECUTE FUNCTION refuse()`),
    )
    afterAll(() => world.app.pool.query('DROP TRIGGER refuse ON xml_cdrs'))

    it.each(['22003', '22P05', '54000', '54001'])('with %s is kept, and the others are stored', async (accountcode) => {
      expect(await postAll(amongOthers(madeRecord({ accountcode })))).toEqual(Array(50).fill(200))
      await expectKept(49, 1)
      const { rows } = await world.app.pool.query('SELECT reason, record FROM cdr_rejects')
      expect(rows).toEqual([
        {
          reason: 'The database does not take the call record: no room.',
          record: expect.stringContaining(accountcode),
        },
      ])
    })

    it('as all others are is no end of it', async () => {
      expect(await postAll(Array.from({ length: 50 }, () => madeRecord({ accountcode: '22003' })))).toEqual(
        Array(50).fill(200),
      )
      await expectKept(0, 50)
    })
  })

  it.each([
    ['is cut in half', madeRecord().slice(0, 150), 49, 1],
    ['is of nobody', madeRecord({ domain_name: 'nobody.example' }), 49, 1],
    ['has numbers beyond any', madeRecord({ cc_queue_joined_epoch: '9'.repeat(400), hangup_cause_q850: '1e9' }), 50, 0],
    [
      'has a number in JSON beyond any',
      `{"variables":{"domain_name":"acme.example","start_epoch":"5","x":1e400000}}`,
      50,
      0,
    ],
    [
      'has NULs and half characters',
      `{"variables":{"domain_name":"acme.example","start_epoch":"5","x\\u0000":"\\ud800\\u0000","accountcode":"a%00b"}}`,
      50,
      0,
    ],
    ['nests 60 deep', madeRecord({}, `${'<a>'.repeat(60)}x${'</a>'.repeat(60)}`), 50, 0],
    ['nests 70 deep', madeRecord({}, `${'<a>'.repeat(70)}x${'</a>'.repeat(70)}`), 49, 1],
    ['is of a month that has no partition', madeRecord({ start_uepoch: '1400000000000000' }), 50, 0],
  ])('that %s is in nobody’s way', async (_what, bad, stored, rejected) => {
    expect(await postAll(amongOthers(bad))).toEqual(Array(50).fill(200))
    await expectKept(stored, rejected)
  })

  it('whose domain is deleted meanwhile is in nobody’s way', async () => {
    for (let round = 0; round < 5; round += 1) {
      const name = `round${round}.example`
      const { id } = await world.app.prisma.domain.create({ data: { name, portal_name: name } })
      const bodies = Array.from({ length: 60 }, (_, index) => madeRecord(index % 2 ? {} : { domain_name: name }))
      const deleted = world.call(world.admin.token, 'DELETE', `/api/domains/${id}/`)
      expect(await postAll(bodies)).toEqual(Array(60).fill(200))
      expect((await deleted).status).toBe(204)
      const { rows } = await world.app.pool.query('SELECT DISTINCT domain_name FROM xml_cdrs')
      expect(rows).toEqual([{ domain_name: 'acme.example' }])
    }
    expect(await countOf(world.app.pool, 'xml_cdrs')).toBe(5 * 30)
    await expectTotalsRight(world.app.pool)
  })
})

describe('a value', () => {
  const stored = async (variables: Record<string, string>, rest = '') => {
    const uuid = randomUUID()
    expect((await postRecord(world.app, { body: madeRecord({ uuid, ...variables }, rest) })).status).toBe(200)
    return (await world.app.pool.query('SELECT * FROM xml_cdrs WHERE call_uuid = $1', [uuid])).rows[0]
  }

  it('that is too long is cut where PostgreSQL would refuse it', async () => {
    const { rows } = await world.app.pool.query(`
      SELECT column_name AS name, character_maximum_length AS length FROM information_schema.columns
      WHERE table_name = 'xml_cdrs' AND character_maximum_length IS NOT NULL AND column_name NOT IN
        ('status', 'updated_by', 'domain_name', 'leg', 'direction', 'record_path', 'record_name')`)
    expect(rows.length).toBeGreaterThan(20)
    const long = '😀é'.repeat(400)
    const names = rows.map(({ name }) => name as string)
    const row = await stored(
      Object.fromEntries(names.map((name) => [name, long])),
      callflow({ context: long, network_addr: long, caller_id_number: long, destination_number: long }),
    )
    for (const { name, length } of rows) {
      expect([...(row[name] as string)], name).toEqual([...long].slice(0, length))
    }
    expect(row.xml).toContain(encodeURIComponent(long))
  })

  it('that should be a number or an id and is none is null', async () => {
    const bad = { cc_queue_joined_epoch: 'soon', hangup_cause_q850: '99999', rtp_audio_in_mos: 'nan' }
    expect(await stored({ ...bad, bridge_uuid: 'x', conference_uuid: '0', pdd_ms: '' })).toMatchObject({
      cc_queue_joined_epoch: null,
      hangup_cause_q850: null,
      rtp_audio_in_mos: null,
      bridge_uuid: null,
      conference_uuid: null,
      pdd_ms: null,
    })
  })

  it('with quotes, backslashes and what looks like SQL or an array stays what it is', async () => {
    for (const value of ["'; DROP--", '{a,"b"}', '\\', '"', 'NULL', '\\x00', '{', 'a,b', '$1', '%s', '\u202e']) {
      expect(await stored({ last_arg: value, hangup_cause: value, conference_name: value })).toMatchObject({
        last_arg: value,
        hangup_cause: value,
        conference_name: value,
      })
    }
  })

  it('that is not said is null, also next to records that say it', async () => {
    const [said, unsaid] = await Promise.all([stored({ pin_number: '7' }), stored({})])
    expect([said.pin_number, unsaid.pin_number]).toEqual(['7', null])
  })
})
