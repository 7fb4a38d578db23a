/** A range that ends before it begins is a mistake that is told, and not an empty list. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isBackwards } from '../../src/rest/read/ranges.ts'
import { testWorld, type World } from '../support/app.ts'
import { addCalls } from '../support/cdrs.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
  await addCalls(world.app.pool, [
    { domain_id: world.acme.id, start_stamp: '2026-03-01T10:00:00.5Z', duration: 5, rtp_audio_in_mos: 4.4 },
  ])
})
afterAll(() => world?.close())

const get = (query: string, path = 'xmlcdrs') => world.call(world.acme.minor.token, 'GET', `/api/${path}/?${query}`)
const LATE = 'start_stamp__gte=2026-04-01'

describe('a list', () => {
  it.each([
    [`${LATE}&start_stamp__lt=2026-03-01`, { start_stamp__lt: ['Ends before start_stamp__gte begins.'] }],
    [
      `start_stamp__lte=2026-03-31T23:59:59.999999Z&${LATE}`,
      { start_stamp__lte: ['Ends before start_stamp__gte begins.'] },
    ],
    [
      'start_stamp__gt=2026-03-01T00:00:00.000002Z&start_stamp__lt=2026-03-01T00:00:00.000001Z',
      { start_stamp__lt: ['Ends before start_stamp__gt begins.'] },
    ],
    [
      'start_stamp__gt=2026-03-01T00:00:00.1Z&start_stamp__lte=2026-03-01T00:00:00Z',
      { start_stamp__lte: ['Ends before start_stamp__gt begins.'] },
    ],
    [
      'start_stamp__gte=2026-03-01T10:00:00-05:00&start_stamp__lt=2026-03-01T12:00:00Z',
      { start_stamp__lt: ['Ends before start_stamp__gte begins.'] },
    ],
    [
      'start_stamp__range=2026-04-01,2026-03-01',
      { start_stamp__range: ['Enter two values, from,to: the first is after the second.'] },
    ],
    ['duration__gte=10&duration__lt=9', { duration__lt: ['Ends before duration__gte begins.'] }],
    ['duration__gt=-1&duration__lte=-2', { duration__lte: ['Ends before duration__gt begins.'] }],
    ['duration__range=10,9', { duration__range: ['Enter two values, from,to: the first is after the second.'] }],
    [
      'rtp_audio_in_mos__gte=4.41&rtp_audio_in_mos__lt=4.4',
      { rtp_audio_in_mos__lt: ['Ends before rtp_audio_in_mos__gte begins.'] },
    ],
    [
      'duration__gte=9007199254740993&duration__lte=9007199254740992',
      { duration__lte: ['Ends before duration__gte begins.'] },
    ],
    [
      'duration__gte=3&duration__gt=4&duration__lt=2&start_stamp__range=2026-04-01,2026-03-01',
      {
        duration__lt: ['Ends before duration__gte begins.', 'Ends before duration__gt begins.'],
        start_stamp__range: ['Enter two values, from,to: the first is after the second.'],
      },
    ],
  ])('%s is a 400 that names the end', async (query, detail) => {
    const { status, json } = await get(query)
    expect(status).toBe(400)
    expect(json.detail).toEqual(detail)
    expect((await get(query, 'xmlcdrs/download')).json.detail).toEqual(detail)
  })

  it.each([
    ['start_stamp__gte=2026-03-01T10:00:00.5Z&start_stamp__lte=2026-03-01T10:00:00.500000Z', 1],
    ['start_stamp__gte=2026-03-01T10:00:00.5Z&start_stamp__lt=2026-03-01T10:00:00.5Z', 0],
    ['start_stamp__range=2026-03-01T10:00:00.5Z,2026-03-01T10:00:00.50Z', 1],
    ['start_stamp__gte=2026-03-01T12:00:00%2B02:00&start_stamp__lt=2026-03-01T11:00:00Z', 1],
    ['duration__gte=5&duration__lte=5', 1],
    ['duration__range=5,5', 1],
    ['duration__gte=9&duration__lte=10', 0],
    ['rtp_audio_in_mos__gte=4.40&rtp_audio_in_mos__lte=4.4', 1],
    // Each column has a range of its own, and an open one has no end.
    ['start_stamp__gte=2026-03-01&created__lt=2026-02-01', 0],
    ['duration__gte=1&billsec__lt=0', 0],
    ['duration__gt=1', 1],
    ['duration__gte=&duration__lt=1', 0],
    // Text has no range that is turned round: its order is the database's.
    ['caller_id_number__gte=z&caller_id_number__lt=a', 0],
  ])('%s finds %d', async (query, found) => {
    const { status, json } = await get(query)
    expect([status, json.count, json.results.length]).toEqual([200, found, found])
  })

  it('a range of which one end is no value is told that, and nothing of its order', async () => {
    expect((await get(`${LATE}&start_stamp__lt=soon`)).json.detail).toEqual({
      start_stamp__lt: [expect.stringContaining('Datetime has wrong format.')],
    })
  })
})

it('fractions of a second count, however many digits they were sent with', () => {
  const times = [
    '2026-03-01T00:00:00Z',
    '2026-03-01T00:00:00.000001Z',
    '2026-03-01T00:00:00.09Z',
    '2026-03-01T00:00:00.1Z',
  ]
  for (const [from, one] of times.entries()) {
    for (const [to, other] of times.entries())
      expect(isBackwards('datetime', one, other), `${one} ${other}`).toBe(from > to)
  }
  expect(isBackwards('datetime', '2026-03-01T00:00:00.000Z', '2026-03-01T00:00:00Z')).toBe(false)
})
