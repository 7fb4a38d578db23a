import type { Command } from 'commander'
import { rowsOf } from '../auth/queries.ts'
import { createUser, ensureGroups, setPassword, setPasswordHash } from '../auth/users.ts'
import { withPool } from './database.ts'
import { columnText, findDomainId, findUserId } from './find.ts'
import { complain, type OutputOptions, printAll, printOne } from './output.ts'
import { readNewPassword, readSecret } from './secrets.ts'

interface CreateOptions extends OutputOptions {
  readonly group: string[]
  readonly domain?: string
  readonly email?: string
  readonly superuser?: boolean
  readonly password: boolean
  readonly passwordStdin?: boolean
  readonly hashStdin?: boolean
}

interface PasswordOptions {
  readonly passwordStdin?: boolean
  readonly hashStdin?: boolean
  readonly keepTokens?: boolean
}

const HASH_OPTION = [
  '--hash-stdin',
  "read the password's hash, ours or Django's (pbkdf2_sha256$…), from standard input: users of DjangoPBX keep theirs",
] as const

const gather = (value: string, before: string[]) => [...before, value]

/** `pbx-api user …` */
export function addUserCommands(program: Command): void {
  const user = program.command('user').description('people who sign in')
  user
    .command('create <username>')
    .description('make a user, with its profile')
    .option(
      '-g, --group <name>',
      'put it in this group; may be repeated (user_api, minor_admin_api, admin_api)',
      gather,
      [],
    )
    .option('-d, --domain <name>', 'its tenant')
    .option('-e, --email <address>', 'its e-mail address')
    .option('--superuser', 'an administrator whatever its groups')
    .option('--no-password', 'make it without a password, for tokens only')
    .option('--password-stdin', 'read the password from standard input')
    .option(...HASH_OPTION)
    .option('--json', 'tell the result as JSON')
    .addHelpText('after', CREATE_EXAMPLES)
    .action(create)
  user
    .command('password <username>')
    .description("change a user's password, which ends its tokens")
    .option('--password-stdin', 'read the password from standard input')
    .option(...HASH_OPTION)
    .option('--keep-tokens', 'let its tokens live on')
    .addHelpText('after', PASSWORD_EXAMPLES)
    .action(changePassword)
  user
    .command('list')
    .description('list users')
    .option('-d, --domain <name>', 'of this tenant only')
    .option('--json', 'tell the result as JSON')
    .addHelpText('after', '\nExamples:\n  pbx-api user list\n  pbx-api user list --domain acme.example --json')
    .action(list)
}

const CREATE_EXAMPLES = `
Examples:
  pbx-api user create anna --group minor_admin_api --domain acme.example
  pbx-api user create backup --group admin_api --no-password
  pass show pbx/anna | pbx-api user create anna --password-stdin`

const PASSWORD_EXAMPLES = `
Examples:
  pbx-api user password anna
  openssl rand -base64 18 | tee new-password | pbx-api user password anna --password-stdin`

async function create(name: string, options: CreateOptions): Promise<void> {
  const username = columnText('User', 'username', name)
  const email = options.email === undefined ? '' : columnText('User', 'email', options.email)
  await withPool(async (pool) => {
    // Before the password is asked for: a wrong name is told at once.
    const domainId = options.domain === undefined ? null : await findDomainId(pool, options.domain)
    const password = await passwordFor(username, options)
    await ensureGroups(pool)
    const { group: groups, superuser: isSuperuser = false } = options
    const id = await createUser(pool, { username, groups, domainId, email, isSuperuser, ...password })
    printOne({ id, username, groups, domain: options.domain ?? null }, options)
  })
}

async function passwordFor(username: string, options: CreateOptions): Promise<{ password?: string; hash?: string }> {
  if (options.hashStdin) return { hash: await readSecret('Hash', { stdin: true, option: '--hash-stdin' }) }
  if (!options.password) return {}
  return { password: await readNewPassword(username, { stdin: options.passwordStdin ?? false }) }
}

async function changePassword(username: string, options: PasswordOptions): Promise<void> {
  await withPool(async (pool) => {
    const userId = await findUserId(pool, username)
    const revoke = !options.keepTokens
    if (options.hashStdin) {
      const hash = await readSecret('Hash', { stdin: true, option: '--hash-stdin' })
      await setPasswordHash(pool, userId, hash, { revoke })
    } else {
      const password = await readNewPassword(username, { stdin: options.passwordStdin ?? false })
      await setPassword(pool, userId, password, { revoke })
    }
    complain(`The password of "${username}" was changed${revoke ? ' and its tokens revoked' : ''}.`)
  })
}

const LIST = `SELECT u.id, u.username, u.email, d.name AS domain, u.is_active AND coalesce(p.enabled, true) AS active,
    ARRAY(SELECT g.name::text FROM user_groups ug JOIN groups g ON g.id = ug.group_id
          WHERE ug.user_id = u.id ORDER BY g.name) AS groups,
    u.is_superuser AS superuser, u.last_login
  FROM users u LEFT JOIN profiles p ON p.user_id = u.id LEFT JOIN domains d ON d.id = p.domain_id
  WHERE $1::uuid IS NULL OR d.id = $1 ORDER BY u.username`

async function list(options: OutputOptions & { readonly domain?: string }): Promise<void> {
  await withPool(async (pool) => {
    const domainId = options.domain === undefined ? null : await findDomainId(pool, options.domain)
    const rows = await rowsOf<Record<string, unknown>>(pool, LIST, [domainId])
    printAll(['id', 'username', 'email', 'domain', 'active', 'superuser', 'groups', 'last_login'], rows, options)
  })
}
