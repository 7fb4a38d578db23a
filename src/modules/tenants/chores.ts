/** What has to be done now and then: old entries leave the audit log. */
import type { Chore } from '../../plugins/chores.ts'
import type { Database } from '../../rest/database.ts'

const HOUR_MS = 3_600_000
/** So many at a time, so that no statement runs long. */
const BATCH = 5000

/** `retentionDays` null: entries are kept for ever. */
export function choresOf(database: Database, retentionDays: number | null): Chore[] {
  if (retentionDays === null) return []
  return [{ name: 'old entries of the audit log', everyMs: HOUR_MS, run: () => dropOld(database, retentionDays) }]
}

async function dropOld(database: Database, retentionDays: number): Promise<void> {
  const old = `SELECT "id" FROM "audit_log" WHERE "created" < now() - make_interval(days => $1) LIMIT ${BATCH}`
  const text = `DELETE FROM "audit_log" WHERE "id" IN (${old}) RETURNING 1`
  for (;;) {
    const gone = await database.run({ text, values: [retentionDays] })
    if (gone.length < BATCH) return
  }
}
