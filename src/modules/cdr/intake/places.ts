/** Whose records are: their tenants and extensions, all of a batch with one statement. */
import type { Connection } from '../../../rest/database.ts'
import type { Prepared } from './received.ts'

export interface Place {
  readonly domainId: string
  readonly domainName: string
  readonly extensionId: string | null
}

/** The place of each record, in their order; undefined where no domain is the one it names. */
export async function placesOf(db: Connection, records: readonly Prepared[]): Promise<(Place | undefined)[]> {
  const { domains, extensions } = await findPlaces(db, records)
  return records.map(({ tenant, extension: { uuid, numbers } }) => {
    const domain =
      (tenant.uuid && domains.get(tenant.uuid)) || tenant.names.map((name) => domains.get(name)).find(Boolean)
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

interface Places {
  /** By id and by name. */
  readonly domains: ReadonlyMap<string, Domain>
  /** Ids by domain and, each with the domain before it, id, number and alias; a number goes before an alias. */
  readonly extensions: ReadonlyMap<string, string>
}

/** Every domain that is named, with those of its extensions that are. */
const FIND = `SELECT d."id", d."name", e."id", e."extension", e."number_alias" FROM "domains" d
  LEFT JOIN "extensions" e ON e."domain_id" = d."id"
    AND (e."id" = ANY($3::uuid[]) OR e."extension" = ANY($4::text[]) OR e."number_alias" = ANY($4::text[]))
  WHERE d."id" = ANY($1::uuid[]) OR d."name" = ANY($2::text[])`

async function findPlaces(db: Connection, records: readonly Prepared[]): Promise<Places> {
  const values = [
    distinct(records.map(({ tenant }) => tenant.uuid)),
    distinct(records.flatMap(({ tenant }) => tenant.names)),
    distinct(records.map(({ extension }) => extension.uuid)),
    distinct(records.flatMap(({ extension }) => extension.numbers)),
  ]
  const rows = (await db.runText({ text: FIND, values })) as [string, string, ...(string | null)[]][]
  const domains = new Map<string, Domain>()
  const extensions = new Map<string, string>()
  for (const [id, name] of rows) domains.set(id, { id, name }).set(name, { id, name })
  for (const [domainId, , id, , alias] of rows) if (id && alias) extensions.set(`${domainId} ${alias}`, id)
  for (const [domainId, , id, number] of rows) {
    if (id) extensions.set(`${domainId} ${number}`, id).set(`${domainId} ${id}`, id)
  }
  return { domains, extensions }
}

const distinct = (texts: readonly (string | undefined)[]) => [...new Set(texts)].filter((text) => text !== undefined)
