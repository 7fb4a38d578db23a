/** Booleans, also as the words and digits that the original's clients send. */
import { type Parser, parsed, quoted, refused } from './parsed.ts'

const WORDS: Record<string, boolean> = {
  true: true,
  '1': true,
  yes: true,
  t: true,
  false: false,
  '0': false,
  no: false,
  f: false,
}

/** true, 1, "true", "1", "yes", "t" and their opposites, in any case (contract section 2). */
export const booleanParser: Parser = (input) => {
  if (typeof input === 'boolean') return parsed(input)
  const word = typeof input === 'string' || typeof input === 'number' ? String(input).trim().toLowerCase() : ''
  if (Object.hasOwn(WORDS, word)) return parsed(WORDS[word])
  return refused(`"${quoted(input)}" is not a valid choice.`)
}
