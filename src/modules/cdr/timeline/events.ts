/** Events of the switch into the timeline of calls, as they come or in batches. */
import type { Connection } from '../../../rest/database.ts'
import { identifier } from '../../../rest/sql.ts'
import { type EventRow, isOfCalls, ROW_COLUMNS, rowOf, type SwitchEvent, TIMELINE } from './row.ts'

/**
 * Stores the events that tell what happened in calls; others are passed over, and one that is there already. Gives those
 * that were stored now. An event of a call whose tenant only another event tells gets it from there.
 */
export async function recordEvents<Event extends SwitchEvent>(
  database: Connection,
  events: readonly Event[],
): Promise<Event[]> {
  const byId = new Map<unknown, { readonly event: Event; readonly row: EventRow }>()
  for (const event of events) {
    const row = isOfCalls(event) ? rowOf(event) : undefined
    if (row && !byId.has(row.id)) byId.set(row.id, { event, row })
  }
  if (byId.size === 0) return []
  const rows = [...byId.values()].map(({ row }) => row)
  const stored = await database.run({ text: INSERT, values: [JSON.stringify(rows)] })
  const ids = new Set(stored.map(([id]) => id))
  return [...byId].filter(([id]) => ids.has(id)).map(([, { event }]) => event)
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
  ON CONFLICT ("id") DO NOTHING RETURNING "id"
)
SELECT "id" FROM "stored"`
