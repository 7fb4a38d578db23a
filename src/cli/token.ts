import { type Command, InvalidArgumentError } from 'commander'
import { rowsOf } from '../auth/queries.ts'
import { createToken, expiryAfter, importToken, isKey, revokeToken } from '../auth/tokens.ts'
import { withPool } from './database.ts'
import { CliError } from './errors.ts'
import { columnText, findUserId } from './find.ts'
import { complain, type OutputOptions, printAll, printOne } from './output.ts'
import { readSecret } from './secrets.ts'

/** `pbx-api token …` */
export function addTokenCommands(program: Command): void {
  const token = program.command('token').description('keys for the API')
  token
    .command('create <username>')
    .description('make a token for a user; its key is shown this once')
    .option('-n, --name <name>', 'what it is for', '')
    .option('--days <number>', 'how long it lives (default: TOKEN_TTL_DAYS; 0: for ever)', days)
    .option('--json', 'tell the result as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  pbx-api token create anna\n  pbx-api token create backup --name nightly --days 90 --json',
    )
    .action(create)
  token
    .command('list [username]')
    .description("list tokens, of one user or everybody's; never their keys")
    .option('--json', 'tell the result as JSON')
    .addHelpText('after', '\nExamples:\n  pbx-api token list\n  pbx-api token list anna --json')
    .action(list)
  token
    .command('revoke')
    .argument('<id>', 'as "token list" tells it', wholeNumber)
    .description('end a token at once, on every server')
    .addHelpText('after', '\nExample:\n  pbx-api token list anna\n  pbx-api token revoke 17')
    .action(revoke)
  token
    .command('import <username>')
    .description('give a user a key it had in DjangoPBX (table authtoken_token), so that its clients need no change')
    .option('-n, --name <name>', 'what it is for', 'imported')
    .option('--key-stdin', 'read the key from standard input')
    .option('--json', 'tell the result as JSON')
    .addHelpText('after', IMPORT_EXAMPLES)
    .action(importKey)
}

const IMPORT_EXAMPLES = `
Examples:
  pbx-api token import anna
  psql -At djangopbx -c "SELECT key FROM authtoken_token JOIN auth_user u ON u.id = user_id
    WHERE username = 'anna'" | pbx-api token import anna --key-stdin`

async function create(username: string, options: OutputOptions & { name: string; days?: number }): Promise<void> {
  const name = nameOf(options)
  await withPool(async (pool, config) => {
    const userId = await findUserId(pool, username)
    const days = options.days === undefined ? config.tokenTtlDays : options.days || null
    const { id, key, expires } = await createToken(pool, { userId, name, expires: expiryAfter(days) })
    printOne({ id, username, name, key, expires }, options)
  })
}

const LIST = `SELECT t.id, u.username, t.name, t.created, t.expires, t.last_used
  FROM tokens t JOIN users u ON u.id = t.user_id WHERE $1::int IS NULL OR u.id = $1 ORDER BY u.username, t.id`

async function list(username: string | undefined, options: OutputOptions): Promise<void> {
  await withPool(async (pool) => {
    const userId = username === undefined ? null : await findUserId(pool, username)
    const rows = await rowsOf<Record<string, unknown>>(pool, LIST, [userId])
    printAll(['id', 'username', 'name', 'created', 'expires', 'last_used'], rows, options)
  })
}

async function revoke(id: number): Promise<void> {
  await withPool(async (pool) => {
    if (!(await revokeToken(pool, id))) throw new CliError(`There is no token ${id}.`)
    complain(`Token ${id} was revoked.`)
  })
}

async function importKey(
  username: string,
  options: OutputOptions & { name: string; keyStdin?: boolean },
): Promise<void> {
  const name = nameOf(options)
  await withPool(async (pool) => {
    const userId = await findUserId(pool, username)
    const key = await readSecret('Key', { stdin: options.keyStdin ?? false, option: '--key-stdin' })
    if (!isKey(key)) throw new CliError('A key is 40 hexadecimal digits in lower case.')
    const id = await importToken(pool, userId, key, name).catch((error: { code?: string }) => {
      throw error.code === UNIQUE_VIOLATION ? new CliError('There is a token with this key already.') : error
    })
    printOne({ id, username, name }, options)
  })
}

const UNIQUE_VIOLATION = '23505'

function nameOf({ name }: { name: string }): string {
  return name === '' ? '' : columnText('Token', 'name', name)
}

function days(text: string): number {
  const value = wholeNumber(text)
  if (value > MAX_DAYS) throw new InvalidArgumentError(`It should be ${MAX_DAYS} at most.`)
  return value
}

const MAX_DAYS = 36_500

/** Up to what PostgreSQL's integer holds. */
function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It should be a whole number.')
  return Number(text)
}
