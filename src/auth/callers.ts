/**
 * Token key → caller, from memory while that is sure to be right. PostgreSQL announces every change that can alter the
 * answer on the channel `pbx_auth` (prisma/migrations/…_auth_notifications); what is heard there is forgotten here, and
 * while nothing can be heard nothing is remembered. So a revoked token ends at once on every server.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { Listener, type Log } from '../database/listener.ts'
import type { Caller } from '../rest/caller.ts'
import { ACCOUNT_COLUMNS, ACCOUNT_TABLES, type Account, callerOf, isShutOut } from './accounts.ts'
import { isKey, keyHash } from './tokens.ts'

/** Why a token lets nobody in, in DRF's words. */
export interface Refusal {
  readonly refused: string
}

export const INVALID_TOKEN: Refusal = Object.freeze({ refused: 'Invalid token.' })
export const USER_INACTIVE: Refusal = Object.freeze({ refused: 'User inactive or deleted.' })

export interface CallersOptions {
  /** How the notifications are listened to; best what the pool itself connects with. */
  readonly connection: pg.ClientConfig
  readonly log: Log
  /** Callers remembered at most; the one longest unused goes first. */
  readonly capacity?: number
}

interface Entry {
  readonly caller: Caller
  readonly expiresMs: number | null
  lastUsedMs: number
}

interface TokenRow extends Account {
  readonly tokenId: number
  readonly expiresMs: number | null
  readonly lastUsedMs: number | null
}

const CHANNEL = 'pbx_auth'
const LAST_USED_PRECISION_MS = 60_000
const SETTLE_TIMEOUT_MS = 1_000
/** What a server sends to itself; the others let it pass. */
const ECHO = 'echo '

const FIND_CALLER = `SELECT t.id AS "tokenId",
  (extract(epoch FROM t.expires) * 1000)::float8 AS "expiresMs",
  (extract(epoch FROM t.last_used) * 1000)::float8 AS "lastUsedMs", ${ACCOUNT_COLUMNS}
  FROM tokens AS t JOIN ${ACCOUNT_TABLES.replace('users AS u', 'users AS u ON u.id = t.user_id')}
  WHERE t.key_hash = $1`

const TOUCH_TOKEN = `UPDATE tokens SET last_used = now()
  WHERE id = $1 AND (last_used IS NULL OR last_used <= now() - interval '1 minute')`

/** Finds who a token is; see the head of this file. */
export class Callers {
  readonly #pool: pg.Pool
  readonly #log: Log
  readonly #capacity: number
  readonly #listener: Listener
  /** By the token's hash; the one longest unused first. */
  readonly #entries = new Map<string, Entry>()
  readonly #hashesOfUser = new Map<number, Set<string>>()
  readonly #echoes = new Map<string, () => void>()
  readonly #writes = new Set<Promise<unknown>>()
  readonly #watchers = new Set<() => void>()
  /** Grows with everything heard: what was read from the database before that may be out of date. */
  #generation = 0

  constructor(pool: pg.Pool, { connection, log, capacity = 10_000 }: CallersOptions) {
    this.#pool = pool
    this.#log = log
    this.#capacity = capacity
    this.#listener = new Listener({
      connection,
      channels: [CHANNEL],
      log,
      onNotification: (payload) => this.#hear(payload),
      onLost: () => this.#forgetAll(),
    })
  }

  /** Who the token with this key is, or why nobody. */
  async find(key: string): Promise<Caller | Refusal> {
    if (!isKey(key)) return INVALID_TOKEN
    const hash = keyHash(key)
    const name = hash.toString('latin1')
    const entry = this.#recall(name) ?? (await this.#read(hash, name))
    return 'refused' in entry ? entry : this.#use(entry)
  }

  /** The same from memory, at once; undefined where the database must be asked. */
  recall(key: string): Caller | Refusal | undefined {
    if (!isKey(key)) return INVALID_TOKEN
    const entry = this.#recall(keyHash(key).toString('latin1'))
    return entry && this.#use(entry)
  }

  /**
   * Waits until this server has heard of every change committed before the call, and the others with it. Call it
   * after the commit and before the answer, so that whoever has the answer never meets the old state.
   */
  async settled(): Promise<void> {
    if (!this.#listener.live) return // then nothing is remembered either
    const payload = ECHO + randomUUID()
    const heard = new Promise<boolean>((resolve) => this.#echoes.set(payload, () => resolve(true)))
    const timeout = new AbortController()
    const sent = this.#pool.query('SELECT pg_notify($1, $2)', [CHANNEL, payload]).then(
      () => heard,
      () => false,
    )
    const late = sleep(SETTLE_TIMEOUT_MS, false, { signal: timeout.signal }).catch(() => false)
    // Without the echo nobody can tell what else was not heard.
    if (!(await Promise.race([sent, late]))) this.#forgetAll()
    timeout.abort()
    this.#echoes.delete(payload)
  }

  /** Whether callers are remembered at present, which they are while changes can be heard of. */
  get remembering(): boolean {
    return this.#listener.live
  }

  /** Calls back whenever a caller may no longer be who it was; gives what ends that. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed)
    return () => this.#watchers.delete(changed)
  }

  /** Stops listening, and waits for writes under way. */
  async close(): Promise<void> {
    await this.#listener.close()
    await Promise.all(this.#writes)
  }

  #use(entry: Entry): Caller | Refusal {
    const now = Date.now()
    if (entry.expiresMs !== null && entry.expiresMs <= now) return INVALID_TOKEN
    if (now - entry.lastUsedMs >= LAST_USED_PRECISION_MS) {
      entry.lastUsedMs = now
      this.#touch(entry.caller.tokenId)
    }
    return entry.caller
  }

  #recall(name: string): Entry | undefined {
    const entry = this.#entries.get(name)
    if (!entry) return undefined
    this.#entries.delete(name)
    this.#entries.set(name, entry)
    return entry
  }

  async #read(hash: Buffer, name: string): Promise<Entry | Refusal> {
    const generation = this.#listener.live ? this.#generation : undefined
    const { rows } = await this.#pool.query<TokenRow>({ name: 'find-caller', text: FIND_CALLER, values: [hash] })
    const row = rows[0]
    if (!row) return INVALID_TOKEN
    if (isShutOut(row)) return USER_INACTIVE
    const entry = { caller: callerOf(row, row.tokenId), expiresMs: row.expiresMs, lastUsedMs: row.lastUsedMs ?? 0 }
    if (generation === this.#generation) this.#remember(name, entry)
    return entry
  }

  #remember(name: string, entry: Entry): void {
    const { userId } = entry.caller
    this.#entries.set(name, entry)
    const hashes = this.#hashesOfUser.get(userId)
    if (hashes) hashes.add(name)
    else this.#hashesOfUser.set(userId, new Set([name]))
    const [oldest = name] = this.#entries.keys()
    if (this.#entries.size > this.#capacity) this.#forget(oldest)
  }

  #forget(name: string): void {
    const entry = this.#entries.get(name)
    if (!entry) return
    this.#entries.delete(name)
    const hashes = this.#hashesOfUser.get(entry.caller.userId)
    hashes?.delete(name)
    if (hashes?.size === 0) this.#hashesOfUser.delete(entry.caller.userId)
  }

  #forgetAll(): void {
    this.#generation += 1
    this.#entries.clear()
    this.#hashesOfUser.clear()
    for (const changed of this.#watchers) changed()
  }

  #hear(payload: string): void {
    if (payload.startsWith(ECHO)) {
      this.#echoes.get(payload)?.()
    } else if (/^\d+$/.test(payload)) {
      this.#generation += 1
      for (const name of [...(this.#hashesOfUser.get(Number(payload)) ?? [])]) this.#forget(name)
      for (const changed of this.#watchers) changed()
    } else {
      this.#forgetAll()
    }
  }

  /** Notes in the background that a token was used; a request never waits for it, nor fails with it. */
  #touch(tokenId: number): void {
    const write = this.#pool
      .query({ name: 'touch-token', text: TOUCH_TOKEN, values: [tokenId] })
      .catch((error: Error) => this.#log.warn({ err: error, tokenId }, 'Could not note the use of a token'))
      .finally(() => this.#writes.delete(write))
    this.#writes.add(write)
  }
}
