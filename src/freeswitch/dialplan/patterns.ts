/**
 * Regular expressions as conditions of a dialplan have them: PCRE's. Only what no version of PCRE takes is an error
 * here; a pattern of which that is not certain is left to the switch, which says so in its log.
 */

/** What is wrong with a pattern; undefined: nothing that is known here. */
export function patternError(pattern: string): string | undefined {
  // Longer ones would take longer to read than they are worth.
  if (pattern.length > LONGEST) return undefined
  // The switch makes a regular expression of `_NXX.`, the way Asterisk writes numbers.
  if (pattern.startsWith('_')) return undefined
  const body = withoutDelimiters(pattern)
  // Comments and blanks mean nothing in an extended pattern, which is another language to read.
  if (body === undefined || /\(\?[a-zA-Z^-]*x/.test(body)) return undefined
  return new Reader(body.replace(EXPANSION, 'x')).error()
}

const LONGEST = 4096

/** Variables become text before the pattern is read. */
const EXPANSION = /\${1,2}\{(?:[^{}]|\{[^{}]*\})*\}/g

/** `/pattern/flags` is the pattern with flags; undefined where a flag changes how it is read. */
function withoutDelimiters(pattern: string): string | undefined {
  if (!pattern.startsWith('/')) return pattern
  const end = pattern.lastIndexOf('/')
  if (end === 0) return undefined
  return /x/.test(pattern.slice(end + 1)) ? undefined : pattern.slice(1, end)
}

/** References, calls, comments and verbs: parentheses that hold no pattern. */
const CLOSED = /^\(\?(?:R|[+-]?\d+|&\w+|P[>=]\w+|C[^)]*|#[^)]*|[\^a-zA-Z-]*)\)|^\(\*[^)]*\)/
/** How a group begins. */
const OPENED = /^\((?:\?(?:P?<(?![=!])[^>]*>|'[^']*'|<?[=!]|[:|>]|[\^a-zA-Z-]*:|(?=\()))?/
/** Those whose text can be referred to. */
const CAPTURING = /^\((?:$|\?(?:P?<(?![=!])|'))/
/** The condition of a conditional group, unless it is a group that looks around. */
const CONDITION = /^\((?![?*])[^)]*\)/
const COUNTED = /^\{(\d+)(?:(,)(\d*))?\}/
const MOST_TIMES = 65_535

class Reader {
  private readonly text: string
  private at = 0
  /** Whether a quantifier may stand here. */
  private repeatable = false
  private readonly open: number[] = []
  private groups = 0
  private highestReference = 0

  constructor(text: string) {
    this.text = text
  }

  error(): string | undefined {
    while (this.at < this.text.length) {
      const error = this.step()
      if (error) return error
    }
    if (this.open.length > 0) return `A ( is not closed (character ${this.open.at(-1)! + 1}).`
    if (this.highestReference > this.groups) return `There is no group ${this.highestReference} to refer to.`
    return undefined
  }

  private step(): string | undefined {
    switch (this.text[this.at]) {
      case '\\':
        return this.escape()
      case '[':
        return this.bracket()
      case '(':
        return this.parenthesis()
      case ')':
        if (this.open.pop() === undefined) return `A ) has no ( before it (character ${this.at + 1}).`
        return this.take(1, true)
      case '|':
        return this.take(1, false)
      case '*':
      case '+':
      case '?':
        return this.quantifier(1)
      case '{':
        return this.counted()
      default:
        return this.take(1, true)
    }
  }

  private take(length: number, repeatable: boolean): undefined {
    this.at += length
    this.repeatable = repeatable
  }

  private escape(): string | undefined {
    const rest = this.text.slice(this.at)
    if (rest.length === 1) return 'A \\ stands at the end, where there is nothing for it to escape.'
    if (rest[1] === 'Q') {
      const end = rest.indexOf('\\E', 2)
      return this.take(end < 0 ? rest.length : end + 2, true)
    }
    // Of more digits it could be a character's octal number.
    if (/^\\[1-9](?!\d)/.test(rest)) this.highestReference = Math.max(this.highestReference, Number(rest[1]))
    const braced = /^\\[a-zA-Z]\{[^}]*\}/.exec(rest)
    return this.take(braced ? braced[0].length : 2, true)
  }

  /** A class: what stands in it, up to a ] that is not its first character. */
  private bracket(): string | undefined {
    const start = this.at
    this.at += this.text[this.at + 1] === '^' ? 2 : 1
    if (this.text[this.at] === ']') this.at += 1
    while (this.at < this.text.length) {
      const rest = this.text.slice(this.at)
      if (rest.startsWith(']')) return this.take(1, true)
      const range = /^([A-Za-z0-9])-([A-Za-z0-9])/.exec(rest)
      if (range && range[2]! < range[1]!) return `The range ${range[0]} is upside down (character ${this.at + 1}).`
      const named = /^\[([:.=])[^\]]*\1\]/.exec(rest)
      this.at += named?.[0].length ?? range?.[0].length ?? this.inClass(rest)
    }
    return `A [ is not closed (character ${start + 1}).`
  }

  private inClass(rest: string): number {
    if (!rest.startsWith('\\')) return 1
    if (rest[1] !== 'Q') return 2
    const end = rest.indexOf('\\E', 2)
    return end < 0 ? rest.length : end + 2
  }

  private parenthesis(): string | undefined {
    const rest = this.text.slice(this.at)
    const closed = CLOSED.exec(rest)
    if (closed) return this.take(closed[0].length, true)
    const opened = OPENED.exec(rest)![0]
    if (opened === '(' && /^\(\?[^<'PR&+\-0-9^CimsxnJUaX(*]/.test(rest)) {
      return `(?${rest[2]} is not the beginning of any group (character ${this.at + 1}).`
    }
    if (opened === '(' && rest[1] === '?') {
      // A beginning that is not known here.
      this.at = this.text.length
      this.open.length = 0
      this.highestReference = 0
      return undefined
    }
    if (CAPTURING.test(opened)) this.groups += 1
    this.open.push(this.at)
    const condition = opened === '(?' ? CONDITION.exec(rest.slice(2)) : null
    return this.take(opened.length + (condition?.[0].length ?? 0), false)
  }

  private counted(): string | undefined {
    const found = COUNTED.exec(this.text.slice(this.at))
    if (!found) return this.take(1, true)
    const [whole, least, , most] = found
    if (Number(least) > MOST_TIMES || Number(most) > MOST_TIMES) return `${whole} is more than ${MOST_TIMES} times.`
    if (most && Number(most) < Number(least)) return `In ${whole} the first number is the greater one.`
    return this.quantifier(whole.length)
  }

  private quantifier(length: number): string | undefined {
    if (!this.repeatable) return `There is nothing for ${this.text[this.at]} to repeat (character ${this.at + 1}).`
    const greed = /^[+?]/.test(this.text.slice(this.at + length)) ? 1 : 0
    return this.take(length + greed, false)
  }
}
