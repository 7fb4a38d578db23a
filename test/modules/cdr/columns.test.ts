/** What the columns of a call record say, for calls as a switch told them and for every rule alone. */
import { describe, expect, it } from 'vitest'
import { readRecord } from '../../../src/freeswitch/records/record.ts'
import { UnreadableRecord } from '../../../src/freeswitch/records/unreadable.ts'
import { type CdrColumns, columnsOf, extensionHints, tenantHints } from '../../../src/modules/cdr/columns.ts'
import { modelOf } from '../../../src/rest/model/model.ts'
import { callflow, sample, xmlRecord } from '../../freeswitch/sample.ts'

const read = (variables: Record<string, string>, rest = '') => readRecord(Buffer.from(xmlRecord(variables, rest)))
const columns = (variables: Record<string, string>, rest = '', leg: 'a' | 'b' = 'a') => {
  return columnsOf(read(variables, rest), leg)
}
const column = (name: keyof CdrColumns, value: string) => columns({ [name]: value })[name]

const UUID = '6508d3a7-d67b-446a-93af-39148f274fb1'
const OTHER = '4056f546-86dd-4394-9662-60fc72dcead8'
const NOTHING = Object.fromEntries(
  [
    'pin_number cc_side cc_member_uuid cc_queue_joined_epoch cc_queue cc_member_session_uuid cc_agent_uuid cc_agent',
    'cc_agent_type cc_agent_bridged cc_queue_answered_epoch cc_queue_terminated_epoch cc_queue_canceled_epoch',
    'cc_cancel_reason cc_cause conference_name conference_uuid conference_member_id digits_dialed record_path record_name',
  ]
    .join(' ')
    .split(' ')
    .map((name) => [name, null]),
)
/** What the calls between 1001 and 1002 have in common. */
const FROM_1001_TO_1002 = {
  ...NOTHING,
  core_uuid: 'a55c6725-a94e-4c90-8f87-06eec1910df1',
  accountcode: '1001',
  direction: 'inbound',
  context: 'example.com',
  caller_id_name: 'Ext 1001',
  caller_id_number: '1001',
  caller_destination: '1002',
  source_number: '1001',
  destination_number: '1002',
  network_addr: '127.0.0.1',
  remote_media_ip: '127.0.0.1',
  read_codec: 'PCMU',
  read_rate: '8000',
  write_codec: 'PCMU',
  write_rate: '8000',
  rtp_audio_in_mos: '4.50',
  leg: 'a',
  last_app: 'bridge',
  last_arg: '{leg_timeout=12}user/1002@example.com',
  hangup_cause: 'NORMAL_CLEARING',
  hangup_cause_q850: 16,
  missed_call: false,
}
const NEVER_ANSWERED = { answer_epoch: null, answer_stamp: null, billsec: 0, billmsec: 0 }

const CALLS: [string, string, Record<string, unknown>][] = [
  [
    'an answered call',
    'cdr-answered-POST.txt',
    {
      ...FROM_1001_TO_1002,
      call_uuid: UUID,
      bridge_uuid: OTHER,
      start_epoch: 1795469442,
      start_stamp: '2026-11-23T21:30:42.586882Z',
      answer_epoch: 1795469444,
      answer_stamp: '2026-11-23T21:30:44.126877Z',
      end_epoch: 1795469448,
      end_stamp: '2026-11-23T21:30:48.146876Z',
      duration: 6,
      mduration: 5560,
      billsec: 4,
      billmsec: 4020,
      waitsec: 2,
      pdd_ms: 60,
      sip_hangup_disposition: 'recv_bye',
    },
  ],
  [
    'a missed call',
    'cdr-missed-POST.txt',
    {
      ...FROM_1001_TO_1002,
      ...NEVER_ANSWERED,
      call_uuid: '7525bfa9-d5b4-466d-95c7-d7a382f30ac6',
      bridge_uuid: null,
      start_epoch: 1795469555,
      start_stamp: '2026-11-23T21:32:35.046875Z',
      end_epoch: 1795469558,
      end_stamp: '2026-11-23T21:32:38.086872Z',
      duration: 3,
      mduration: 3040,
      waitsec: 0,
      pdd_ms: 20,
      hangup_cause: 'ORIGINATOR_CANCEL',
      sip_hangup_disposition: 'recv_cancel',
      missed_call: true,
    },
  ],
  [
    'a voicemail message of someone whom nobody answered',
    'cdr-voicemail-noanswer-POST.txt',
    {
      ...FROM_1001_TO_1002,
      call_uuid: '0a916339-9be1-47b0-bc30-2319f981ab42',
      bridge_uuid: null,
      start_epoch: 1795469559,
      start_stamp: '2026-11-23T21:32:39.566891Z',
      answer_epoch: 1795469571,
      answer_stamp: '2026-11-23T21:32:51.006880Z',
      end_epoch: 1795469579,
      end_stamp: '2026-11-23T21:32:59.046887Z',
      duration: 20,
      mduration: 19480,
      billsec: 8,
      billmsec: 8040,
      waitsec: 0,
      pdd_ms: 60,
      last_app: 'voicemail',
      last_arg: 'default example.com 1002',
      sip_hangup_disposition: 'recv_bye',
    },
  ],
  [
    'a voicemail message of someone who found it busy',
    'cdr-voicemail-busy-POST.txt',
    {
      ...FROM_1001_TO_1002,
      call_uuid: 'f844041b-d911-440d-a2c8-d5d463237af9',
      bridge_uuid: null,
      start_epoch: 1795469499,
      start_stamp: '2026-11-23T21:31:39.546874Z',
      answer_epoch: 1795469499,
      answer_stamp: '2026-11-23T21:31:39.586873Z',
      end_epoch: 1795469505,
      end_stamp: '2026-11-23T21:31:45.606876Z',
      duration: 6,
      mduration: 6060,
      billsec: 6,
      billmsec: 6020,
      waitsec: 0,
      pdd_ms: 0,
      last_app: 'voicemail',
      last_arg: 'default example.com 1002',
      sip_hangup_disposition: 'recv_bye',
    },
  ],
  [
    'a call that a click began',
    'cdr-click-to-dial.xml',
    {
      ...FROM_1001_TO_1002,
      call_uuid: '5f3dda55-e7c4-485f-a8ea-c589dcb1d02f',
      bridge_uuid: 'a2092af3-5204-4654-9ccf-75e2d9cab683',
      direction: 'outbound',
      caller_destination: '1001',
      source_number: '1002',
      start_epoch: 1795469704,
      start_stamp: '2026-11-23T21:35:04.006885Z',
      answer_epoch: 1795469705,
      answer_stamp: '2026-11-23T21:35:05.526873Z',
      end_epoch: 1795469710,
      end_stamp: '2026-11-23T21:35:10.026898Z',
      duration: 6,
      mduration: 6020,
      billsec: 5,
      billmsec: 4500,
      waitsec: 3,
      pdd_ms: 0,
      hangup_cause: 'MANAGER_REQUEST',
      sip_hangup_disposition: 'send_bye',
    },
  ],
  [
    'a b leg',
    'cdr-bleg-static.xml',
    {
      ...FROM_1001_TO_1002,
      ...NEVER_ANSWERED,
      ...{ accountcode: null, remote_media_ip: null, rtp_audio_in_mos: null, last_app: null, last_arg: null },
      ...{ read_codec: null, read_rate: null, write_codec: null, write_rate: null, bridge_uuid: null },
      core_uuid: '30bac680-c3ad-4df4-8b99-158a6ffeec86',
      call_uuid: '5671b4b4-b295-4611-9e72-5cf14b3e1dfd',
      leg: 'b',
      direction: 'outbound',
      start_epoch: 1795469935,
      start_stamp: '2026-11-23T21:38:55.578531Z',
      end_epoch: 1795469947,
      end_stamp: '2026-11-23T21:39:07.044724Z',
      duration: 12,
      mduration: 11466,
      waitsec: 0,
      pdd_ms: 0,
      hangup_cause: 'NO_ANSWER',
      hangup_cause_q850: 19,
      sip_hangup_disposition: 'send_cancel',
    },
  ],
]

describe('the columns', () => {
  it.each(CALLS)('of %s', (_what, file, expected) => {
    const record = readRecord(sample(file))
    expect(columnsOf(record, record.isBLeg ? 'b' : 'a')).toEqual(expected)
  })

  it('are all but those that the server finds', () => {
    const found = 'id domain_id extension_id domain_name status xml json created updated synchronised updated_by'.split(
      ' ',
    )
    const all = [...modelOf('XmlCdr').columns.keys()].filter((name) => !found.includes(name))
    expect(Object.keys(columns({})).sort()).toEqual(all.sort())
  })
})

describe('what does not fit', () => {
  it('is cut, in characters', () => {
    expect(column('accountcode', '1'.repeat(40))).toBe('1'.repeat(32))
    expect(column('accountcode', '😀'.repeat(40))).toBe('😀'.repeat(32))
    expect(column('accountcode', `a${'😀'.repeat(31)}`)).toBe(`a${'😀'.repeat(31)}`)
    expect(column('last_arg', 'x'.repeat(9999))).toHaveLength(9999)
  })

  it.each<[keyof CdrColumns, string, unknown]>([
    ['billsec', 'abc', 0],
    ['cc_queue_joined_epoch', 'abc', null],
    ['cc_queue_joined_epoch', '1.5', null],
    ['cc_queue_joined_epoch', '1e3', null],
    ['cc_queue_joined_epoch', '9007199254740993', '9007199254740993'],
    ['cc_queue_joined_epoch', '9223372036854775808', null],
    ['hangup_cause_q850', '16', 16],
    ['hangup_cause_q850', '40000', null],
    ['rtp_audio_in_mos', '4.5', '4.50'],
    ['rtp_audio_in_mos', '99.994', '99.99'],
    ['rtp_audio_in_mos', '99.995', null],
    ['rtp_audio_in_mos', '-nan', null],
    ['cc_member_uuid', UUID.toUpperCase(), UUID],
    ['cc_member_uuid', 'x', null],
    ['cc_queue', 'support@example.com', null],
  ])('%s %s is %s', (name, value, expected) => {
    expect(column(name, value)).toBe(expected)
  })
})

describe('who called whom', () => {
  const flows =
    callflow(
      { caller_id_name: 'N', caller_id_number: '2', destination_number: '3', ani: '4', username: '5' },
      {},
      '2',
    ) + callflow({ caller_id_name: 'O', destination_number: '6', context: 'old' }, {}, '1')

  it('is what the newest callflow says, and what the oldest was called for', () => {
    expect(columns({}, flows)).toMatchObject({
      caller_id_name: 'N',
      caller_id_number: '2',
      destination_number: '3',
      source_number: '4',
      caller_destination: '6',
      context: null,
    })
    expect(columns({}, callflow({ username: '5' })).source_number).toBe('5')
  })

  it('is what the variables say first', () => {
    const said = { effective_caller_id_name: 'E', effective_caller_id_number: '7' }
    expect(columns({ ...said, caller_destination: '8', source_number: '9' }, flows)).toMatchObject({
      caller_id_name: 'E',
      caller_id_number: '7',
      caller_destination: '8',
      source_number: '9',
    })
    expect(columns({ caller_id_name: 'V', caller_id_number: '1' })).toMatchObject({
      caller_id_name: 'V',
      caller_id_number: '1',
    })
    expect(columns({ caller_id_name: 'V' }, flows).caller_id_name).toBe('N')
  })

  it('is who answered in the end, on the a leg', () => {
    const variables = { last_sent_callee_id_number: '99' }
    expect(columns(variables, flows, 'a').destination_number).toBe('99')
    expect(columns(variables, flows, 'b').destination_number).toBe('3')
  })

  it('has a direction, in this order', () => {
    const channel = '<channel_data><direction>channel</direction></channel_data>'
    expect(columns({}, channel).direction).toBe('channel')
    expect(columns({ direction: 'inbound' }, channel).direction).toBe('inbound')
    expect(columns({ direction: 'inbound', call_direction: 'local' }, channel).direction).toBe('local')
  })

  it('was put through to', () => {
    expect(columns({ last_bridge_to: OTHER }).bridge_uuid).toBe(OTHER)
    expect(columns({ bridge_uuid: UUID, last_bridge_to: OTHER }).bridge_uuid).toBe(UUID)
    expect(columns({ digits_dialed: '12#' }).digits_dialed).toBe('12#')
  })
})

describe('times', () => {
  const flow = callflow(
    {},
    { created_time: '1000001', answered_time: '3500000', bridged_time: '4000000', hangup_time: '7499999' },
  )

  it('are of the callflow where no variable tells them, and lengths are reckoned from them', () => {
    expect(columns({ start_uepoch: '0' }, flow)).toMatchObject({
      start_stamp: '1970-01-01T00:00:01.000001Z',
      start_epoch: 1,
      answer_stamp: '1970-01-01T00:00:03.500000Z',
      answer_epoch: 3,
      end_stamp: '1970-01-01T00:00:07.499999Z',
      end_epoch: 7,
      duration: 6,
      mduration: 6499,
      billsec: 4,
      billmsec: 3999,
      waitsec: 3,
      pdd_ms: null,
    })
  })

  it('are in seconds where nothing else is', () => {
    expect(columns({ start_uepoch: '', start_epoch: '5', end_epoch: '8' })).toMatchObject({
      start_stamp: '1970-01-01T00:00:05.000000Z',
      answer_stamp: null,
      end_epoch: 8,
      duration: 3,
      billsec: 0,
      billmsec: 0,
      waitsec: 0,
    })
  })

  it('may lack the end, and never go back', () => {
    expect(columns({ answer_uepoch: '1795469443000000' })).toMatchObject({
      end_stamp: null,
      duration: null,
      billsec: null,
    })
    expect(columns({ end_uepoch: '5' })).toMatchObject({ duration: 0, mduration: 0 })
  })

  it.each(['0', '-5', 'x', '1.5', '99999999999999999999', '2026-11-23 21:30:42'])(
    'beginning at %s are none',
    (start) => {
      expect(() => columns({ start_uepoch: start })).toThrow(UnreadableRecord)
    },
  )
})

describe('a missed call', () => {
  it.each<[Record<string, string>, boolean]>([
    [{ direction: 'inbound', billsec: '0' }, true],
    [{ direction: 'local', billsec: '0' }, true],
    [{ direction: 'inbound' }, true],
    [{ direction: 'outbound', billsec: '0' }, false],
    [{ direction: 'inbound', billsec: '1' }, false],
    [{ direction: 'inbound', billsec: '0', missed_call: 'false' }, false],
    [{ direction: 'outbound', billsec: '9', missed_call: 'TRUE' }, true],
    [{ direction: 'inbound', billsec: '0', missed_call: 'maybe' }, true],
  ])('%j: %s', (variables, missed) => {
    expect(columns(variables).missed_call).toBe(missed)
  })
})

describe('the recording', () => {
  const FILE = ['/rec/example.com', 'a b.wav']
  const PLAIN = ['/rec/example.com', 'a.wav']

  it.each<[Record<string, string>, (string | null)[]]>([
    [{ record_path: '/rec/example.com', record_name: 'a b.wav' }, FILE],
    [{ record_path: '/rec/example.com', record_session: 'true' }, ['/rec/example.com', null]],
    [{ record_name: 'a.wav' }, [null, 'a.wav']],
    [{ record_session: 'true', sofia_record_file: '/rec/example.com/a b.wav' }, FILE],
    [{ last_app: 'record_session', last_arg: '/rec/example.com/a b.wav' }, FILE],
    [{ last_app: 'bridge', last_arg: '/rec/example.com/a.wav' }, [null, null]],
    [{ sofia_record_file: '/rec/example.com/a b.wav' }, FILE],
    [{ cc_record_filename: '/rec/example.com/a b.wav' }, FILE],
    [{ cc_record_filename: 'a.wav' }, [null, 'a.wav']],
    [{ api_on_answer: `uuid_record ${UUID} start /rec/example.com/a.wav` }, PLAIN],
    [{ api_on_answer: `uuid_record ${UUID} stop /rec/example.com/a.wav` }, [null, null]],
    [{ execute_on_answer: 'record_session /rec/example.com/a.wav' }, PLAIN],
    [{ execute_on_answer: 'record_session::/rec/example.com/a.wav' }, PLAIN],
    [{ current_application_data: "{api_on_answer='uuid_record x start /rec/example.com/a.wav'}user/1@b" }, PLAIN],
    [
      { current_application_data: '[nolocal:execute_on_answer=record_session::/rec/example.com/a.wav,b=1]user/1' },
      PLAIN,
    ],
    [{ current_application_data: '{execute_on_answer=record_session /rec/example.com/a.wav}sofia/x' }, PLAIN],
    [{ record_seconds: '4', record_ms: '4860', record_path: '/x' }, [null, null]],
  ])('%j is %j', (variables, [path, name]) => {
    expect(columns(variables)).toMatchObject({ record_path: path, record_name: name })
  })

  it('is also said by a variable whose name has a colon', () => {
    const variables = { 'nolocal:execute_on_answer': 'record_session /rec/example.com/a.wav' }
    expect(columns(variables)).toMatchObject({ record_path: '/rec/example.com', record_name: 'a.wav' })
  })
})

describe('hints', () => {
  it('at the tenant', () => {
    const variables = { domain_name: 'B.example', sip_req_host: 'a.example:5060', sip_from_host: 'b.example' }
    expect(tenantHints(read({ ...variables, domain_uuid: UUID }))).toEqual({
      uuid: UUID,
      names: ['B.example', 'b.example', 'a.example'],
    })
    expect(tenantHints(read({ sip_req_host: '[fd00::2]:5060', sip_from_host: 'fd00::2', domain_uuid: 'x' }))).toEqual({
      uuid: undefined,
      names: ['[fd00::2]', 'fd00::2'],
    })
    expect(tenantHints(read({}))).toEqual({ uuid: undefined, names: [] })
  })

  it('at the extension', () => {
    const variables = { user_name: '1', last_sent_callee_id_number: '2', referred_by_user: '3', dialed_user: '2' }
    expect(extensionHints(read({ ...variables, extension_uuid: OTHER }))).toEqual({
      uuid: OTHER,
      numbers: ['2', '3', '1'],
    })
    expect(extensionHints(read({}))).toEqual({ uuid: undefined, numbers: [] })
  })
})
