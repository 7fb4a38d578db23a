/** How much a record may be: far more than FreeSWITCH writes, and little enough to read at once. */
import { UnreadableRecord } from './unreadable.ts'

export const DEEPEST = 64
export const MOST = 100_000

/** Throws where a record nests too deeply. */
export function checkDepth(depth: number): void {
  if (depth > DEEPEST) throw new UnreadableRecord(`The call record is nested more than ${DEEPEST} deep.`)
}

/** Throws where a record has too many elements, attributes or values. */
export function checkCount(count: number): void {
  if (count > MOST) throw new UnreadableRecord(`The call record has more than ${MOST} elements.`)
}
