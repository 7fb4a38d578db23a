/** The entries of a context, in the order in which the switch looks at them. */
import type { Connection } from '../../../rest/database.ts'

export interface Entry {
  readonly id: string
  readonly xml: string
}

/** The context of entries that every tenant's has. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: so it stands in rows
const SHARED = '${domain_name}'

const FIND = `SELECT x."id", x."xml" FROM "dialplans" x
  LEFT JOIN "domains" t ON t."name" = $1
  LEFT JOIN "domains" d ON d."id" = x."domain_id"
  WHERE x."context" = ANY(ARRAY[$1, CASE WHEN t."id" IS NOT NULL THEN '${SHARED}' END])
    AND x."enabled" AND x."xml" <> ''
    AND (x."hostname" IS NULL OR x."hostname" IN ('', $2))
    AND coalesce(t."enabled", true) AND coalesce(d."enabled", true)
    AND (x."context" = $1 OR x."domain_id" IS NULL OR x."domain_id" = t."id")
  ORDER BY x."sequence", x."name", x."id"`

/** A context of no tenant has its own entries, one that nobody knows has none. */
export async function entriesOf(database: Connection, context: string, hostname: string): Promise<Entry[]> {
  if (context === '' || context === SHARED) return []
  const rows = await database.runText({ name: 'dialplan-entries', text: FIND, values: [context, hostname] })
  return rows.map(([id, xml]) => ({ id: id!, xml: xml! }))
}
