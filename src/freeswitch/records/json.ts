/** The JSON of mod_json_cdr, held to the same limits as XML before anything of it is built. */
import { checkCount, checkDepth } from './limits.ts'
import type { RecordValue } from './shape.ts'
import { UnreadableRecord } from './unreadable.ts'

export function parseJson(text: string): RecordValue {
  measure(text)
  try {
    return JSON.parse(storable(text)) as RecordValue
  } catch {
    // The reason would quote the record, which is the caller's business.
    throw new UnreadableRecord('The call record is not valid JSON.')
  }
}

/** Depth and number of values, from the brackets, commas and quotes alone. */
function measure(text: string): void {
  let depth = 0
  let count = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '"') {
      at = endOfString(text, at)
    } else if (character === '{' || character === '[') {
      depth += 1
      checkDepth(depth)
    } else if (character === '}' || character === ']') {
      depth -= 1
    } else if (character === ',' || character === ':') {
      count += 1
      checkCount(count)
    }
  }
}

/** Where the quote is that ends the string which begins at `start`; the end of the text when none does. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at += 1) {
    at = text.indexOf('"', at)
    if (at === -1) return text.length
    let backslashes = 0
    while (text[at - 1 - backslashes] === '\\') backslashes += 1
    if (backslashes % 2 === 0) return at
  }
}

const UNSTORABLE = /\\u(?:0000|d[89a-f])/i
/** Each escape whole, so that the backslash of one is never taken for the beginning of another. */
const ESCAPE = /\\(?:(u0000)|u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})|(ud[89a-f][0-9a-f]{2})|[\s\S])/gi

/** Without the NULs and lone surrogates that JSON can write, and PostgreSQL's jsonb cannot hold. */
function storable(text: string): string {
  if (!UNSTORABLE.test(text)) return text
  return text.replace(ESCAPE, (whole, nul: string, _high: string, _low: string, lone: string) => {
    if (nul) return ''
    return lone ? '\ufffd' : whole
  })
}
