/** What a file is called, by itself: no path, and nothing that a shell, a dialplan or a terminal takes for its own. */
import type { Extension } from './store.ts'

const LONGEST = 100
const SUFFIX = /\.[a-z][a-z0-9]{1,4}$/i

/** The name a caller gave, as it is kept: with the suffix of what the file really is. `fallback` where nothing is left. */
export function plainName(given: string, extension: Extension, fallback: string): string {
  const ending = `.${extension}`
  const stem = stemOf(plain(given)).replace(/^[.-]+/, '') || fallback
  return [...stem].slice(0, LONGEST - ending.length).join('') + ending
}

/** A name without its suffix. */
export const stemOf = (name: string): string => name.replace(SUFFIX, '')

function plain(given: string): string {
  const last = given.split(/[/\\]/).at(-1)!
  const words = last.normalize('NFC').trim().replace(/\s+/gu, '_')
  return words.replace(/[^\p{L}\p{M}\p{N}_.-]/gu, '')
}
