/** What switches tell is read as the transcripts have it, and nothing they could tell does harm. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { storable, timeOf, toldRows, wholeNumber } from '../../src/freeswitch/replies/rows.ts'
import { sofiaProfiles, sofiaRecords } from '../../src/freeswitch/replies/sofia.ts'
import { readStatus } from '../../src/freeswitch/replies/status.ts'
import { repliesIn } from '../support/transcript.ts'

const basic = repliesIn('esl-basic.txt')
const registrations = repliesIn('esl-registrations.txt')
const call = repliesIn('esl-sip-call.txt')

describe('a list', () => {
  it('has no rows where there are none', () => {
    for (const list of ['registrations', 'channels', 'calls']) {
      expect(toldRows(basic.get(`show ${list} as json`)!)).toEqual([])
    }
  })

  it('has rows of texts', () => {
    const told = toldRows(registrations.get('show registrations as json')!)
    expect(told).toMatchObject([
      { reg_user: '1001', realm: 'example.com', token: '1-23250@127.0.0.1', expires: '1795469908' },
      { reg_user: '1002', network_port: '5174', metadata: '' },
    ])
    expect(toldRows(call.get('show channels as json')!)).toMatchObject([
      { uuid: '6508d3a7-d67b-446a-93af-39148f274fb1', application: 'bridge' },
      { direction: 'outbound', call_uuid: '6508d3a7-d67b-446a-93af-39148f274fb1' },
    ])
    expect(toldRows(call.get('show calls as json')!)).toHaveLength(1)
  })

  it('is none where the answer is of no such form', () => {
    for (const reply of ['', '-ERR no reply', '[]', 'null', '{}', '{"row_count":1,"rows":7}', '{"row_count":']) {
      expect(toldRows(reply)).toBeUndefined()
    }
    expect(toldRows('{"row_count":2,"rows":[7,{"a":1,"b":null,"c":{}}]}')).toEqual([{ a: '1' }])
  })

  it('holds what PostgreSQL can store, whatever was told', () => {
    expect(toldRows('{"row_count":1,"rows":[{"reg_user":"a\\u0000b\\ud800"}]}')).toEqual([{ reg_user: 'ab\ufffd' }])
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(storable(text).isWellFormed()).toBe(true)
        expect(storable(text)).not.toContain('\0')
      }),
    )
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (reply) => void toldRows(reply)))
  })

  it('has times and numbers, or null', () => {
    expect(timeOf('1795469908')).toBe('2026-11-23T21:38:28.000Z')
    for (const text of [undefined, '', '0', '-1', '1e9', '999999999999']) expect(timeOf(text)).toBeNull()
    fc.assert(fc.property(fc.string(), (text) => timeOf(text) === null || !Number.isNaN(Date.parse(timeOf(text)!))))
    expect([wholeNumber('5060'), wholeNumber('x'), wholeNumber(undefined)]).toEqual([5060, null, null])
  })
})

describe('the status', () => {
  it('is read line by line', () => {
    expect(readStatus(basic.get('status')!)).toEqual({
      uptime_seconds: 31,
      version: '1.11.2-release',
      ready: true,
      sessions: 0,
      sessions_peak: 0,
      sessions_peak_5min: 0,
      sessions_since_startup: 0,
      sessions_max: 100,
      sessions_per_second: 0,
      sessions_per_second_max: 50,
      cpu_idle_percent: 68.77,
    })
  })

  it('counts the whole time that a switch is up', () => {
    const up = 'UP 1 year, 2 days, 3 hours, 4 minutes, 5 seconds, 6 milliseconds, 7 microseconds'
    expect(readStatus(up).uptime_seconds).toBe(31_536_000 + 2 * 86_400 + 3 * 3600 + 4 * 60 + 5)
    expect(readStatus('FreeSWITCH (Version 1.10.9) is not ready').ready).toBe(false)
  })

  it('is null where nothing is told, and of anything whole numbers', () => {
    const line = fc.constantFrom(
      ...basic.get('status')!.split('\n'),
      'UP 9 years, x',
      '7 session(s)',
      '-ERR',
      '9'.repeat(99),
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(line).map((lines) => lines.join('\n')),
    )
    fc.assert(
      fc.property(text, (told) => {
        for (const value of Object.values(readStatus(told))) {
          if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true)
        }
      }),
    )
  })
})

describe('what sofia tells', () => {
  it('has profiles, whatever stands between them', () => {
    expect(sofiaProfiles(basic.get('sofia xmlstatus')!)).toEqual([
      { name: 'external', data: 'sip:mod_sofia@127.0.0.1:5080', state: 'RUNNING (0)' },
      { name: 'internal', data: 'sip:mod_sofia@127.0.0.1:5060', state: 'RUNNING (0)' },
    ])
  })

  it('has registrations, with their entities read', () => {
    const told = sofiaRecords(registrations.get('sofia xmlstatus profile internal reg')!, 'registration')
    expect(told).toHaveLength(2)
    expect(told[0]).toMatchObject({
      'call-id': '1-23250@127.0.0.1',
      user: '1001@example.com',
      agent: 'sipp-1001',
      contact: '"" <sip:1001@127.0.0.1:5070>',
      'ping-status': 'Reachable',
    })
  })

  it('has gateways in both of their forms', () => {
    expect(
      sofiaRecords(basic.get('sofia xmlstatus gateway')!, 'gateway').map(({ name, retry }) => [name, retry]),
    ).toEqual([
      ['reggw', '13s'],
      ['testgw', undefined],
    ])
    expect(sofiaRecords(basic.get('sofia xmlstatus gateway testgw')!, 'gateway')).toMatchObject([{ state: 'NOREG' }])
    expect(sofiaRecords(basic.get('sofia status gateway nosuch')!, 'gateway')).toEqual([])
  })

  it('is read to its end in little time, whatever it is', () => {
    const piece = fc.constantFrom(
      '<gateway>',
      '</gateway>',
      '<name>',
      '</name>',
      '&#0;',
      '&#x110000;',
      '&amp;',
      '<',
      '>',
      'a',
    )
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        for (const { name = '' } of sofiaRecords(pieces.join(''), 'gateway')) expect(name.isWellFormed()).toBe(true)
      }),
    )
    const started = Date.now()
    sofiaRecords('<gateway><name>'.repeat(100_000), 'gateway')
    readStatus('1'.repeat(1_000_000))
    readStatus('UP 1 years, '.repeat(50_000))
    expect(Date.now() - started).toBeLessThan(5000)
  })
})
