/**
 * Bind messages of PostgreSQL's protocol for values that are long together, written once and into memory that is used
 * again. Long buffers of their own are costlier than what they hold: the system has to find and clear each of their
 * pages, and pg builds a message by making ever longer ones.
 */

/** As bytes of the protocol's integers. */
const [INT16, INT32] = [2, 4]
const BIND = 'B'.charCodeAt(0)
const NULL_LENGTH = -1
/** The format of a value. */
const TEXT = 0
/** What a message has beside its values: its type and length, the ends of two names, two counts, the results' format. */
const FIXED_BYTES = 1 + INT32 + 1 + 1 + INT16 + INT16 + INT16 + INT16

/** How long a message will be. */
export function bindBytes(statement: string, values: readonly (string | null)[]): number {
  let bytes = FIXED_BYTES + Buffer.byteLength(statement)
  for (const value of values) bytes += INT16 + INT32 + (value === null ? 0 : Buffer.byteLength(value))
  return bytes
}

/** Writes a message to the unnamed portal, all values and results as text, into memory that is long enough for it. */
export function writeBind(memory: Buffer, statement: string, values: readonly (string | null)[]): Buffer {
  let at = memory.writeUInt8(BIND)
  at += INT32
  at = memory.writeUInt8(0, at)
  at += memory.write(statement, at)
  at = memory.writeUInt8(0, at)
  at = memory.writeUInt16BE(values.length, at)
  memory.fill(TEXT, at, at + INT16 * values.length)
  at += INT16 * values.length
  at = memory.writeUInt16BE(values.length, at)
  for (const value of values) {
    if (value === null) {
      at = memory.writeInt32BE(NULL_LENGTH, at)
      continue
    }
    const bytes = memory.write(value, at + INT32)
    memory.writeInt32BE(bytes, at)
    at += INT32 + bytes
  }
  at = memory.writeInt16BE(1, at) // one format for all results
  at = memory.writeInt16BE(TEXT, at)
  memory.writeInt32BE(at - 1, 1)
  return memory.subarray(0, at)
}

/** Longer than what is usual is not kept: a hostile body would be for good. */
const MOST_BYTES_KEPT = 4 * 2 ** 20
const LEAST_BYTES = 2 ** 18
const MOST_KEPT = 4
const kept: Buffer[] = []

/** Memory of at least that many bytes, whatever they hold; to be given back once nobody reads it. */
export function takeMemory(bytes: number): Buffer {
  const index = kept.findIndex(({ length }) => length >= bytes)
  if (index >= 0) return kept.splice(index, 1)[0]!
  return Buffer.allocUnsafeSlow(
    bytes > MOST_BYTES_KEPT ? bytes : Math.max(LEAST_BYTES, 2 ** Math.ceil(Math.log2(bytes))),
  )
}

export function giveMemory(memory: Buffer): void {
  if (memory.length > MOST_BYTES_KEPT) return
  kept.push(memory)
  // The shortest goes, since longer ones serve as well.
  if (kept.length > MOST_KEPT) kept.sort((a, b) => b.length - a.length).pop()
}
