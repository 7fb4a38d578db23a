/** Signing in with a password, and exchanging a token for a new one. */
import type pg from 'pg'
import { ACCOUNT_COLUMNS, ACCOUNT_TABLES, type Account, isShutOut } from './accounts.ts'
import { burnDjango, djangoIterations, hashPassword, verifyAbsent, verifyPassword } from './passwords.ts'
import { atomically, type Queries, rowsOf } from './queries.ts'
import { createToken, expiryAfter, findToken, type NewToken, revokeToken } from './tokens.ts'

export interface SignedIn {
  readonly account: Account
  readonly token: NewToken
}

interface Candidate extends Account {
  readonly hash: string | null
}

const FIND_CANDIDATE = `SELECT ${ACCOUNT_COLUMNS}, up.hash
  FROM ${ACCOUNT_TABLES} LEFT JOIN user_passwords AS up ON up.user_id = u.id WHERE u.username = $1`

/** The Django hash that takes longest to verify, of those that no login has upgraded yet. */
const FIND_COSTLIEST = `SELECT hash FROM user_passwords WHERE hash LIKE 'pbkdf2\\_sha256$%'
  ORDER BY length(split_part(hash, '$', 2)) DESC, split_part(hash, '$', 2) DESC LIMIT 1`

const ATTEMPTS_AGAINST_CHANGES = 3

/**
 * Gives a new token for a right password; null, after the same time, for an unknown or disabled user or a wrong
 * password. Django's hashes become ours on the way.
 */
export async function logIn(
  pool: pg.Pool,
  credentials: { username: string; password: string },
  tokenTtlDays: number | null,
): Promise<SignedIn | null> {
  const { username, password } = credentials
  const [costliest] = await rowsOf<{ hash: string }>(pool, FIND_COSTLIEST)
  for (let attempt = 1; attempt <= ATTEMPTS_AGAINST_CHANGES; attempt += 1) {
    const [user] = await rowsOf<Candidate>(pool, FIND_CANDIDATE, [username])
    const { ok, needsRehash } = await verifyEvenly(password, user?.hash ?? '', costliest?.hash ?? '')
    if (!user?.hash || !ok || isShutOut(user)) return null
    const { hash, ...account } = user
    const newHash = needsRehash ? await hashPassword(password) : hash
    const token = await atomically(pool, (tx) => admit(tx, account, { hash, newHash }, tokenTtlDays))
    if (token) return { account, token }
    // The stored hash changed meanwhile: another login upgraded it, or the password is another now.
  }
  return null
}

/** Gives a new token of the same name and lifetime for one, which ends; null when that has ended already. */
export async function rotate(
  pool: pg.Pool,
  { tokenId, userId }: { tokenId: number; userId: number },
  tokenTtlDays: number | null,
): Promise<SignedIn | null> {
  return atomically(pool, async (tx) => {
    const old = await findToken(tx, tokenId)
    if (!old || !(await revokeToken(tx, tokenId))) return null
    const days = old.expires ? (old.expires.getTime() - old.created.getTime()) / 86_400_000 : tokenTtlDays
    const token = await createToken(tx, { userId, name: old.name, expires: expiryAfter(days) })
    const account = await findAccount(tx, userId)
    return account ? { account, token } : null
  })
}

/** What is known of a user, whatever its state. */
export async function findAccount(queries: Queries, userId: number): Promise<Account | undefined> {
  const sql = `SELECT ${ACCOUNT_COLUMNS} FROM ${ACCOUNT_TABLES} WHERE u.id = $1`
  return (await rowsOf<Account>(queries, sql, [userId]))[0]
}

/** Verifies with the same work whether or not there is such a user, and whichever kind of hash it has. */
async function verifyEvenly(password: string, stored: string, costliest: string) {
  const own = djangoIterations(stored)
  const outcome = await verifyPassword(password, stored)
  await burnDjango(password, djangoIterations(costliest) - own)
  // The right password of a Django hash will be hashed by argon2id next.
  const argon2Done = stored.startsWith('$argon2id$') || outcome.ok
  if (!argon2Done) await verifyAbsent(password)
  return outcome
}

/** The writes of a login. Locks the hash that was verified, so that a change of password is before or after, not amid. */
async function admit(
  tx: Queries,
  { userId }: Account,
  { hash, newHash }: { hash: string; newHash: string },
  tokenTtlDays: number | null,
): Promise<NewToken | null> {
  const locked =
    newHash === hash
      ? await tx.query('SELECT 1 FROM user_passwords WHERE user_id = $1 AND hash = $2 FOR SHARE', [userId, hash])
      : await tx.query('UPDATE user_passwords SET hash = $3 WHERE user_id = $1 AND hash = $2 RETURNING 1', [
          userId,
          hash,
          newHash,
        ])
  if (locked.rows.length === 0) return null
  await tx.query('UPDATE users SET last_login = now() WHERE id = $1', [userId])
  await tx.query('DELETE FROM tokens WHERE user_id = $1 AND expires < now()', [userId])
  return createToken(tx, { userId, name: 'login', expires: expiryAfter(tokenTtlDays) })
}
