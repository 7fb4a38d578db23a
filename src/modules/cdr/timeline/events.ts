/** Events of the switch into the timeline of calls, as they come or in batches. */
import type { Connection } from '../../../rest/database.ts'
import { identifier } from '../../../rest/sql.ts'
import { isOfCalls, ROW_COLUMNS, rowOf, type SwitchEvent, TIMELINE } from './row.ts'

/**
 * Stores the events that tell what happened in calls; others are passed over, and one that is there already. Gives how
 * many were stored. An event of a call whose tenant only another event tells gets it from there.
 */
export async function recordEvents(database: Connection, events: readonly SwitchEvent[]): Promise<number> {
  const rows = events.filter(isOfCalls).flatMap((event) => rowOf(event) ?? [])
  if (rows.length === 0) return 0
  const stored = await database.run({ text: INSERT, values: [JSON.stringify(rows)] })
  return Number(stored[0]![0])
}

const names = ROW_COLUMNS.map(({ name }) => identifier(name))
const typed = ROW_COLUMNS.map(({ name, sqlType }) => `${identifier(name)} ${sqlType}`)

// Rows come as one JSON text, so that the statement is the same for any number of them.
const INSERT = `WITH "given" AS MATERIALIZED (
  SELECT r.*, coalesce(
    (SELECT d."id" FROM "domains" d WHERE d."id" = r."tenant_id"),
    (SELECT d."id" FROM unnest(r."tenant_names") WITH ORDINALITY n("name", "place")
      JOIN "domains" d ON d."name" = n."name" ORDER BY n."place" LIMIT 1)) AS "tenant"
  FROM jsonb_to_recordset($1::jsonb) AS r(${typed.join(', ')}, "tenant_id" uuid, "tenant_names" text[])
), "told" AS (
  SELECT DISTINCT ON ("call_uuid") "call_uuid", "tenant" FROM "given"
  WHERE "tenant" IS NOT NULL AND "call_uuid" IS NOT NULL ORDER BY "call_uuid", "event_epoch", "event_sequence"
), "earlier" AS (
  UPDATE ${identifier(TIMELINE.table)} t SET "domain_id" = told."tenant" FROM "told"
  WHERE t."call_uuid" = told."call_uuid" AND t."domain_id" IS NULL
), "stored" AS (
  INSERT INTO ${identifier(TIMELINE.table)} ("domain_id", ${names.join(', ')})
  SELECT coalesce(g."tenant", told."tenant", (SELECT t."domain_id" FROM ${identifier(TIMELINE.table)} t
    WHERE t."call_uuid" = g."call_uuid" AND t."domain_id" IS NOT NULL LIMIT 1)), ${names.map((name) => `g.${name}`).join(', ')}
  FROM "given" g LEFT JOIN "told" ON told."call_uuid" = g."call_uuid" ORDER BY g."id"
  ON CONFLICT ("id") DO NOTHING RETURNING 1
)
SELECT count(*) FROM "stored"`
