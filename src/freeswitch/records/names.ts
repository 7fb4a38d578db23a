/**
 * Names of elements, which are the same few hundred in every record. One that was seen before is found by its characters
 * and given as the very same string: JavaScript would else look up each new copy among all strings it knows before it
 * can name a property, which takes longer than everything else that is done with an element.
 */

const SLOTS = 4096
/** FreeSWITCH's names are shorter; others need no place. */
const LONGEST = 64
const FACTOR = 31

/** A name has one place, by its hash, and keeps it until another comes that has the same. */
const seen = new Array<string>(SLOTS).fill('')

/** The hash of a name, of one character after the other. Begin with 0. */
export const hashed = (hash: number, character: number): number => (Math.imul(hash, FACTOR) + character) | 0

/** `text` from `start` to before `end`, whose hash that is. */
export function nameIn(text: string, start: number, end: number, hash: number): string {
  const slot = (hash ^ (hash >>> 16)) & (SLOTS - 1)
  const known = seen[slot]!
  if (known.length === end - start && text.startsWith(known, start)) return known
  const name = text.slice(start, end)
  if (name.length > LONGEST) return name
  // A slice would keep the whole record in memory.
  const copy = Buffer.from(name).toString()
  seen[slot] = copy
  return copy
}
