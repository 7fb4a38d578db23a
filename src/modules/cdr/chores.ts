/** What has to be done to call records now and then: months ahead, and those that are too old. */
import type { Chore } from '../../plugins/chores.ts'
import type { Database } from '../../rest/database.ts'
import { prepareMonth } from './intake/store.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** The months that are made ahead, beside the one that it is. */
const MONTHS_AHEAD = 2
/** Dropping a month waits for exports of it; everything else waits behind the drop, so it does not wait long. */
const LOCK_TIMEOUT_MS = 2000

/** `retentionDays` null: records are kept for ever. */
export function choresOf(database: Database, retentionDays: number | null): Chore[] {
  const months: Chore = { name: 'months of call records', everyMs: HOUR_MS, run: () => prepareMonths(database) }
  if (retentionDays === null) return [months]
  return [months, { name: 'old call records', everyMs: HOUR_MS, run: () => dropOld(database, retentionDays) }]
}

/** Makes the partitions of this month and the next ones. */
export async function prepareMonths(database: Database, now = new Date()): Promise<void> {
  for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead += 1) {
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead))
    await prepareMonth(database, month.toISOString())
  }
}

/** Drops the months that lie wholly before the retention, and rejects and events from before it. */
export async function dropOld(database: Database, retentionDays: number, now = new Date()): Promise<void> {
  const before = new Date(now.getTime() - retentionDays * DAY_MS)
  await database.transaction(async (tx) => {
    await tx.run({ text: `SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`, values: [] })
    await tx.run({ text: 'SELECT pbx_cdr_drop_months($1::timestamptz)', values: [before.toISOString()] })
  })
  await database.run({ text: 'DELETE FROM "cdr_rejects" WHERE "created" < $1', values: [before.toISOString()] })
  const micros = before.getTime() * 1000
  await database.run({
    text: 'DELETE FROM "call_timeline" WHERE "event_epoch" > 0 AND "event_epoch" < $1',
    values: [micros],
  })
}
