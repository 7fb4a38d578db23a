/** Making users and their passwords, for the command line, the first start and the users resource. */
import { randomInt } from 'node:crypto'
import { ROLES, type Role } from '../rest/caller.ts'
import { ValidationError } from '../rest/errors.ts'
import { hashPassword, isUsableHash } from './passwords.ts'
import { atomically, type Queries, rowsOf } from './queries.ts'

export interface NewUser {
  readonly username: string
  /** Left out: the user cannot sign in with one, but may be given tokens. */
  readonly password?: string
  /** A hash of the password, ours or Django's, in its place. */
  readonly hash?: string
  /** Names of groups. */
  readonly groups?: readonly string[]
  readonly domainId?: string | null
  readonly email?: string
  readonly isSuperuser?: boolean
}

/** Two servers that start at once make one administrator between them; any number will do that nobody else uses. */
const ADMINISTRATOR_LOCK = 7_209_401
const ADMINISTRATOR: Role = 'admin_api'

/** Gives a user a new password. Its tokens end with the old one unless `revoke` is false. */
export async function setPassword(
  queries: Queries,
  userId: number,
  plain: string,
  options: { revoke?: boolean } = {},
): Promise<void> {
  await setPasswordHash(queries, userId, await hashPassword(plain), options)
}

/** The same from a hash, ours or Django's. */
export async function setPasswordHash(
  queries: Queries,
  userId: number,
  hash: string,
  { revoke = true }: { revoke?: boolean } = {},
): Promise<void> {
  checkHash(hash)
  await atomically(queries, async (tx) => {
    // First the hash: a login with the old password waits for it, or was before it and its token ends below.
    await tx.query(
      `INSERT INTO user_passwords (user_id, hash) VALUES ($1, $2)
       ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed = now()`,
      [userId, hash],
    )
    if (revoke) await tx.query('DELETE FROM tokens WHERE user_id = $1', [userId])
  })
}

/** Makes a user with its profile and its groups, and returns the user's id. The password's quality is not looked at. */
export async function createUser(queries: Queries, user: NewUser): Promise<number> {
  const { username, password, groups = [], domainId = null, email = '', isSuperuser = false } = user
  const hash = password === undefined ? user.hash : await hashPassword(password)
  if (hash !== undefined) checkHash(hash)
  return atomically(queries, async (tx) => {
    const taken = 'SELECT 1 FROM users WHERE username = $1 UNION ALL SELECT 1 FROM profiles WHERE username = $1'
    if ((await rowsOf(tx, taken, [username])).length > 0) throw usernameTaken()
    const userId = await insertUser(tx, username, email, isSuperuser)
    await tx.query('INSERT INTO profiles (user_id, username, email, domain_id) VALUES ($1, $2, $3, $4)', [
      userId,
      username,
      email || null,
      domainId,
    ])
    if (hash) await tx.query('INSERT INTO user_passwords (user_id, hash) VALUES ($1, $2)', [userId, hash])
    await addToGroups(tx, userId, groups)
    return userId
  })
}

/** Makes the groups that give the roles, unless they are there. */
export async function ensureGroups(queries: Queries): Promise<void> {
  await queries.query(
    `INSERT INTO groups (name) SELECT name FROM unnest($1::text[]) WITH ORDINALITY AS given (name, place)
     WHERE NOT EXISTS (SELECT 1 FROM groups AS g WHERE g.name = given.name) ORDER BY place ON CONFLICT DO NOTHING`,
    [[...ROLES].reverse()],
  )
}

/**
 * Makes the first administrator, when nobody is in admin_api or a superuser; a password is made up unless given, and
 * returned then only. Null: there is one, or the name belongs to somebody who is none and stays so.
 */
export function ensureAdministrator(
  queries: Queries,
  { username, password }: { username: string; password?: string },
): Promise<{ username: string; password?: string } | null> {
  return atomically(queries, async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [ADMINISTRATOR_LOCK])
    const inTheWay = await rowsOf(
      tx,
      `SELECT 1 FROM users AS u WHERE u.is_superuser OR u.username = $1 OR EXISTS (
         SELECT 1 FROM user_groups AS ug JOIN groups AS g ON g.id = ug.group_id WHERE ug.user_id = u.id AND g.name = $2)
       LIMIT 1`,
      [username, ADMINISTRATOR],
    )
    if (inTheWay.length > 0) return null
    await ensureGroups(tx)
    const chosen = password ?? readablePassword()
    await createUser(tx, { username, password: chosen, groups: [ADMINISTRATOR] })
    return password === undefined ? { username, password: chosen } : { username }
  })
}

/** A random password of 100 bits without letters and digits that look alike: `k7mp2-29qht-…`. */
export function readablePassword(): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'
  const group = () => Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('')
  return [group(), group(), group(), group()].join('-')
}

function checkHash(hash: string): void {
  if (!isUsableHash(hash)) throw new ValidationError({ hash: ['This is no password hash that can be verified.'] })
}

async function insertUser(tx: Queries, username: string, email: string, isSuperuser: boolean): Promise<number> {
  const rows = await rowsOf<{ id: number }>(
    tx,
    // Django's own administrators are is_staff as well.
    `INSERT INTO users (username, email, is_superuser, is_staff) VALUES ($1, $2, $3, $3)
     ON CONFLICT (username) DO NOTHING RETURNING id`,
    [username, email, isSuperuser],
  )
  if (!rows[0]) throw usernameTaken() // in the meantime
  return rows[0].id
}

async function addToGroups(tx: Queries, userId: number, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const added = await rowsOf<{ name: string }>(
    tx,
    `WITH found AS (SELECT id, name FROM groups WHERE name = ANY($2)),
       added AS (INSERT INTO user_groups (user_id, group_id) SELECT $1, id FROM found)
     SELECT name FROM found`,
    [userId, names],
  )
  const unknown = names.filter((name) => !added.some((group) => group.name === name))
  if (unknown.length > 0) {
    throw new ValidationError({ groups: unknown.map((name) => `Object with name=${name} does not exist.`) })
  }
}

const usernameTaken = () => new ValidationError({ username: ['A user with that username already exists.'] })
