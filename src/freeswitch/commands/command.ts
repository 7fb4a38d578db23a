import { ArgumentError } from '../errors.ts'

/** One command of the switch's API. Only the functions of `src/freeswitch/commands.ts` make one. */
export interface Command {
  /** The API's name and its arguments, in one line. */
  readonly text: string
  /** Slow work: the switch does it beside what else it is asked, and tells when it is done. */
  readonly background: boolean
  readonly timeoutMs: number
  /** Why a reply that is no `-ERR` means no all the same; undefined: it does not. */
  readonly refusal?: (reply: string) => string | undefined
}

const TIMEOUT_MS = 5_000
const BACKGROUND_TIMEOUT_MS = 30_000

/** A command that is done at once, of words that were checked; empty ones are left out. */
export function quick(...words: readonly string[]): Command {
  return { text: line(words), background: false, timeoutMs: TIMEOUT_MS }
}

/** A command that may take its time. */
export function slow(...words: readonly string[]): Command {
  return { text: line(words), background: true, timeoutMs: BACKGROUND_TIMEOUT_MS }
}

/** Whatever an argument's own check let through: a line's end would begin another command. */
function line(words: readonly string[]): string {
  const text = words.filter((word) => word !== '').join(' ')
  if (/\p{Cc}/u.test(text)) throw new ArgumentError('A control character cannot be said to a telephone switch.')
  return text
}
