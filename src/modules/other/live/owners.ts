/** Whose a telephone or a call is: from the names that switches know to the ids of domains and extensions. */
import type { Connection } from '../../../rest/database.ts'
import { Sql } from '../../../rest/sql.ts'

export interface Owner {
  readonly domain_id: string | null
  readonly extension_id: string | null
}

/** A user of a domain, as in user@domain. */
export interface Address {
  readonly user: string
  readonly domain: string
}

export const NOBODY: Owner = { domain_id: null, extension_id: null }

/** Finds owners by address; an address of a domain that is not ours has none, one of no extension only its domain. */
export async function ownersOf(database: Connection, addresses: readonly Address[]): Promise<(a: Address) => Owner> {
  const found = new Map<string, Owner>()
  const wanted = new Map(addresses.map((address) => [keyOf(address), address]))
  if (wanted.size > 0) {
    const sql = new Sql()
    const [users, domains] = [
      sql.param([...wanted.values()].map(({ user }) => user)),
      sql.param([...wanted.values()].map(({ domain }) => domain)),
    ]
    const rows = await database.run(
      sql.statement(
        `SELECT a."user", a."domain", d."id", (
          SELECT e."id" FROM "extensions" e WHERE e."domain_id" = d."id" AND a."user" IN (e."extension", e."number_alias")
          ORDER BY e."extension" = a."user" DESC, e."id" LIMIT 1)
        FROM unnest(${users}::text[], ${domains}::text[]) AS a("user", "domain") JOIN "domains" d ON d."name" = a."domain"`,
      ),
    )
    for (const [user, domain, domain_id, extension_id] of rows as [string, string, string, string | null][]) {
      found.set(keyOf({ user, domain }), { domain_id, extension_id })
    }
  }
  return (address) => found.get(keyOf(address)) ?? NOBODY
}

/** The same by ids, such as channels carry: an id that is none of ours, or an extension of another domain, is no owner. */
export async function ownersById(database: Connection, claims: readonly Owner[]): Promise<(claim: Owner) => Owner> {
  const ids = claims.flatMap(({ domain_id }) => domain_id ?? [])
  if (ids.length === 0) return () => NOBODY
  const sql = new Sql()
  const [domains, extensions] = [ids, claims.flatMap(({ extension_id }) => extension_id ?? [])].map((list) =>
    sql.param(list),
  )
  const rows = await database.run(
    sql.statement(
      `SELECT d."id", e."id" FROM "domains" d
      LEFT JOIN "extensions" e ON e."domain_id" = d."id" AND e."id" = ANY(${extensions}::uuid[])
      WHERE d."id" = ANY(${domains}::uuid[])`,
    ),
  )
  const known = new Set(rows.flatMap(([domain, extension]) => [String(domain), `${domain}/${extension}`]))
  return ({ domain_id, extension_id }) => {
    if (domain_id === null || !known.has(domain_id)) return NOBODY
    return { domain_id, extension_id: known.has(`${domain_id}/${extension_id}`) ? extension_id : null }
  }
}

const keyOf = ({ user, domain }: Address): string => `${user}\n${domain}`
