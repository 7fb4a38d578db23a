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
  if (addresses.length > 0) {
    const sql = new Sql()
    const [domains, users] = [
      sql.param([...new Set(addresses.map(({ domain }) => domain))]),
      sql.param([...new Set(addresses.map(({ user }) => user))]),
    ]
    // Lists, not pairs: whatever PostgreSQL knows of the tables, it reads each once.
    const rows = await database.run(
      sql.statement(
        `SELECT d."name", d."id", e."id", e."extension", e."number_alias" FROM "domains" d
        LEFT JOIN "extensions" e ON e."domain_id" = d."id"
          AND (e."extension" = ANY(${users}::text[]) OR e."number_alias" = ANY(${users}::text[]))
        WHERE d."name" = ANY(${domains}::text[])`,
      ),
    )
    const all = rows as [string, string, string | null, string | null, string | null][]
    for (const [domain, domain_id] of all) found.set(keyOf({ user: '', domain }), { domain_id, extension_id: null })
    // What an extension is called goes before what another one is called as well.
    for (const [domain, domain_id, extension_id, , alias] of all) {
      if (alias) found.set(keyOf({ user: alias, domain }), { domain_id, extension_id })
    }
    for (const [domain, domain_id, extension_id, extension] of all) {
      if (extension) found.set(keyOf({ user: extension, domain }), { domain_id, extension_id })
    }
  }
  return (address) => found.get(keyOf(address)) ?? found.get(keyOf({ ...address, user: '' })) ?? NOBODY
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
