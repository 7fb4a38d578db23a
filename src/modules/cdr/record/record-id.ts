/**
 * Ids of call records. The same record always gets the same id, so one that a switch posts twice is one row; and an id
 * tells when its call began, so a row is found without looking through every month.
 */
import { createHash } from 'node:crypto'

/** A UUID of version 8 (RFC 9562): 48 bits of Unix milliseconds, the rest from what makes the record this one. */
export function recordId(startMicros: bigint | number, uuid: string | null, leg: 'a' | 'b'): string {
  const micros = BigInt(startMicros)
  const bytes = createHash('sha256')
    .update(`${uuid?.toLowerCase() ?? ''}/${leg}/${micros}`)
    .digest()
  bytes.writeUIntBE(Number(BigInt.asUintN(48, micros / 1000n)), 0, 6)
  bytes[6] = VERSION | (bytes[6]! & 0x0f)
  bytes[8] = VARIANT | (bytes[8]! & 0x3f)
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** When the call of that id began: from the first up to, but not with, the last. Undefined for an id not made here. */
export function timeOfRecordId(id: string): { fromMs: number; toMs: number } | undefined {
  const match = SHAPE.exec(id)
  if (!match) return undefined
  const fromMs = Number.parseInt(match[1]! + match[2]!, 16)
  return fromMs < END_OF_TIME ? { fromMs, toMs: fromMs + 1 } : undefined
}

const VERSION = 0x80
const VARIANT = 0x80
const SHAPE = /^([0-9a-f]{8})-([0-9a-f]{4})-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i
/** No record is of the year 9999, and times after it are written differently. */
const END_OF_TIME = Date.UTC(9999, 0)
