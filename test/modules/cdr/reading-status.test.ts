/** How a call ended for its caller: PostgreSQL derives it, and lists are filtered by it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testWorld, type World } from '../../support/app.ts'
import { addCalls, type Call } from '../../support/cdrs.ts'

const ANSWERED = { answer_stamp: '2026-03-01T10:00:05Z', billsec: 5 }
const CASES: readonly [string, Omit<Call, 'start_stamp'>, string][] = [
  ['spoken', { ...ANSWERED, hangup_cause: 'NORMAL_CLEARING' }, 'answered'],
  ['answered and hung up at once', { answer_stamp: '2026-03-01T10:00:05Z', billsec: 0 }, 'answered'],
  ['billed, without a time of its answer', { billsec: 1 }, 'answered'],
  ['answered, and refused by nobody afterwards', { ...ANSWERED, hangup_cause: 'ORIGINATOR_CANCEL' }, 'answered'],
  ['answered, then cut off', { ...ANSWERED, hangup_cause: 'NETWORK_OUT_OF_ORDER' }, 'answered'],
  ['a message left', { ...ANSWERED, last_app: 'voicemail', last_arg: 'default acme.example 1001' }, 'voicemail'],
  ['a message left, no argument', { ...ANSWERED, last_app: 'voicemail' }, 'voicemail'],
  ['messages listened to', { ...ANSWERED, last_app: 'voicemail', last_arg: 'check default acme.example' }, 'answered'],
  [
    'messages listened to by name',
    { ...ANSWERED, last_app: 'voicemail', last_arg: 'auth default acme.example 1001' },
    'answered',
  ],
  [
    'a mailbox called precheck',
    { ...ANSWERED, last_app: 'voicemail', last_arg: 'default acme.example check' },
    'voicemail',
  ],
  ['voicemail that never answered', { last_app: 'voicemail', hangup_cause: 'NO_ANSWER' }, 'no answer'],
  ['the caller gave up', { hangup_cause: 'ORIGINATOR_CANCEL' }, 'cancelled'],
  [
    'the caller gave up, as SIP tells',
    { hangup_cause: 'NORMAL_CLEARING', sip_hangup_disposition: 'recv_cancel' },
    'cancelled',
  ],
  ['nobody took it', { hangup_cause: 'NO_ANSWER' }, 'no answer'],
  ['no phone answered', { hangup_cause: 'NO_USER_RESPONSE' }, 'no answer'],
  ['busy', { hangup_cause: 'USER_BUSY' }, 'no answer'],
  ['rejected', { hangup_cause: 'CALL_REJECTED' }, 'no answer'],
  ['timed out', { hangup_cause: 'ALLOTTED_TIMEOUT' }, 'no answer'],
  ['picked up elsewhere', { hangup_cause: 'PICKED_OFF' }, 'no answer'],
  ['another phone was faster', { hangup_cause: 'LOSE_RACE' }, 'no answer'],
  ['cleared before an answer', { hangup_cause: 'NORMAL_CLEARING', billsec: 0 }, 'no answer'],
  ['a number there is not', { hangup_cause: 'UNALLOCATED_NUMBER' }, 'failed'],
  ['no phone registered', { hangup_cause: 'USER_NOT_REGISTERED' }, 'failed'],
  ['no route', { hangup_cause: 'NO_ROUTE_DESTINATION', sip_hangup_disposition: 'send_refuse' }, 'failed'],
  ['an end nobody told of', {}, 'failed'],
]
const STATUSES = ['answered', 'voicemail', 'no answer', 'cancelled', 'failed']

let world: World
let ids: string[]
beforeAll(async () => {
  world = await testWorld()
  const place = { domain_id: world.acme.id, start_stamp: '2026-03-01T10:00:00Z' }
  ids = await addCalls(
    world.app.pool,
    CASES.map(([, call]) => ({ ...place, ...call })),
  )
})
afterAll(() => world?.close())

const get = (query: string) => world.call(world.acme.minor.token, 'GET', `/api/xmlcustomercdrs/?page_size=100&${query}`)

it.each(CASES.map(([name, , status], n) => [name, status, n] as const))('%s: %s', async (_name, status, n) => {
  for (const path of ['xmlcdrs', 'xmlcustomercdrs']) {
    const { json } = await world.call(world.acme.minor.token, 'GET', `/api/${path}/${ids[n]}/`)
    expect(json.status).toBe(status)
  }
})

it('follows the columns it is derived from', async () => {
  const { pool } = world.app
  const [id] = await addCalls(pool, [{ domain_id: world.acme.id, start_stamp: '2026-03-02T10:00:00Z' }])
  await pool.query('UPDATE xml_cdrs SET billsec = 3 WHERE id = $1', [id])
  const { json } = await world.call(world.acme.minor.token, 'GET', `/api/xmlcdrs/${id}/`)
  expect(json.status).toBe('answered')
  await pool.query('DELETE FROM xml_cdrs WHERE id = $1', [id])
})

describe('lists', () => {
  const expected = (wanted: readonly string[]) => ids.filter((_, n) => wanted.includes(CASES[n]![2])).sort()
  const found = async (query: string) => {
    const { json } = await get(query)
    expect(json.count).toBe(json.results.length)
    return json.results.map((row: { id: string }) => row.id).sort()
  }

  it.each(STATUSES)('are filtered by status=%s', async (status) => {
    expect(expected([status])).not.toHaveLength(0)
    expect(await found(`status=${encodeURIComponent(status)}`)).toEqual(expected([status]))
  })

  it('are filtered by several, and by words', async () => {
    expect(await found('status__in=answered,no%20answer')).toEqual(expected(['answered', 'no answer']))
    expect(await found('status__icontains=ANSWER')).toEqual(expected(['answered', 'no answer']))
    expect(await found('status__isnull=true')).toEqual([])
  })

  it.each(['status=Answered', 'status=nonsense', 'status__in=answered,busy'])('%s is a 400', async (query) => {
    const { status, json } = await get(query)
    expect(status).toBe(400)
    expect(json.detail[query.split('=')[0]!]).toEqual([
      expect.stringMatching(/^Select a valid choice\. \w+ is not one of the available choices\.$/),
    ])
  })

  it('tell the choices there are', async () => {
    const { text } = await world.call(null, 'GET', '/api/schema/')
    expect(text).toContain(JSON.stringify(STATUSES).slice(1, -1))
  })
})
