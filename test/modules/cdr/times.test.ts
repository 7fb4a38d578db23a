/** When a call was, and how long, from whatever of it the record tells. */
import { describe, expect, it } from 'vitest'
import { readRecord } from '../../../src/freeswitch/records/record.ts'
import { UnreadableRecord } from '../../../src/freeswitch/records/unreadable.ts'
import { columnsOf } from '../../../src/modules/cdr/record/columns.ts'
import { callflow, xmlRecord } from '../../freeswitch/sample.ts'

const columns = (variables: Record<string, string>, rest = '') => {
  return columnsOf(readRecord(Buffer.from(xmlRecord(variables, rest))), 'a')
}

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
