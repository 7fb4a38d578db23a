/** Secrets come from a terminal without echo or from standard input: arguments can be read in any process list. */
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { checkPassword } from '../auth/passwords.ts'
import { CliError } from './errors.ts'

const INTERRUPTED = 130

/** A new password for a user, typed twice or piped, that keeps the rules. */
export async function readNewPassword(username: string, { stdin }: { stdin: boolean }): Promise<string> {
  const password = await readSecret('Password', { stdin, option: '--password-stdin' })
  const faults = checkPassword(password, username)
  if (faults.length > 0) throw new CliError(faults.join('\n'))
  if (!stdin && (await ask('Password again: ')) !== password) throw new CliError('The two passwords differ.')
  return password
}

/** A secret, typed or piped. One line end after it is not part of it. */
export async function readSecret(what: string, { stdin, option }: { stdin: boolean; option: string }): Promise<string> {
  if (!stdin && !process.stdin.isTTY) {
    throw new CliError(`There is no terminal to ask on: pipe the ${what.toLowerCase()} in with ${option}.`)
  }
  const secret = stdin ? (await text(process.stdin)).replace(/\r?\n$/, '') : await ask(`${what}: `)
  if (secret === '') throw new CliError(`The ${what.toLowerCase()} is empty.`)
  return secret
}

async function ask(prompt: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  process.stderr.write(prompt)
  terminal.once('SIGINT', () => {
    terminal.close()
    process.stderr.write('\n')
    process.exit(INTERRUPTED) // the embedded server is stopped by its own exit handler
  })
  try {
    return await terminal.question('')
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}
