/** Answers kept by the keys of their requests, and the claims of requests under way; all replicas share them. */
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Connection } from '../../rest/database.ts'
import { unavailable } from '../../rest/errors.ts'

/** An answer as it was sent. */
export interface Kept {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

/** The right to do what a request with a key asks for. */
export interface Claim {
  readonly userId: number
  readonly key: string
  /** When it was made or renewed last; who has another one has lost it. */
  since: string
  renewal: Promise<void>
  readonly timer: NodeJS.Timeout
  /** Notes, in the transaction of the work, that it is done: whatever happens then, it is not done again. */
  mark(db: Connection): Promise<void>
}

/** A claim that nobody renews was that of a server that died. */
const CLAIM_SECONDS = 60
const RENEW_MS = 20_000
const KEPT_HOURS = 24
/** How long a request waits for the answer to the same one that came before it. */
const WAIT_MS = 3000
const LONGEST_PAUSE_MS = 200
/** So many at a time, so that no statement runs long. */
const BATCH = 5000

const CLAIM = `
  INSERT INTO "idempotency_keys" AS k ("user_id", "key", "digest") VALUES ($1, $2, $3)
  ON CONFLICT ("user_id", "key") DO UPDATE
    SET "digest" = EXCLUDED."digest", "status" = NULL, "headers" = NULL, "body" = NULL, "created" = now()
    WHERE k."created" < now() - CASE WHEN k."status" IS NULL AND k."headers" IS NULL
      THEN make_interval(secs => ${CLAIM_SECONDS}) ELSE make_interval(hours => ${KEPT_HOURS}) END
  RETURNING "created"::text AS since`
/** Work that was done by a server that died before it answered is lost to no one but its answer. */
const FIND = `
  SELECT "digest", "status", "headers", "body",
    "headers" IS NOT NULL AND "created" < now() - make_interval(secs => ${CLAIM_SECONDS}) AS "isDone"
  FROM "idempotency_keys" WHERE "user_id" = $1 AND "key" = $2`
/** The row of a claim that was not lost. */
const OWN = '"user_id" = $1 AND "key" = $2 AND "created" = $3::timestamptz AND "status" IS NULL'
const RENEW = `UPDATE "idempotency_keys" SET "created" = clock_timestamp() WHERE ${OWN} RETURNING "created"::text AS since`
const KEEP = `UPDATE "idempotency_keys" SET "status" = $4, "headers" = $5, "body" = $6, "created" = now() WHERE ${OWN}`
const RELEASE = `DELETE FROM "idempotency_keys" WHERE ${OWN} AND "headers" IS NULL`
const MARK = `UPDATE "idempotency_keys" SET "headers" = '{}' WHERE ${OWN} RETURNING 1`
const DROP_OLD = `
  DELETE FROM "idempotency_keys" WHERE ("user_id", "key") IN (
    SELECT "user_id", "key" FROM "idempotency_keys" WHERE "created" < now() - make_interval(hours => ${KEPT_HOURS})
    LIMIT ${BATCH})`

export class Answers {
  private readonly pool: pg.Pool
  private readonly claims = new Set<Claim>()

  constructor(pool: pg.Pool) {
    this.pool = pool
  }

  /**
   * The claim of a request; or the answer that the same request has had; or that it is done and its answer lost; or
   * that another request had the key; or that the same one is still under way.
   */
  async claim(userId: number, key: string, digest: string): Promise<Claim | Kept | 'done' | 'other' | 'busy'> {
    const end = performance.now() + WAIT_MS
    for (let pause = 20; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const [claimed] = (await this.pool.query<{ since: string }>(CLAIM, [userId, key, digest])).rows
      if (claimed) return this.hold(userId, key, claimed.since)
      const [found] = (await this.pool.query<Kept & { digest: string; isDone: boolean }>(FIND, [userId, key])).rows
      if (found && found.digest !== digest) return 'other'
      if (found && found.status !== null) return { status: found.status, headers: found.headers, body: found.body }
      if (found?.isDone) return 'done'
      if (performance.now() > end) return 'busy'
      await sleep(pause)
    }
  }

  /** Keeps the answer for whoever asks again. */
  async keep(claim: Claim, { status, headers, body }: Kept): Promise<void> {
    await this.letGo(claim)
    await this.pool.query(KEEP, [claim.userId, claim.key, claim.since, status, headers, body])
  }

  /** Makes the key free again; false where the work was done all the same. */
  async release(claim: Claim): Promise<boolean> {
    await this.letGo(claim)
    const { rowCount } = await this.pool.query(RELEASE, [claim.userId, claim.key, claim.since])
    return rowCount === 1
  }

  /** Forgets what has been kept for long enough. */
  async dropOld(): Promise<void> {
    for (;;) {
      const { rowCount } = await this.pool.query(DROP_OLD)
      if ((rowCount ?? 0) < BATCH) return
    }
  }

  /** Stops renewing claims. */
  close(): void {
    for (const { timer } of this.claims) clearInterval(timer)
  }

  /** Work may take long: the claim is renewed until it is done. */
  private hold(userId: number, key: string, since: string): Claim {
    const timer = setInterval(() => {
      claim.renewal = this.renew(claim)
    }, RENEW_MS).unref()
    const mark = async (db: Connection) => {
      await claim.renewal
      const [marked] = await db.run({ text: MARK, values: [userId, key, claim.since] })
      // It lapsed, since it could not be renewed, and is another server's by now.
      if (!marked) throw unavailable('The Idempotency-Key was lost while the request was worked on. Try again.', 1)
    }
    const claim: Claim = { userId, key, since, timer, renewal: Promise.resolve(), mark }
    this.claims.add(claim)
    return claim
  }

  /** One that fails is tried again, three times before the claim lapses. */
  private async renew(claim: Claim): Promise<void> {
    const { userId, key, since } = claim
    const { rows } = await this.pool.query<{ since: string }>(RENEW, [userId, key, since]).catch(() => ({ rows: [] }))
    if (rows[0]) claim.since = rows[0].since
  }

  private async letGo(claim: Claim): Promise<void> {
    clearInterval(claim.timer)
    this.claims.delete(claim)
    await claim.renewal
  }
}
