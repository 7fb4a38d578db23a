/** API tokens: 160 random bits as 40 hex digits, of which only the SHA-256 is kept. */
import { hash, randomBytes } from 'node:crypto'
import { type Queries, rowsOf } from './queries.ts'

export interface Token {
  readonly id: number
  readonly name: string
  readonly created: Date
  /** null: never. */
  readonly expires: Date | null
  /** To the minute; null: never. */
  readonly lastUsed: Date | null
}

export interface NewToken {
  readonly id: number
  /** Told once; it cannot be found out again. */
  readonly key: string
  readonly expires: Date | null
}

const KEY = /^[0-9a-f]{40}$/

/** Whether a text looks like a key of ours or of DjangoPBX at all. */
export function isKey(text: string): boolean {
  return KEY.test(text)
}

/** What `tokens.key_hash` keeps of a key. */
export function keyHash(key: string): Buffer {
  return hash('sha256', key, 'buffer')
}

/** When a token made now ends that lives this many days; null for ever. */
export function expiryAfter(days: number | null, now = Date.now()): Date | null {
  // Whole seconds, as the API shows times without a fraction when there is none.
  return days === null ? null : new Date(Math.ceil(now / 1000) * 1000 + days * 86_400_000)
}

/** Makes a token for a user. */
export async function createToken(
  queries: Queries,
  { userId, name = '', expires = null }: { userId: number; name?: string; expires?: Date | null },
): Promise<NewToken> {
  const key = randomBytes(20).toString('hex')
  const id = await insert(queries, userId, key, name, expires)
  return { id, key, expires }
}

/** Gives a user a key that exists already, such as one of DjangoPBX (`authtoken_token.key`), and returns its id. */
export async function importToken(queries: Queries, userId: number, key: string, name = 'imported'): Promise<number> {
  if (!isKey(key)) throw new RangeError('A token key is 40 hexadecimal digits in lower case.')
  return insert(queries, userId, key, name, null)
}

/** Ends a token; false when it had ended already. */
export async function revokeToken(queries: Queries, id: number): Promise<boolean> {
  return (await queries.query('DELETE FROM tokens WHERE id = $1 RETURNING id', [id])).rows.length > 0
}

/** A user's tokens, oldest first, those that have expired included. */
export function listTokens(queries: Queries, userId: number): Promise<Token[]> {
  return rowsOf<Token>(queries, `${SELECT_TOKEN} WHERE user_id = $1 ORDER BY id`, [userId])
}

/** One token, unless it has been revoked. */
export async function findToken(queries: Queries, id: number): Promise<Token | undefined> {
  return (await rowsOf<Token>(queries, `${SELECT_TOKEN} WHERE id = $1`, [id]))[0]
}

const SELECT_TOKEN = 'SELECT id, name, created, expires, last_used AS "lastUsed" FROM tokens'

async function insert(queries: Queries, userId: number, key: string, name: string, expires: Date | null) {
  const rows = await rowsOf<{ id: number }>(
    queries,
    'INSERT INTO tokens (user_id, key_hash, name, expires) VALUES ($1, $2, $3, $4) RETURNING id',
    [userId, keyHash(key), name, expires?.toISOString() ?? null],
  )
  return rows[0]!.id
}
