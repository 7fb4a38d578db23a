/** What the columns of a call record say: every rule alone. */
import { describe, expect, it } from 'vitest'
import { readRecord } from '../../../src/freeswitch/records/record.ts'
import { type CdrColumns, columnsOf, extensionHints, tenantHints } from '../../../src/modules/cdr/record/columns.ts'
import { modelOf } from '../../../src/rest/model/model.ts'
import { callflow, xmlRecord } from '../../freeswitch/sample.ts'

const read = (variables: Record<string, string>, rest = '') => readRecord(Buffer.from(xmlRecord(variables, rest)))
const columns = (variables: Record<string, string>, rest = '', leg: 'a' | 'b' = 'a') => {
  return columnsOf(read(variables, rest), leg)
}
const column = (name: keyof CdrColumns, value: string) => columns({ [name]: value })[name]

const UUID = '6508d3a7-d67b-446a-93af-39148f274fb1'
const OTHER = '4056f546-86dd-4394-9662-60fc72dcead8'
describe('the columns', () => {
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
    ['cc_queue_joined_epoch', '1000000000000', 1_000_000_000_000],
    ['cc_queue_joined_epoch', '9007199254740993', null],
    ['billsec', '-5', 0],
    ['billsec', '9223372036854775807', 0],
    ['waitsec', '-1', 0],
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

describe('hints', () => {
  it('at the tenant', () => {
    const variables = { domain_name: 'B.example', sip_req_host: 'a.example:5060', sip_from_host: 'b.example' }
    expect(tenantHints(read({ ...variables, domain_uuid: UUID }))).toEqual({
      uuid: UUID,
      names: ['B.example', 'b.example'],
    })
    const hosts = { sip_req_host: 'a.example:5060', sip_from_host: '192.0.2.1', dialed_domain: 'c.example' }
    expect(tenantHints(read(hosts)).names).toEqual(['a.example', '192.0.2.1', 'c.example'])
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
