/** Rows of `switch_tasks`, which replicas share: what is due for a switch, and what became of it. */
import type { Connection } from '../../rest/database.ts'

/** Tasks of one kind about one thing, however often it has changed: they are done at once. */
export interface Claimed {
  readonly ids: readonly string[]
  readonly kind: string
  readonly subject: readonly string[]
  /** How many times it has been tried, this one counted. */
  readonly attempts: number
}

/** A server that stops meanwhile has the tasks no longer than that; then another does them. */
const LEASE_SECONDS = 120
const MOST_AT_ONCE = 500

/** Seconds until a task is tried again, by its attempts; after the last one it is given up. */
const RETRY_SECONDS = [1, 2, 5, 10, 30, 60, 300, 900, 3600] as const

/** Makes the switches that are configured the ones that are told; what others were to be told is forgotten. */
export async function rememberSwitches(db: Connection, names: readonly string[]): Promise<void> {
  await db.run({ text: 'DELETE FROM "switches" WHERE "name" <> ALL($1::text[])', values: [names] })
  const text = 'INSERT INTO "switches" ("name") SELECT unnest($1::text[]) ON CONFLICT DO NOTHING'
  await db.run({ text, values: [names] })
}

/** Those of these switches that have something due. */
export async function switchesWithTasks(db: Connection, names: readonly string[]): Promise<string[]> {
  const text = 'SELECT DISTINCT "switch" FROM "switch_tasks" WHERE "switch" = ANY($1::text[]) AND "due" <= now()'
  return (await db.run({ text, values: [names] })).map(([name]) => name as string)
}

/** Takes what is due for a switch, in the order it was written. */
export async function claim(db: Connection, name: string): Promise<Claimed[]> {
  const due = `SELECT "id" FROM "switch_tasks" WHERE "switch" = $1 AND "due" <= now() ORDER BY "id" LIMIT $2 FOR UPDATE SKIP LOCKED`
  const text = `WITH taken AS (
      UPDATE "switch_tasks" SET "attempts" = "attempts" + 1, "due" = now() + make_interval(secs => $3)
      WHERE "id" IN (${due}) RETURNING "id", "kind", "subject", "attempts")
    SELECT array_agg("id"::text), "kind", "subject", min("attempts") FROM taken GROUP BY "kind", "subject" ORDER BY min("id")`
  const rows = await db.run({ text, values: [name, MOST_AT_ONCE, LEASE_SECONDS] })
  return rows.map((row) => {
    const [ids, kind, subject, attempts] = row as [string[], string, string[], number]
    return { ids, kind, subject, attempts }
  })
}

/** The switch has been told. */
export async function settleDone(db: Connection, tasks: readonly Claimed[]): Promise<void> {
  const ids = tasks.flatMap((task) => task.ids)
  await db.run({ text: 'DELETE FROM "switch_tasks" WHERE "id" = ANY($1::bigint[])', values: [ids] })
}

/** The switch said no, or nothing: it is tried again later. Gives whether it will be. */
export async function settleFailed(db: Connection, task: Claimed, error: string): Promise<boolean> {
  const seconds = RETRY_SECONDS[task.attempts - 1]
  if (seconds === undefined) {
    await settleDone(db, [task])
    return false
  }
  const text = `UPDATE "switch_tasks" SET "error" = $2, "due" = now() + make_interval(secs => $3) WHERE "id" = ANY($1::bigint[])`
  await db.run({ text, values: [task.ids, error, seconds] })
  return true
}

/** The switch is away, which is no attempt: they are due as soon as it is there. */
export async function giveBack(db: Connection, tasks: readonly Claimed[]): Promise<void> {
  const ids = tasks.flatMap((task) => task.ids)
  const text = `UPDATE "switch_tasks" SET "attempts" = "attempts" - 1, "due" = now() WHERE "id" = ANY($1::bigint[])`
  await db.run({ text, values: [ids] })
}

/** The switch was away: it is told of everything that it may have missed, here or while nobody could answer it. */
export async function tellOfAll(db: Connection, name: string): Promise<void> {
  const text = `INSERT INTO "switch_tasks" ("switch", "kind", "subject")
    SELECT "name", 'domains', '{}' FROM "switches" WHERE "name" = $1`
  await db.run({ text, values: [name] })
}
