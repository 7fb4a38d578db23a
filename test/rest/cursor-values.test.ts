/** Cursors that no page gave: nothing that is sent as one is an error of the server, or does any harm. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testWorld, type World } from '../support/app.ts'
import { addCalls } from '../support/cdrs.ts'

const ROWS = 60
const COLUMNS = [
  'domain_id',
  'start_stamp',
  'answer_stamp',
  'duration',
  'rtp_audio_in_mos',
  'missed_call',
  'caller_id_name',
  'status',
]

let world: World
beforeAll(async () => {
  world = await testWorld()
  const calls = Array.from({ length: ROWS }, (_, n) => ({
    start_stamp: `2026-03-01T10:00:${String(n).padStart(2, '0')}Z`,
    domain_id: n % 2 ? world.acme.id : null,
    duration: n % 3 ? n : null,
    caller_id_name: n % 4 ? 'a' : null,
  }))
  await addCalls(world.app.pool, calls)
})
afterAll(() => world?.close())

const admin = (url: string) => world.call(world.admin.token, 'GET', url)

const encoded = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

describe('a cursor', () => {
  const key = '00000000-0000-4000-8000-000000000000'
  const ofDefault = (...values: unknown[]) => [['domain_id', 'extension_id', '-start_stamp', 'id'], values]

  it.each([
    ['nonsense', 'nonsense'],
    ['base64 of no JSON', encoded('[[')],
    ['a number', encoded(5)],
    ['null', encoded('null')],
    ['an object', encoded({ length: 2 })],
    ['no values', encoded([['id']])],
    ['too few values', encoded(ofDefault(null, null, key))],
    ['too many values', encoded(ofDefault(null, null, '2026-01-01', key, key))],
    ['values that are no text', encoded(ofDefault(null, null, 5, key))],
    ['values that are lists', encoded(ofDefault(null, null, ['2026-01-01'], key))],
    ['values with a null character', encoded(ofDefault(null, null, '2026\u0000', key))],
    ['another order', encoded([['id'], [key]])],
    [
      'the other direction',
      encoded([
        ['domain_id', 'extension_id', 'start_stamp', 'id'],
        [null, null, '2026-01-01', key],
      ]),
    ],
    ['a column there is not', encoded([['id; DROP TABLE xml_cdrs'], [key]])],
    ['deep JSON', encoded('['.repeat(100_000) + ']'.repeat(100_000))],
    ['deep names', encoded(`[${'['.repeat(50_000)}${']'.repeat(50_000)},[]]`)],
    ['a megabyte', encoded([['id'], ['x'.repeat(1_000_000)]])],
    ['__proto__', encoded('[{"__proto__": ["id"]}, {"__proto__": []}]')],
    // Values that PostgreSQL would refuse.
    ['no id', encoded(ofDefault('abc', null, '2026-01-01', key))],
    ['no time', encoded(ofDefault(null, null, 'soon', key))],
    ['SQL', encoded(ofDefault(null, null, "'; DELETE FROM xml_cdrs; --", key))],
    ['a time there never was', encoded(ofDefault(null, null, '2026-02-30', key))],
    ['a megabyte of a value', encoded(ofDefault(null, null, '2026-01-01', 'x'.repeat(1_000_000)))],
  ])('that is %s is a 404', async (_name, cursor) => {
    const { status, json } = await admin(`/api/xmlcdrs/?page=2&cursor=${cursor}`)
    expect([status, json.detail]).toEqual([404, 'Invalid cursor.'])
    expect((await world.app.pool.query('SELECT FROM xml_cdrs')).rowCount).toBe(ROWS)
  })

  it.each([
    ['duration', '9'.repeat(30)],
    ['duration', '1.5'],
    ['rtp_audio_in_mos', 'x'],
    ['missed_call', 'perhaps'],
    ['answer_stamp', '999999-01-01'],
  ])('by %s whose value is %s is a 404', async (name, value) => {
    const { status, json } = await admin(
      `/api/xmlcdrs/?ordering=${name}&cursor=${encoded([
        [name, 'id'],
        [value, key],
      ])}`,
    )
    expect([status, json.detail]).toEqual([404, 'Invalid cursor.'])
  })

  it('of any text is answered, never an error of the server', async () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('infinity', '-infinity', 'NaN', 'now', ''),
      fc.constant(null),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...COLUMNS), value, async (name, text) => {
        const cursor = encoded([
          [name, 'id'],
          [text, key],
        ])
        const { status } = await admin(`/api/xmlcdrs/?ordering=${name}&page_size=1&cursor=${cursor}`)
        expect([200, 404]).toContain(status)
      }),
      { numRuns: 150 },
    )
  })

  it.each(['', 'page=2&', 'page=last&'])('that is empty is none: %s', async (page) => {
    const plain = await admin(`/api/xmlcdrs/?${page}page_size=40&fields=id`)
    expect((await admin(`/api/xmlcdrs/?${page}page_size=40&fields=id&cursor=`)).json.results).toEqual(
      plain.json.results,
    )
  })

  it('of a resource without long lists is no parameter', async () => {
    expect((await admin('/api/users/?cursor=nonsense')).status).toBe(200)
    expect((await admin('/api/users/?page_size=1')).json.next).not.toContain('cursor')
  })
})
