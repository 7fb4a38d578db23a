/** Deliveries that wait, and what becomes of them: rows of `webhook_deliveries`, which replicas share. */
import type { Connection, Database } from '../../../rest/database.ts'
import type { Letter, Outcome } from './post.ts'

/** A webhook that this server delivers for, alone. */
export interface Claimed {
  readonly id: string
  readonly targetUrl: string
  readonly secret: string
}

export interface Waiting extends Letter {
  readonly attempts: number
}

/** A server that stops while it delivers has a webhook no longer than that. */
const LEASE_SECONDS = 60
/** Seconds until a delivery is tried again: doubled with each attempt, up to the longest. */
const FIRST_RETRY_SECONDS = 30
const LONGEST_RETRY_SECONDS = 4 * 3600
/** A receiver that cannot be reached is left alone for a while, and so are its other deliveries. */
const LONGEST_REST_SECONDS = 300
const GIVEN_UP_HOURS = 24

/**
 * Takes a webhook that has something to deliver. Those whose receivers answer come first; without `failing`, only they
 * come.
 */
export async function claim(db: Connection, failing: boolean): Promise<Claimed | undefined> {
  const next = `SELECT w."id" FROM "webhooks" w WHERE w."enabled" AND coalesce(w."resting_until" <= now(), true)
    AND ($2 OR w."failing_since" IS NULL)
    AND EXISTS (SELECT FROM "webhook_deliveries" d WHERE d."webhook_id" = w."id" AND d."due" <= now())
    ORDER BY w."failing_since" NULLS FIRST, w."resting_until" NULLS FIRST LIMIT 1 FOR NO KEY UPDATE OF w SKIP LOCKED`
  const text = `UPDATE "webhooks" SET "resting_until" = now() + make_interval(secs => $1) WHERE "id" = (${next})
    RETURNING "id", "target_url", "secret"`
  const [row] = await db.run({ text, values: [LEASE_SECONDS, failing] })
  if (!row) return undefined
  const [id, targetUrl, secret] = row as [string, string, string]
  return { id, targetUrl, secret }
}

/** Its next delivery, in the order of the events; undefined when nothing is due, or the webhook was disabled. */
export async function nextOf(db: Database, { id, targetUrl, secret }: Claimed): Promise<Waiting | undefined> {
  return db.transaction(async (tx) => {
    const lease = `UPDATE "webhooks" SET "resting_until" = now() + make_interval(secs => $2) WHERE "id" = $1 AND "enabled"
      AND "target_url" = $3 AND "secret" = $4 RETURNING 1`
    if ((await tx.run({ text: lease, values: [id, LEASE_SECONDS, targetUrl, secret] })).length === 0) return undefined
    const next = `SELECT "id" FROM "webhook_deliveries" WHERE "webhook_id" = $1 AND "due" <= now()
      ORDER BY "sequence" LIMIT 1`
    const text = `UPDATE "webhook_deliveries" SET "attempts" = "attempts" + 1, "updated" = now() WHERE "id" = (${next})
      RETURNING "id", "type", "body"::text, "attempts"`
    const [row] = await tx.run({ text, values: [id] })
    if (!row) return undefined
    const [deliveryId, type, body, attempts] = row as [string, string, string, number]
    return { id: deliveryId, type, body, attempts, targetUrl, secret }
  })
}

/** Others may have the webhook again. */
export async function release(db: Connection, { id }: Claimed): Promise<void> {
  await db.run({ text: 'UPDATE "webhooks" SET "resting_until" = NULL WHERE "id" = $1', values: [id] })
}

/**
 * Notes what became of a delivery, and what that says of its webhook. The webhook goes first, as where it is deleted
 * with its deliveries, so that none waits for the other both ways.
 */
export async function settle(db: Database, webhook: Claimed, delivery: Waiting, outcome: Outcome): Promise<void> {
  await db.transaction(async (tx) => {
    if (outcome.error === null) return settleTaken(tx, webhook, delivery, outcome)
    await settleRefused(tx, webhook, delivery, outcome)
  })
}

async function settleTaken(tx: Connection, { id }: Claimed, delivery: Waiting, { status, answer }: Outcome) {
  const healthy = 'UPDATE "webhooks" SET "failing_since" = NULL, "last_status" = $2 WHERE "id" = $1'
  await tx.run({ text: healthy, values: [id, status] })
  const text = `UPDATE "webhook_deliveries" SET "status" = 'delivered', "due" = NULL, "response_status" = $2,
    "response_body" = $3, "error" = NULL, "updated" = now() WHERE "id" = $1`
  await tx.run({ text, values: [delivery.id, status, answer] })
}

async function settleRefused(tx: Connection, { id }: Claimed, delivery: Waiting, { status, answer, error }: Outcome) {
  const delay = retrySeconds(delivery.attempts)
  const rest = status === null ? Math.min(delay, LONGEST_REST_SECONDS) : 0
  const failing = `UPDATE "webhooks" SET "failing_since" = coalesce("failing_since", now()), "last_status" = $2,
    "resting_until" = CASE WHEN $3 > 0 THEN now() + make_interval(secs => $3) ELSE "resting_until" END WHERE "id" = $1
    RETURNING "failing_since" < now() - make_interval(hours => $4)`
  const [row] = await tx.run({ text: failing, values: [id, status, rest, GIVEN_UP_HOURS] })
  const over = `"since" + make_interval(hours => $6) < now() + make_interval(secs => $5)`
  const text = `UPDATE "webhook_deliveries" SET "response_status" = $2, "response_body" = $3, "error" = $4,
    "status" = CASE WHEN ${over} THEN 'failed' ELSE 'waiting' END,
    "due" = CASE WHEN ${over} THEN NULL ELSE now() + make_interval(secs => $5) END, "updated" = now() WHERE "id" = $1`
  await tx.run({ text, values: [delivery.id, status, answer, error, delay, GIVEN_UP_HOURS] })
  if (status === 410) await disable(tx, id, 'The receiver answered 410 Gone.')
  else if (row?.[0] === true) await disable(tx, id, 'No delivery was taken for a day.')
}

async function disable(tx: Connection, id: string, reason: string): Promise<void> {
  const text = `UPDATE "webhooks" SET "enabled" = false, "disabled_reason" = $2, "updated" = now() WHERE "id" = $1`
  await tx.run({ text, values: [id, reason] })
  const rest = `UPDATE "webhook_deliveries" SET "status" = 'failed', "due" = NULL, "updated" = now(),
    "error" = coalesce("error", 'The webhook was disabled.') WHERE "webhook_id" = $1 AND "status" = 'waiting'`
  await tx.run({ text: rest, values: [id] })
}

/** With jitter, so that what failed together does not come together again. */
export function retrySeconds(attempts: number, random = Math.random()): number {
  const seconds = Math.min(FIRST_RETRY_SECONDS * 2 ** (attempts - 1), LONGEST_RETRY_SECONDS)
  return Math.round(seconds * (0.75 + random / 2))
}
