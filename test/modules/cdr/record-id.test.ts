/** Ids of call records: the same for the same record, and telling when it began. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordId, timeOfRecordId } from '../../../src/modules/cdr/record/record-id.ts'

const UUID = '6508d3a7-d67b-446a-93af-39148f274fb1'
const START = 1795469442586882n
const micros = fc.bigInt({ min: 0n, max: BigInt(Number.MAX_SAFE_INTEGER) })
const uuids = fc.oneof(fc.uuid(), fc.constant(null))
const legs = fc.constantFrom('a' as const, 'b' as const)

describe('the id of a record', () => {
  it('is known, as rows have it', () => {
    expect(recordId(START, UUID, 'a')).toBe('01a20a51-7e1a-8232-bac5-c2d704cca2d9')
  })

  it('is a UUID of version 8 that tells the millisecond of the start', () => {
    fc.assert(
      fc.property(micros, uuids, legs, (start, uuid, leg) => {
        const id = recordId(start, uuid, leg)
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
        const ms = Number(start / 1000n)
        expect(timeOfRecordId(id)).toEqual({ fromMs: ms, toMs: ms + 1 })
        expect(timeOfRecordId(id.toUpperCase())).toEqual({ fromMs: ms, toMs: ms + 1 })
      }),
    )
  })

  it('is the same for the same record, however its start and uuid are written', () => {
    fc.assert(
      fc.property(micros, fc.uuid(), legs, (start, uuid, leg) => {
        expect(recordId(Number(start), uuid.toUpperCase(), leg)).toBe(recordId(start, uuid, leg))
      }),
    )
  })

  it('is another for another start, channel or leg', () => {
    const others = [
      recordId(START, UUID, 'a'),
      recordId(START + 1n, UUID, 'a'),
      recordId(START, UUID, 'b'),
      recordId(START, null, 'a'),
      recordId(START, '4056f546-86dd-4394-9662-60fc72dcead8', 'a'),
    ]
    expect(new Set(others).size).toBe(others.length)
  })
})

describe('ids not made here', () => {
  it.each([
    ['of another version', '6508d3a7-d67b-446a-93af-39148f274fb1'],
    ['of another variant', '01a209ba-34ba-8000-0000-000000000000'],
    ['beyond the year 9999', 'ffffffff-ffff-8000-8000-000000000000'],
    ['that are none', 'abc'],
    ['that are empty', ''],
  ])('%s tell no time', (_what, id) => {
    expect(timeOfRecordId(id)).toBeUndefined()
  })
})
