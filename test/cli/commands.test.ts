import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyPassword } from '../../src/auth/passwords.ts'
import { keyHash } from '../../src/auth/tokens.ts'
import { DEFAULTS } from '../../src/modules/dialplans/defaults/index.ts'
import { runCommand } from '../support/command.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

const PROGRAM = new URL('../../src/cli/main.ts', import.meta.url).pathname
const PASSWORD = 'kite-lantern-42'
const DJANGO_HASH = 'pbkdf2_sha256$1000$seasalt$DrdiWD40lyBuydnjvZiDrdQMx1S1mOA9O0QYex0R6ww='

let database: TestDatabase
let client: pg.Client

beforeAll(async () => {
  database = await createDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await database?.drop()
})

it('manages a tenant, its user and the user’s tokens', async () => {
  const domain = await json('domain create acme.example --switch switch2')
  expect(domain).toMatchObject({ name: 'acme.example', home_switch: 'switch2' })
  const entries = await client.query('SELECT count(*)::int AS count, min(context) AS context FROM dialplans')
  expect(entries.rows).toEqual([{ count: DEFAULTS.length, context: 'acme.example' }])

  const groups = ['user_api', 'minor_admin_api']
  const flags = '--group user_api -g minor_admin_api --domain acme.example --email anna@acme.example'
  const user = await json(`user create anna ${flags} --password-stdin`, `${PASSWORD}\n`)
  expect(user).toEqual({ id: expect.any(Number), username: 'anna', groups, domain: 'acme.example' })
  expect((await verifyPassword(PASSWORD, await hashOf('anna'))).ok).toBe(true)

  expect(await json('user list --domain acme.example')).toMatchObject([
    { username: 'anna', email: 'anna@acme.example', domain: 'acme.example', active: true, groups: groups.sort() },
  ])

  const token = await json('token create anna --name panel --days 30')
  expect(Date.parse(token.expires) - Date.now()).toBeGreaterThan(29 * 86_400_000)
  const { rows } = await client.query('SELECT id FROM tokens WHERE key_hash = $1', [keyHash(token.key)])
  expect(rows).toEqual([{ id: token.id }])

  const table = await pbx('token list anna')
  expect(table.out.split('\n')[0]).toMatch(/^ID +USERNAME +NAME +CREATED +EXPIRES +LAST_USED$/)
  expect(table.out.split('\n')[1]).toMatch(/^\d+ +anna +panel +\S+Z +\S+Z +-$/)
  expect(table.out).not.toContain(token.key)

  expect(await pbx(`token revoke ${token.id}`)).toMatchObject({ code: 0, err: `Token ${token.id} was revoked.\n` })
  expect(await json('token list anna')).toEqual([])
})

it('takes over users and keys of DjangoPBX', async () => {
  const key = '9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b'
  await json('user create moved --hash-stdin', DJANGO_HASH)
  expect(await hashOf('moved')).toBe(DJANGO_HASH)
  const token = await json('token import moved --key-stdin', `${key}\n`)
  expect(token).toEqual({ id: expect.any(Number), username: 'moved', name: 'imported' })
  const again = await pbx('token import moved --key-stdin', key)
  expect(again).toMatchObject({ code: 1, err: 'Error: There is a token with this key already.\n' })
})

it('changes a password and ends the tokens', async () => {
  await json('user create dora --no-password')
  await json('token create dora')
  const answer = await pbx('user password dora --password-stdin', PASSWORD)
  expect(answer).toMatchObject({ code: 0, err: 'The password of "dora" was changed and its tokens revoked.\n' })
  expect(await json('token list dora')).toEqual([])
  expect((await verifyPassword(PASSWORD, await hashOf('dora'))).ok).toBe(true)
})

describe('says in a line what is wrong:', () => {
  it.each([
    ['user password ghost --password-stdin', 'Error: There is no user "ghost".'],
    ['user create eve --domain nowhere --no-password', 'Error: There is no domain "nowhere".'],
    ['user create e/ve --no-password', 'Error: username: Enter a valid username.'],
    ['user create eve --no-password -g pilots', 'Error: groups: Object with name=pilots does not exist.'],
    ['user create eve --password-stdin', 'Error: This password is too short.'],
    ['user create eve --hash-stdin', 'Error: hash: This is no password hash that can be verified.'],
    ['user create eve', 'Error: There is no terminal to ask on: pipe the password in with --password-stdin.'],
    ['token revoke x', "error: command-argument value 'x' is invalid for argument 'id'. It should be a whole number."],
    ['token revoke 999999', 'Error: There is no token 999999.'],
    ['user flee', "error: unknown command 'flee'"],
  ])('%s', async (command, message) => {
    const answer = await pbx(command, 'short')
    expect(answer.code).toBe(1)
    expect(answer.out).toBe('')
    expect(answer.err).toContain(message)
    expect(answer.err.trim().split('\n')).toHaveLength(1)
  })
})

it('migrates, and asks for it where it is due', async () => {
  const empty = await createDatabase('nothing')
  const early = await pbx('user list', '', empty.url)
  expect(early).toMatchObject({ code: 1, err: 'Error: The database has no tables yet: run "pbx-api migrate".\n' })
  const first = await pbx('migrate', '', empty.url)
  expect(first.code).toBe(0)
  expect(first.out).toContain('_foundation\n')
  const second = await pbx('migrate', '', empty.url)
  expect(second).toEqual({ code: 0, out: '', err: 'The database is up to date.\n' })
  await empty.drop()
})

it.each([
  '',
  'user create',
  'user password',
  'user list',
  'token create',
  'token list',
  'token revoke',
  'token import',
  'domain create',
  'migrate',
])('explains "%s" with examples', async (command) => {
  const { code, out } = await pbx(`${command} --help`)
  expect(code).toBe(0)
  expect(out).toMatch(/Examples?:\n {2}\S/)
})

it('is a program of its own', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, 'user', 'create', 'eve', '--password-stdin'], {
    env: { PATH: process.env.PATH, DATABASE_URL: database.url },
  })
  child.stdin.end('short')
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ])
  const sentence = 'This password is too short. It must contain at least 10 characters.'
  expect({ code, out, err }).toEqual({ code: 1, out: '', err: `Error: ${sentence}\n` })
})

const pbx = (command: string, input = '', url = database.url) => runCommand(command, { DATABASE_URL: url }, input)

/** What a command answers with --json. */
async function json(command: string, input = '') {
  const { code, out, err } = await pbx(`${command} --json`, input)
  expect(err).toBe('')
  expect(code).toBe(0)
  return JSON.parse(out)
}

async function hashOf(username: string): Promise<string> {
  const sql = 'SELECT hash FROM user_passwords JOIN users ON id = user_id WHERE username = $1'
  return (await client.query(sql, [username])).rows[0].hash
}
