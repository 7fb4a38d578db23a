/** The tenants whose calls the bench records, with an administrator of all and a minor one of each. */
import type pg from 'pg'
import { createToken } from '../../src/auth/tokens.ts'
import { createUser, ensureGroups } from '../../src/auth/users.ts'

export interface Tenant {
  readonly id: string
  readonly name: string
  /** Of a minor administrator. */
  readonly token: string
  /** In the order of their numbers, from 1001. */
  readonly extensionIds: readonly string[]
}

export interface Tenants {
  /** An administrator's token key. */
  readonly token: string
  readonly list: readonly Tenant[]
}

/** Makes tenants of these names with extensions 1001, 1002 …; their ids are the same in every database. */
export async function addTenants(pool: pg.Pool, names: readonly string[], extensions: number): Promise<Tenants> {
  await pool.query(
    `INSERT INTO domains (id, name, portal_name)
     SELECT ${fixedUuid('name')}, name, 'portal.' || name FROM unnest($1::text[]) name`,
    [names],
  )
  await pool.query(
    `INSERT INTO extensions (id, domain_id, extension, password, accountcode, effective_caller_id_name,
       effective_caller_id_number, user_context)
     SELECT ${fixedUuid("d.name || '/' || n")}, d.id, n, md5(d.name || n), d.name, 'Ext ' || n, n, d.name
     FROM domains d CROSS JOIN generate_series(1001, 1000 + $1::int) n`,
    [extensions],
  )
  await ensureGroups(pool)
  const list: Tenant[] = []
  for (const name of names) list.push(await addAdministrator(pool, name))
  const userId = await createUser(pool, { username: 'bench-admin', groups: ['admin_api'] })
  return { token: (await createToken(pool, { userId })).key, list }
}

async function addAdministrator(pool: pg.Pool, name: string): Promise<Tenant> {
  const { rows } = await pool.query<{ id: string; extension_ids: string[] }>(
    `SELECT d.id, array_agg(e.id ORDER BY e.extension) AS extension_ids
     FROM domains d JOIN extensions e ON e.domain_id = d.id WHERE d.name = $1 GROUP BY d.id`,
    [name],
  )
  const { id, extension_ids } = rows[0]!
  const userId = await createUser(pool, { username: `admin@${name}`, groups: ['minor_admin_api'], domainId: id })
  return { id, name, token: (await createToken(pool, { userId })).key, extensionIds: extension_ids }
}

/** SQL of a UUID of version 4 that a text always gets. */
export const fixedUuid = (text: string): string =>
  `overlay(overlay(md5(${text}) PLACING '4' FROM 13) PLACING '8' FROM 17)::uuid`
