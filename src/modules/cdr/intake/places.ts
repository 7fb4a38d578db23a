/** Whose records are: their tenants and extensions, all of a batch with two statements. */
import type { Connection } from '../../../rest/database.ts'
import type { Prepared } from './received.ts'

export interface Place {
  readonly domainId: string
  readonly domainName: string
  readonly extensionId: string | null
}

/** The place of each record, in their order; undefined where no domain is the one it names. */
export async function placesOf(db: Connection, records: readonly Prepared[]): Promise<(Place | undefined)[]> {
  const domains = await findDomains(db, records)
  const domainOf = ({ tenant: { uuid, names } }: Prepared): Domain | undefined =>
    (uuid && domains.get(uuid)) || names.map((name) => domains.get(name)).find(Boolean)
  const found = records.map(domainOf)
  const extensions = await findExtensions(db, records, [...new Set(found.flatMap((domain) => domain?.id ?? []))])
  return records.map(({ extension: { uuid, numbers } }, index) => {
    const domain = found[index]
    if (!domain) return undefined
    const keys = [...(uuid ? [uuid] : []), ...numbers].map((key) => `${domain.id} ${key}`)
    const extensionId = keys.map((key) => extensions.get(key)).find(Boolean) ?? null
    return { domainId: domain.id, domainName: domain.name, extensionId }
  })
}

interface Domain {
  readonly id: string
  readonly name: string
}

const distinct = (texts: readonly (string | undefined)[]) => [...new Set(texts)].filter((text) => text !== undefined)

/** Domains by id and by name. */
async function findDomains(db: Connection, records: readonly Prepared[]): Promise<Map<string, Domain>> {
  const rows = await db.run({
    text: 'SELECT "id", "name" FROM "domains" WHERE "id" = ANY($1::uuid[]) OR "name" = ANY($2::text[])',
    values: [
      distinct(records.map(({ tenant }) => tenant.uuid)),
      distinct(records.flatMap(({ tenant }) => tenant.names)),
    ],
  })
  const domains = new Map<string, Domain>()
  for (const [id, name] of rows as [string, string][]) domains.set(id, { id, name }).set(name, { id, name })
  return domains
}

/** Extensions by domain and, each with the domain before it, id, number and alias; a number goes before an alias. */
async function findExtensions(
  db: Connection,
  records: readonly Prepared[],
  domainIds: readonly string[],
): Promise<Map<string, string>> {
  const extensions = new Map<string, string>()
  if (domainIds.length === 0) return extensions
  const numbers = distinct(records.flatMap(({ extension }) => extension.numbers))
  const rows = await db.run({
    text: `SELECT "id", "domain_id", "extension", "number_alias" FROM "extensions" WHERE "domain_id" = ANY($1::uuid[])
      AND ("id" = ANY($2::uuid[]) OR "extension" = ANY($3::text[]) OR "number_alias" = ANY($3::text[]))`,
    values: [domainIds, distinct(records.map(({ extension }) => extension.uuid)), numbers],
  })
  for (const [id, domainId, , alias] of rows as string[][]) if (alias) extensions.set(`${domainId} ${alias}`, id!)
  for (const [id, domainId, number] of rows as string[][]) {
    extensions.set(`${domainId} ${number}`, id!).set(`${domainId} ${id}`, id!)
  }
  return extensions
}
