/** Events as they are told: read from the table in their order, each made text once for all who hear of it. */
import type { Connection } from '../../../rest/database.ts'

export interface Told {
  readonly position: number
  readonly type: string
  readonly domainId: string
  /** `user_uuid`s of those who own an extension that it is about, as it is when it is read. */
  readonly owners: readonly string[]
  /** As it is sent. */
  readonly text: string
}

/** Which events somebody hears of; what is left out is no condition. */
export interface Scope {
  readonly domainId?: string | undefined
  /** Those of this user's extensions only. */
  readonly userUuid?: string | undefined
  readonly types?: readonly string[] | undefined
}

/**
 * The last position, once everything that is committed has one. Events without are numbered, some at a time; `known` is
 * a position there is already.
 */
export async function lastPosition(db: Connection, known: number): Promise<number> {
  for (let before = known; ; ) {
    const [row] = await db.run({ text: 'SELECT pbx_events_number($1)', values: [MOST_NUMBERED] })
    const last = Number(row![0])
    if (last - before < MOST_NUMBERED) return last
    before = last
  }
}
const MOST_NUMBERED = 5000

/** Whether everything after a position is still there to be read. */
export async function reachesBack(db: Connection, position: number): Promise<boolean> {
  const text = 'SELECT coalesce(min("position"), 1) - 1, coalesce(max("position"), 0) FROM "events"'
  const [row] = await db.run({ text, values: [] })
  return Number(row![0]) <= position && position <= Number(row![1])
}

/** A condition that is null is none. Who owns what is looked up as it is now, so a change of it counts at once. */
const READ = `SELECT e."position", e."type", e."domain_id", o."owners", json_build_object('id', e."id"::text,
    'type', e."type", 'created', pbx_events_time(e."created"), 'domain_id', e."domain_id", 'data', e."data")
  FROM "events" e CROSS JOIN LATERAL (SELECT array_agg(u."user_uuid"::text) FILTER (WHERE u."user_uuid" IS NOT NULL)
    FROM "extension_users" u WHERE u."extension_id" = ANY(e."extension_ids")) o("owners")
  WHERE e."position" > $1 AND e."position" <= $2
    AND ($3::uuid IS NULL OR e."domain_id" = $3) AND ($4::text[] IS NULL OR e."type" = ANY($4))
    AND ($5::text IS NULL OR $5 = ANY(o."owners"))
  ORDER BY e."position" LIMIT $6`

/** The next events after a position, and up to another. */
export async function readEvents(
  db: Connection,
  after: number,
  upTo: number,
  { domainId, userUuid, types }: Scope,
  most: number,
): Promise<Told[]> {
  const values = [after, upTo, domainId ?? null, types ?? null, userUuid ?? null, most]
  const rows = await db.runText({ text: READ, values })
  return rows.map(([position, type, domain, owners, json]) => ({
    position: Number(position),
    type: type!,
    domainId: domain!,
    owners: owners?.slice(1, -1).split(',') ?? [],
    text: `id: ${position}\nevent: ${type}\ndata: ${json}\n\n`,
  }))
}

/** Whether an event is one of a scope's: the same as the statement asks. */
export function isIn({ domainId, userUuid, types }: Scope, event: Told): boolean {
  if (domainId !== undefined && domainId !== event.domainId) return false
  if (userUuid !== undefined && !event.owners.includes(userUuid)) return false
  return types === undefined || types.includes(event.type)
}
