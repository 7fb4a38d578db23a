/** What a record is asked, and what it answers. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CallRecord, readRecord } from '../../../src/freeswitch/records/record.ts'
import { callflow, POSTED, sample, xmlRecord } from '../sample.ts'

const read = (text: string): CallRecord => readRecord(Buffer.from(text))
const withVariables = (content: string) => read(`<cdr><variables>${content}</variables></cdr>`)
const json = (record: object): CallRecord => read(JSON.stringify({ variables: {}, ...record }))

describe('a variable', () => {
  it('is decoded once', () => {
    const record = readRecord(sample('cdr-encode-false-POST.txt'))
    expect(record.variable('origination_caller_id_name')).toBe('Zoë & <b> + 50% "q"')
    expect(record.variable('origination_caller_id_number')).toBe('+441234567')
    expect(record.variable('my_var')).toBe('a+b c d/é')
    expect(withVariables('<a>%2541</a>').variable('a')).toBe('%41')
  })

  it('brings back any text but NUL', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const expected = text.replaceAll('\0', '') || undefined
        expect(read(xmlRecord({ a: text })).variable('a')).toBe(expected)
      }),
    )
  })

  it('keeps escapes that are none, and has U+FFFD for bytes that are no UTF-8', () => {
    expect(withVariables('<a>50% %zz%4%20</a>').variable('a')).toBe('50% %zz%4 ')
    expect(withVariables('<a>%EB%C3%AB%ED%A0%80x</a>').variable('a')).toBe('\ufffdë\ufffd\ufffd\ufffdx')
    expect(withVariables('<a>a%00b</a><b>%00</b>').variables('a')).toEqual(['ab'])
    expect(withVariables('<b>%00</b>').variable('b')).toBeUndefined()
  })

  it('has a first value, and all of them', () => {
    const record = readRecord(sample('cdr-answered-POST.txt'))
    expect(record.variable('DP_MATCH')).toBe('1002')
    expect(record.variables('DP_MATCH')).toEqual(['1002', '1002'])
    expect(withVariables('<a/><a>1</a><a>2</a>').variable('a')).toBe('1')
    expect(withVariables('<a>ARRAY%3A%3Ax%7C%3A%7C%3Ay</a>').variables('a')).toEqual(['x', 'y'])
  })

  it('is missing when it is not there, or empty', () => {
    const record = withVariables('<a/><b>1</b>')
    expect(record.variable('a')).toBeUndefined()
    expect(record.variable('nosuch')).toBeUndefined()
    expect(record.variables('nosuch')).toEqual([])
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(record.variable(name)).toBeUndefined()
      expect(json({}).variable(name)).toBeUndefined()
    }
  })

  it('has text beside attributes', () => {
    expect(withVariables('<a b="1">x</a>').variable('a')).toBe('x')
  })
})

describe('the callflows', () => {
  it('are the newest first', () => {
    const record = readRecord(sample('cdr-click-to-dial.xml'))
    expect(record.callflows.map((flow) => record.profile(flow, 'context'))).toEqual(['example.com', 'default'])
    const flows = ['1', '3', '2', '10'].map((index) => callflow({ context: index }, {}, index)).join('')
    const shuffled = read(xmlRecord({}, flows))
    expect(shuffled.callflows.map((flow) => shuffled.profile(flow, 'context'))).toEqual(['10', '3', '2', '1'])
  })

  it('stay as they are where they are not numbered', () => {
    const flows = '<callflow><times><a>1</a></times></callflow><callflow profile_index="9"/><callflow/>'
    const record = read(xmlRecord({}, flows))
    expect(record.callflows.map((flow) => record.time(flow, 'a'))).toEqual(['1', undefined])
  })

  it('tell of the caller in plain text', () => {
    const record = readRecord(sample('cdr-encode-true-POST.txt'))
    expect(record.profile(record.callflows[0], 'callee_id_name')).toBe('Zoë & <b> + 50% "q"')
    expect(record.profile(record.callflows[0], 'username')).toBeUndefined()
    expect(record.profile(undefined, 'username')).toBeUndefined()
  })
})

describe('a record', () => {
  it('has attributes, and data of the channel', () => {
    const record = readRecord(sample('cdr-answered-POST.txt'))
    expect(record.attribute('core-uuid')).toBe('a55c6725-a94e-4c90-8f87-06eec1910df1')
    expect(record.attribute('switchname')).toBe('fs-test')
    expect(record.attribute('nosuch')).toBeUndefined()
    expect(record.channelData('direction')).toBe('inbound')
  })

  it('has the id of its channel, also where the variables lack it', () => {
    expect(readRecord(sample('cdr-answered-POST.txt')).uuid).toBe('6508d3a7-d67b-446a-93af-39148f274fb1')
    expect(read(xmlRecord({}, callflow({ uuid: 'x' }))).uuid).toBe('x')
    expect(read(xmlRecord()).uuid).toBeUndefined()
  })

  it('is a b leg when another channel called for it', () => {
    expect(readRecord(sample('cdr-bleg-static.xml')).isBLeg).toBe(true)
    expect(readRecord(sample('cdr-click-to-dial.xml')).isBLeg).toBe(false)
    for (const name of POSTED) expect(readRecord(sample(name)).isBLeg, name).toBe(false)
    expect(read(xmlRecord({}, callflow({ originator: '' }))).isBLeg).toBe(false)
  })

  it('keeps the text it was read from', () => {
    const record = readRecord(sample('cdr-encode-base64-POST.txt'))
    expect(record.text).toMatch(/^<\?xml version="1.0"\?>\n<cdr [\s\S]*<\/cdr>\n$/)
    expect(record.format).toBe('xml')
  })
})

describe('a record of mod_json_cdr', () => {
  it('answers as one of mod_xml_cdr does', () => {
    const record = json({
      'core-uuid': 'c',
      switchname: 'fs',
      channel_data: { direction: 'outbound' },
      variables: { uuid: 'u', a: 'b%20c', list: 'ARRAY%3A%3Ax%7C%3Ay' },
      callflow: [
        { profile_index: '1', caller_profile: { context: 'old' }, times: { created_time: 1795469442586882 } },
        { profile_index: '2', caller_profile: { context: 'new', originator: { originator_caller_profiles: [{}] } } },
      ],
    })
    expect(record.format).toBe('json')
    expect(record.attribute('core-uuid')).toBe('c')
    expect(record.channelData('direction')).toBe('outbound')
    expect(record.uuid).toBe('u')
    expect(record.variable('a')).toBe('b c')
    expect(record.variables('list')).toEqual(['x', 'y'])
    expect(record.callflows.map((flow) => record.profile(flow, 'context'))).toEqual(['new', 'old'])
    expect(record.time(record.callflows[1], 'created_time')).toBe('1795469442586882')
    expect(record.isBLeg).toBe(true)
  })

  it('takes a single callflow, and numbers', () => {
    const record = json({ variables: { billsec: 4 }, callflow: { caller_profile: { uuid: 'u', originator: {} } } })
    expect(record.variable('billsec')).toBe('4')
    expect(record.uuid).toBe('u')
    expect(record.isBLeg).toBe(false)
  })

  it('is not decoded where the switch was told not to encode', () => {
    const record = json({ variables: { name: '50%25 off', uri: 'sip:1001@example.com', list: 'ARRAY::a|:b' } })
    expect(record.variable('name')).toBe('50%25 off')
    expect(record.variables('list')).toEqual(['a', 'b'])
  })
})
