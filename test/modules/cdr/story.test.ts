/** Calls told from their events: what people read of each kind of call. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EVENT_COLUMNS, type StoryEvent } from '../../../src/modules/cdr/story/legs.ts'
import { tellRecord } from '../../../src/modules/cdr/story/record.ts'
import { tellStory } from '../../../src/modules/cdr/story/teller.ts'
import { spoken } from '../../../src/modules/cdr/story/words.ts'
import { rowOf } from '../../../src/modules/cdr/timeline/row.ts'
import { eventsIn } from '../../support/transcript.ts'

const A = '00000000-0000-4000-8000-00000000000a'
const B = '00000000-0000-4000-8000-00000000000b'
const C = '00000000-0000-4000-8000-00000000000c'
const START = Date.UTC(2026, 10, 24, 9) * 1000

/** An event so many seconds after the start of the call. */
function event(seconds: number, name: string, leg: string | null, more: Partial<StoryEvent> = {}): StoryEvent {
  const empty = Object.fromEntries(EVENT_COLUMNS.map((column) => [column, /_time$/.test(column) ? 0 : null]))
  const event_epoch = START + seconds * 1e6
  return {
    ...(empty as unknown as StoryEvent),
    call_uuid: A,
    unique_id: leg,
    event_name: name,
    event_epoch,
    event_sequence: event_epoch,
    ...(leg === A && {
      direction: 'inbound',
      caller_id_name: 'Ann',
      caller_id_number: '1001',
      caller_destination: '1002',
    }),
    ...(leg === B && { direction: 'outbound', caller_destination: '1002' }),
    ...(leg === C && { direction: 'outbound', caller_destination: '1003' }),
    ...more,
  }
}

const executed = (seconds: number, leg: string, application: string, application_data = '', suffix = '') =>
  event(seconds, `CHANNEL_EXECUTE${suffix}`, leg, { application, application_data })
const bridged = (seconds: number, other: string) => event(seconds, 'CHANNEL_BRIDGE', A, { other_leg_unique_id: other })
const hangup = (
  seconds: number,
  leg: string,
  hangup_cause = 'NORMAL_CLEARING',
  hangup_disposition: string | null = null,
) => event(seconds, 'CHANNEL_HANGUP_COMPLETE', leg, { hangup_cause, hangup_disposition })

const begun = [event(0, 'CHANNEL_CREATE', A), event(0.1, 'CHANNEL_CREATE', B), event(0.5, 'CHANNEL_PROGRESS', B)]
const answered = [...begun, event(8.5, 'CHANNEL_ANSWER', B), event(8.5, 'CHANNEL_ANSWER', A), bridged(8.6, B)]

const told = (events: readonly StoryEvent[]) => tellStory(A, events)!
const texts = (events: readonly StoryEvent[]) => told(events).steps.map(({ text }) => text)

describe('a call', () => {
  test('that was answered, and ended by its caller', () => {
    const story = told([
      ...answered,
      hangup(68.6, A, 'NORMAL_CLEARING', 'recv_bye'),
      hangup(68.7, B, 'NORMAL_CLEARING', 'send_bye'),
    ])
    expect(story).toMatchObject({
      call_uuid: A,
      started: '2026-11-24T09:00:00Z',
      answered: '2026-11-24T09:00:08.500Z',
      ended: '2026-11-24T09:01:08.700Z',
      duration: 68.7,
      legs: [
        { uuid: A, direction: 'inbound', name: 'Ann', number: '1001', channel: null },
        { uuid: B, direction: 'outbound', name: null, number: '1002', channel: null },
      ],
    })
    expect(story.steps.map(({ offset, duration, type, text }) => [offset, duration, type, text])).toEqual([
      [0, null, 'called', 'Ann (1001) called 1002'],
      [0.5, 8, 'ringing', '1002 rang for 8 s'],
      [8.5, null, 'answered', '1002 answered'],
      [8.6, 60, 'talked', '1001 and 1002 talked for 1 min'],
      [68.7, null, 'hung_up', '1001 hung up: the call ended normally'],
    ])
    expect(story.steps.map(({ leg, other_leg }) => [leg, other_leg])[3]).toEqual([A, B])
    expect(story.steps[1]!.at).toBe('2026-11-24T09:00:00.500Z')
  })

  test('that the called one ended', () => {
    const ended = [hangup(20, B, 'NORMAL_CLEARING', 'recv_bye'), hangup(20.1, A, 'NORMAL_CLEARING', 'send_bye')]
    expect(texts([...answered, ...ended]).at(-1)).toBe('1002 hung up: the call ended normally')
  })

  test('that the switch ended', () => {
    const ended = [hangup(20, B, 'ALLOTTED_TIMEOUT', 'send_bye'), hangup(20, A, 'MEDIA_TIMEOUT', 'send_bye')]
    expect(texts([...answered, ...ended]).at(-1)).toBe('The switch ended the call: no sound came any more')
  })

  test('whose channels do not tell who hung up: the first of them', () => {
    expect(texts([...answered, hangup(20, B), hangup(20.1, A)]).at(-1)).toBe('1002 hung up: the call ended normally')
  })

  test('that goes on', () => {
    expect(told(answered)).toMatchObject({ ended: null, duration: null })
    expect(texts(answered).at(-1)).toBe('1001 and 1002 are talking')
    expect(texts(begun)).toEqual(['Ann (1001) called 1002', '1002 is ringing'])
  })

  test('that was missed: its caller gave up', () => {
    const ended = [hangup(12.5, B, 'ORIGINATOR_CANCEL'), hangup(12.5, A, 'ORIGINATOR_CANCEL', 'recv_cancel')]
    expect(texts([...begun, ...ended])).toEqual([
      'Ann (1001) called 1002',
      '1002 rang for 12 s, until the caller gave up',
      '1001 hung up: the caller gave up before anybody answered',
    ])
    expect(told([...begun, ...ended]).answered).toBeNull()
  })

  test('to one that was busy, declined, not there', () => {
    const refused = (cause: string) => [
      event(0, 'CHANNEL_CREATE', A),
      event(0.1, 'CHANNEL_CREATE', B),
      hangup(0.4, B, cause),
    ]
    expect(texts([...refused('USER_BUSY'), hangup(0.5, A, 'USER_BUSY', 'send_refuse')])).toEqual([
      'Ann (1001) called 1002',
      '1002 was not reached: the line was busy',
      'The switch ended the call: the line was busy',
    ])
    expect(texts(refused('USER_NOT_REGISTERED'))[1]).toBe('1002 was not reached: the phone was not registered')
    expect(texts([...begun, hangup(4.5, B, 'CALL_REJECTED')])[1]).toBe('1002 rang for 4 s and declined')
    expect(texts(refused('SOME_NEW_CAUSE'))[1]).toBe('1002 was not reached: some new cause')
  })

  test('that several phones rang for', () => {
    const group = [...begun, event(0.1, 'CHANNEL_CREATE', C), event(0.5, 'CHANNEL_PROGRESS', C)]
    const story = texts([...group, ...answered.slice(3), hangup(8.6, C, 'LOSE_RACE'), hangup(30, B), hangup(30, A)])
    expect(story).toContain('1003 rang for 8 s, until another phone answered')
    expect(story.some((text) => text.includes('1003 left'))).toBe(false)
  })

  test('that went to voicemail', () => {
    const events = [
      ...begun,
      hangup(12.5, B, 'NO_ANSWER'),
      event(12.6, 'CHANNEL_ANSWER', A),
      executed(12.7, A, 'voicemail', 'default example.com 1002'),
      executed(21.7, A, 'voicemail', 'default example.com 1002', '_COMPLETE'),
      hangup(21.8, A, 'NORMAL_CLEARING', 'recv_bye'),
    ]
    expect(texts(events)).toEqual([
      'Ann (1001) called 1002',
      '1002 rang for 12 s and did not answer',
      'The call went to the voicemail of 1002 for 9 s',
      '1001 hung up: the call ended normally',
    ])
    expect(told(events).answered).toBe('2026-11-24T09:00:12.600Z')
    const check = [
      event(0, 'CHANNEL_CREATE', A),
      executed(1, A, 'voicemail', 'check default example.com'),
      hangup(5, A),
    ]
    expect(texts(check)[1]).toBe('1001 listened to voicemail for 4 s')
  })

  test('that left a message, where only what was played and the mailbox tell of it', () => {
    const vm = { application: 'voicemail', application_data: 'default example.com 1002' }
    const left = { application_name: 'voicemail', application_action: 'leave-message' }
    const events = [
      ...begun,
      hangup(12.5, B, 'NO_ANSWER'),
      event(12.6, 'CHANNEL_ANSWER', A),
      event(12.7, 'PLAYBACK_START', A, vm),
      event(15, 'PLAYBACK_STOP', A, vm),
      event(21, 'RECORD_STOP', A, { ...vm, application_seconds: 6 }),
      event(21.1, 'CUSTOM', A, { ...left, application_data: '1002', application_seconds: 6 }),
      event(21.2, 'PLAYBACK_START', A, vm),
      { ...hangup(22.7, A, 'NORMAL_CLEARING', 'recv_bye'), ...vm },
    ]
    expect(texts(events).slice(2)).toEqual([
      'The call went to the voicemail of 1002 for 10 s',
      '1001 left a message of 6 s for 1002',
      '1001 hung up: the call ended normally',
    ])
  })

  test('that heard an announcement, was recorded and was parked in a lot', () => {
    const playback = (seconds: number, name: string, file: string) =>
      event(seconds, `PLAYBACK_${name}`, A, { application: 'playback', application_file_path: `/sounds/${file}` })
    const valet = (seconds: number, application_action: string) =>
      event(seconds, 'CUSTOM', A, { application_name: 'valet_parking', application_action, application_data: '5901' })
    const events = [
      event(0, 'CHANNEL_CREATE', A),
      event(1, 'CHANNEL_ANSWER', A),
      playback(1, 'START', 'welcome.wav'),
      playback(4, 'STOP', 'welcome.wav'),
      event(5, 'RECORD_STOP', A, { application: 'record_session', application_seconds: 4 }),
      playback(10, 'START', 'one.wav'),
      playback(11, 'STOP', 'one.wav'),
      playback(11.2, 'START', 'two.wav'),
      valet(20, 'hold'),
      valet(80, 'bridge'),
      hangup(90, A),
    ]
    expect(texts(events).slice(1, -1)).toEqual([
      '1001 heard welcome.wav for 3 s',
      'The call was recorded for 4 s',
      '1001 heard an announcement for 1 min 20 s',
      '1001 was parked on 5901 for 1 min',
    ])
  })

  test('that the switch answered with nothing that has a name', () => {
    const events = [event(0, 'CHANNEL_CREATE', A), event(1, 'CHANNEL_ANSWER', A), executed(1, A, 'echo'), hangup(5, A)]
    expect(texts(events)[1]).toBe('The switch answered')
  })
})

describe('holding', () => {
  test('parts a talk, and says who held whom', () => {
    const holds = [event(20.6, 'CHANNEL_HOLD', B), event(32.6, 'CHANNEL_UNHOLD', B)]
    const steps = told([...answered, ...holds, hangup(40.6, A), hangup(40.6, B)]).steps.slice(3, 6)
    expect(steps.map(({ type, offset, duration, text }) => [type, offset, duration, text])).toEqual([
      ['talked', 8.6, 12, '1001 and 1002 talked for 12 s'],
      ['held', 20.6, 12, '1002 put 1001 on hold for 12 s'],
      ['resumed', 32.6, 8, '1001 and 1002 went on talking for 8 s'],
    ])
  })

  test('can last until the end, and be told while it lasts', () => {
    const held = [...answered, event(20.6, 'CHANNEL_HOLD', A)]
    expect(texts(held).at(-1)).toBe('1001 has put 1002 on hold')
    const ended = told([...held, hangup(50.6, A), hangup(50.6, B)])
    expect(ended.steps.filter(({ type }) => type === 'held')).toMatchObject([{ duration: 30 }])
    expect(ended.steps.some(({ type }) => type === 'resumed')).toBe(false)
  })
})

describe('a transfer', () => {
  test('without asking tells who sent the call where, and goes on', () => {
    const transfer_source = `${START / 1e6 + 30}:${A}:bl_xfer:1003/example.com/XML`
    const events = [
      ...answered,
      hangup(30, B, 'BLIND_TRANSFER', 'recv_bye'),
      event(30.2, 'CHANNEL_EXECUTE', A, { transfer_source, application: 'bridge', application_data: 'user/1003' }),
      event(30.3, 'CHANNEL_CREATE', C),
      event(30.4, 'CHANNEL_PROGRESS', C),
      event(36.4, 'CHANNEL_ANSWER', C),
      event(36.5, 'CHANNEL_BRIDGE', A, { other_leg_unique_id: C, transfer_source }),
      hangup(56.5, C, 'NORMAL_CLEARING', 'recv_bye'),
      hangup(56.6, A, 'NORMAL_CLEARING', 'send_bye'),
    ]
    expect(texts(events).slice(3)).toEqual([
      '1001 and 1002 talked for 21 s',
      '1002 transferred the call to 1003',
      '1002 left the call',
      '1003 rang for 6 s',
      '1003 answered',
      '1001 and 1003 talked for 20 s',
      '1003 hung up: the call ended normally',
    ])
  })

  test('in the dialplan is told once, though two events tell of it', () => {
    const transfer_source = `${START / 1e6 + 1}:${A}:bl_xfer:5000/example.com/XML`
    const events = [
      event(0, 'CHANNEL_CREATE', A),
      executed(1.2, A, 'transfer', '-both 5000 XML example.com'),
      event(1.3, 'CHANNEL_EXECUTE', A, { transfer_source, application: 'answer' }),
      hangup(3, A),
    ]
    expect(texts(events)).toEqual(['Ann (1001) called 1002', 'The call was transferred to 5000', expect.any(String)])
  })
})

describe('what the switch does with a call', () => {
  test('queues: the wait, who was asked, who took it', () => {
    const info = (seconds: number, cc_action: string, more: Partial<StoryEvent> = {}) =>
      event(seconds, 'CUSTOM', A, { cc_action, application_data: 'support@example.com', ...more })
    const events = [
      event(0, 'CHANNEL_CREATE', A),
      executed(1, A, 'callcenter', 'support@example.com'),
      info(1.1, 'member-queue-start'),
      info(4.9, 'agent-offering', { cc_agent: '1003@example.com' }),
      event(5, 'CHANNEL_CREATE', C),
      event(5, 'CHANNEL_PROGRESS', C),
      event(13, 'CHANNEL_ANSWER', C),
      info(13, 'bridge-agent-start', { cc_agent: '1003@example.com' }),
      bridged(13.1, C),
      hangup(43.1, C),
      info(43.2, 'member-queue-end', { cc_cause: 'Terminated' }),
      hangup(43.3, A),
    ]
    expect(texts(events)).toEqual([
      'Ann (1001) called 1002',
      '1001 waited in the queue support@example.com for 12 s',
      'The call was offered to 1003@example.com',
      '1003 rang for 8 s',
      '1003 answered',
      '1003@example.com took the call',
      '1001 and 1003 talked for 30 s',
      '1003 hung up: the call ended normally',
    ])
    const given = [
      ...events.slice(0, 3),
      info(61, 'member-queue-end', { cc_cause: 'Cancel', cc_cancel_reason: 'TIMEOUT' }),
    ]
    expect(texts(given).slice(1)).toEqual([
      '1001 waited in the queue support@example.com for 1 min',
      'The call left the queue without an agent: timeout',
    ])
  })

  test('conferences, menus, keys and parking', () => {
    const key = (seconds: number, dtmf_digit: string) => event(seconds, 'DTMF', A, { dtmf_digit })
    const events = [
      event(0, 'CHANNEL_CREATE', A),
      executed(1, A, 'ivr', 'main_menu'),
      ...[2, 3, 4].map((seconds) => key(seconds, String(seconds))),
      key(10, '#'),
      executed(11, A, 'ivr', 'main_menu', '_COMPLETE'),
      executed(12, A, 'conference', '3000@default'),
      event(12.1, 'CUSTOM', A, { cf_action: 'add-member', cf_name: '3000' }),
      // A PIN is nobody's to read.
      ...[30, 31, 32, 33].map((seconds) => key(seconds, String(seconds - 30))),
      event(72.1, 'CUSTOM', A, { cf_action: 'del-member', cf_name: '3000' }),
      event(73, 'CHANNEL_PARK', A),
      hangup(75, A),
    ]
    expect(texts(events).slice(1, -1)).toEqual([
      '1001 was in the menu main_menu for 10 s',
      '1001 pressed 234',
      '1001 pressed #',
      '1001 was in the conference 3000 for 1 min',
      '1001 pressed 4 keys',
      '1001 was parked for 2 s',
    ])
  })

  test('calling two phones to each other, as a FreeSWITCH told it', () => {
    const rows = eventsIn('esl-click-to-dial.txt')
      .map(rowOf)
      .filter((row) => row !== undefined)
    const numbers = /_time$|_epoch$|_sequence$/
    const events = rows
      .filter((row) => row.event_name !== 'BACKGROUND_JOB')
      .map((row) => Object.entries(row).map(([name, value]) => [name, numbers.test(name) ? Number(value) : value]))
      .map((entries) => Object.fromEntries(entries) as StoryEvent)
    const story = tellStory('a2092af3-5204-4654-9ccf-75e2d9cab683', events)!
    expect(story).toMatchObject({ call_uuid: '5f3dda55-e7c4-485f-a8ea-c589dcb1d02f', duration: 6.02 })
    expect(story.answered).toBe('2026-11-23T21:35:07.046Z')
    expect(story.steps.map(({ offset, text }) => [offset, text])).toEqual([
      [0, 'The switch called 1001'],
      [0, '1001 rang for 2 s'],
      [1.52, '1001 answered'],
      [1.52, '1001 called 1002'],
      [1.54, '1002 rang for 2 s'],
      [3.04, '1002 answered'],
      [3.06, '1001 and 1002 talked for 3 s'],
      [6.02, 'The switch ended the call: an administrator or a program asked for it'],
    ])
  })
})

describe('any events at all', () => {
  const names = [
    'CREATE',
    'PROGRESS',
    'ANSWER',
    'BRIDGE',
    'UNBRIDGE',
    'HOLD',
    'UNHOLD',
    'EXECUTE',
    'PARK',
    'HANGUP_COMPLETE',
  ]
  const one = fc.record({
    seconds: fc.integer({ min: 0, max: 100 }),
    name: fc.constantFrom(...names.map((name) => `CHANNEL_${name}`), 'DTMF', 'CUSTOM'),
    leg: fc.constantFrom(A, B, C, null),
    other: fc.constantFrom(A, B, C, null),
    application: fc.constantFrom('voicemail', 'conference', 'callcenter', 'transfer', 'ivr', null),
    time: fc.oneof(fc.constant(0), fc.integer({ min: -5, max: Number.MAX_SAFE_INTEGER })),
    text: fc.option(fc.string({ maxLength: 40 })),
  })

  test('give a story in order, without a time that is none', () => {
    fc.assert(
      fc.property(fc.array(one, { maxLength: 40 }), (given) => {
        const events = given
          .sort((a, b) => a.seconds - b.seconds)
          .map(({ seconds, name, leg, other, application, time, text }) =>
            event(seconds, name, leg, {
              other_leg_unique_id: other,
              application,
              application_data: text,
              transfer_source: text,
              dtmf_digit: text,
              answered_time: time,
              hangup_time: time,
            }),
          )
        const story = tellStory(A, events)
        if (!story) return
        const offsets = story.steps.map(({ offset }) => offset)
        expect(offsets).toEqual([...offsets].sort((a, b) => a - b))
        for (const { at, offset, duration, text, leg } of story.steps) {
          expect(Number.isNaN(Date.parse(at))).toBe(false)
          expect(offset >= 0 && (duration === null || duration >= 0)).toBe(true)
          expect(text).not.toMatch(/undefined|null|NaN/)
          expect(story.legs.some(({ uuid }) => uuid === leg)).toBe(true)
        }
      }),
    )
  })

  test('none is no story', () => {
    expect(tellStory(A, [])).toBeUndefined()
    expect(tellStory(A, [event(0, 'CUSTOM', null)])).toBeUndefined()
  })
})

describe('a call of which only the record is there', () => {
  const record = {
    call_uuid: A,
    bridge_uuid: B,
    direction: 'local',
    leg: 'a',
    caller_id_name: 'Ann',
    caller_id_number: '1001',
    destination_number: '1002',
    start_stamp: '2026-11-24T09:00:00+00:00',
    answer_stamp: '2026-11-24T09:00:08+00:00',
    end_stamp: '2026-11-24T09:01:08+00:00',
    duration: 68,
    status: 'answered',
    hangup_cause: 'NORMAL_CLEARING',
    sip_hangup_disposition: 'recv_bye',
  }
  const read = (changes: object) => tellRecord([{ ...record, ...changes }])!.steps.map(({ text }) => text)

  test('is told from its times', () => {
    expect(tellRecord([{ ...record, leg: 'b' }, record])).toMatchObject({
      duration: 68,
      legs: [{ uuid: A }, { uuid: B }],
    })
    expect(read({})).toEqual([
      'Ann (1001) called 1002',
      '1002 rang for 8 s',
      '1002 answered',
      '1001 and 1002 talked for 1 min',
      '1001 hung up: the call ended normally',
    ])
    expect(read({ sip_hangup_disposition: 'send_bye' }).at(-1)).toBe('1002 hung up: the call ended normally')
    expect(read({ status: 'voicemail', bridge_uuid: null })).toContain('The call went to voicemail for 1 min')
  })

  test('that nobody answered', () => {
    const missed = { answer_stamp: null, bridge_uuid: null, status: 'no answer', hangup_cause: 'NO_ANSWER' }
    expect(read({ ...missed, sip_hangup_disposition: null })).toEqual([
      'Ann (1001) called 1002',
      '1002 rang for 1 min 8 s and did not answer',
      'The call ended: nobody answered',
    ])
    expect(read({ ...missed, end_stamp: null, duration: null })).toEqual(['Ann (1001) called 1002'])
  })

  test('none is no story', () => {
    expect(tellRecord([])).toBeUndefined()
  })
})

test.each([
  [0, 'less than a second'],
  [1, '1 s'],
  [59.6, '1 min'],
  [125, '2 min 5 s'],
  [3600, '1 h'],
  [7385, '2 h 3 min'],
])('%d seconds are %s', (seconds, words) => {
  expect(spoken(seconds)).toBe(words)
})
