/**
 * Channel variables as originate reads them: `{name=value,name='a value'}`. The switch takes the block apart three
 * times, at spaces, at commas and at `=`, each time taking quotes and backslashes away, and expands `${…}` in what is
 * left. So of what has a meaning there only the comma is escaped, in the one way that survives; the rest is replaced or
 * dropped, since a caller id without its braces still tells who calls.
 */
import { ArgumentError } from '../errors.ts'

export type Variables = Readonly<Record<string, string | number | boolean | null | undefined>>

/** The block, or nothing where no variable has a value: the switch does not tell an empty one from none. */
export function variableBlock(variables: Variables): string {
  const said = Object.entries(variables).flatMap(([name, value]) => {
    const text = variableValue(value === null || value === undefined ? '' : String(value))
    return text === '' ? [] : [`${variableName(name)}=${text}`]
  })
  return said.length > 0 ? `{${said.join(',')}}` : ''
}

/** Names whose values the switch carries out. */
const CARRIED_OUT = /^(api_|execute_on_|exec_after_|bridge_pre_execute_|record_post_process_exec_)|_hook$/i

function variableName(name: string): string {
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,127}$/.test(name) || CARRIED_OUT.test(name)) {
    throw new ArgumentError(`"${name.slice(0, 64)}" is no channel variable that can be set.`)
  }
  return name
}

const LONGEST = 1024

function variableValue(value: string): string {
  if (/[\r\n\0]/.test(value)) {
    throw new ArgumentError('A line break cannot be said to a telephone switch.')
  }
  const plain = value
    .replace(/\p{Cc}/gu, ' ')
    .replace(/[${}[\]<>|"`\\\u2028\u2029]|\p{Cs}/gu, '')
    // An apostrophe that quotes nothing.
    .replaceAll("'", '’')
    // ^^ at its beginning would choose another character to take lists apart at.
    .replace(/^[\s^]+|\s+$/g, '')
  if (plain.length > LONGEST) throw new ArgumentError(`A value of more than ${LONGEST} characters is too long.`)
  const escaped = plain.replaceAll(',', '\\,')
  return escaped === '' || /^[A-Za-z0-9_.@:/+*#-]+$/.test(escaped) ? escaped : `'${escaped}'`
}
