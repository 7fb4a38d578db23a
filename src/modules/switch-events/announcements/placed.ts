/** Finds the tenants and extensions that drafts are about, all of them with one statement. */
import type { Connection } from '../../../rest/database.ts'
import type { Announcement } from '../../events/announce.ts'
import type { Draft } from './draft.ts'

/** In the order of the drafts; one whose tenant is not known is nobody's to hear. */
export async function placed(db: Connection, drafts: readonly Draft[]): Promise<Announcement[]> {
  if (drafts.length === 0) return []
  const asked = drafts.map(({ tenantId, tenantNames, user, userDomain }, place) => {
    return { place, tenant_id: tenantId, tenant_names: tenantNames, user_name: user, user_domain: userDomain }
  })
  const json = JSON.stringify(asked, (_name, value: unknown) => {
    return typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value
  })
  const rows = await db.run({ text: PLACES, values: [json] })
  return rows.map((row) => {
    const [place, domain_id, extension_ids] = row as [number, string, string[]]
    const { type, data } = drafts[place]!
    return { type, domain_id, extension_ids, data }
  })
}

// A number means an extension of the tenant only where nothing says that it is of another one. An extension's own
// number comes before another's alias.
const PLACES = `
  SELECT g."place", t."id", ARRAY(
    SELECT e."id" FROM "extensions" e
    WHERE e."domain_id" = t."id" AND g."user_name" IN (e."extension", e."number_alias")
      AND (g."user_domain" IS NULL OR lower(g."user_domain") = lower(t."name"))
    ORDER BY e."extension" = g."user_name" DESC LIMIT 1)
  FROM jsonb_to_recordset($1::jsonb)
    AS g("place" integer, "tenant_id" uuid, "tenant_names" text[], "user_name" text, "user_domain" text)
  CROSS JOIN LATERAL (
    SELECT d."id", d."name" FROM "domains" d WHERE d."id" = coalesce(
      (SELECT o."id" FROM "domains" o WHERE o."id" = g."tenant_id"),
      (SELECT o."id" FROM unnest(g."tenant_names") WITH ORDINALITY n("name", "place")
        JOIN "domains" o ON o."name" = n."name" ORDER BY n."place" LIMIT 1))) t
  ORDER BY g."place"`
