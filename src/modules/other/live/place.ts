/** Where in the dialplan a telephone dials. */
import type { Connection } from '../../../rest/database.ts'
import { Sql } from '../../../rest/sql.ts'

export interface Place {
  /** The name of the domain. */
  readonly domain: string
  readonly context: string
}

/**
 * The context that an extension dials in, or without one the domain's own. An extension whose context is named like
 * another domain gets no further than its own all the same.
 */
export async function placeOf(
  database: Connection,
  domainId: string,
  extensionId: string | null,
): Promise<Place | undefined> {
  const sql = new Sql()
  const [row] = await database.run(
    sql.statement(
      `SELECT d."name", coalesce(
        (SELECT e."user_context" FROM "extensions" e WHERE e."id" = ${sql.param(extensionId)} AND e."domain_id" = d."id"
          AND e."user_context" <> '' AND NOT EXISTS (
            SELECT FROM "domains" o WHERE o."name" = e."user_context" AND o."id" <> d."id")),
        d."name")
      FROM "domains" d WHERE d."id" = ${sql.param(domainId)}`,
    ),
  )
  return row && { domain: String(row[0]), context: String(row[1]) }
}
