/** How FreeSWITCH takes a line apart, as a model of its own words: what it understands of a command that we made. */

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', s: ' ' }

/** Parts between delimiters outside quotes; each loses its quotes, its escapes and the spaces around it. */
export function takenApart(text: string, delimiter: string, most = Number.POSITIVE_INFINITY): string[] {
  const parts: string[] = []
  let part = ''
  let quoted = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!
    if (character === '\\') {
      part += character + (text[at + 1] ?? '')
      at += 1
      continue
    }
    const isQuote = character === "'" && (delimiter === ' ' || quoted || text.includes("'", at + 1))
    if (isQuote) quoted = !quoted
    if (character === delimiter && !quoted && parts.length + 1 < most) {
      if (delimiter !== ' ' || part !== '') parts.push(part)
      part = ''
    } else {
      part += character
    }
  }
  if (part !== '') parts.push(part)
  return parts.map((one) => withoutQuotes(one, delimiter))
}

function withoutQuotes(part: string, delimiter: string): string {
  let plain = ''
  let end = 0
  let quoted = false
  const text = part.replace(/^ +/, '')
  for (let at = 0; at < text.length; at += 1) {
    const [character, next = ''] = [text[at]!, text[at + 1]]
    if (
      character === '\\' &&
      (`'"\\`.includes(next || ' ') || (delimiter !== ' ' && next === delimiter) || next in ESCAPED)
    ) {
      plain += ESCAPED[next] ?? next
      at += 1
      end = plain.length
    } else if (character === "'" && (quoted || text.includes("'", at + 1))) {
      quoted = !quoted
      end = Math.max(end, plain.length)
    } else {
      plain += character
      if (character !== ' ' || quoted) end = plain.length
    }
  }
  return plain.slice(0, end)
}

/** What originate makes of its first word: the variables of the block before the endpoint, in order. */
export function variablesIn(word: string): { variables: [name: string, value: string][]; endpoint: string } {
  if (!word.startsWith('{')) return { variables: [], endpoint: word }
  let depth = 0
  let end = 0
  for (; end < word.length; end += 1) {
    if (word[end] === '{') depth += 1
    if (word[end] === '}') depth -= 1
    if (depth === 0) break
  }
  const pairs = takenApart(word.slice(1, end), ',').map((pair) => takenApart(pair, '=', 2))
  return { variables: pairs.map(([name = '', value = '']) => [name, value]), endpoint: word.slice(end + 1) }
}
