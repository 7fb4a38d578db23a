/** Ring groups that ring each other in a circle: every call would make more calls for as long as the switch bears it. */
import type { Row } from '../../../rest/model/model.ts'
import type { Transaction } from '../../../rest/write/transaction.ts'

/** What is said of a change that would make one. */
export const CIRCLE = 'A ring group cannot ring itself, nor a group that rings it.'

/**
 * Whether a group, as it now stands in the transaction, rings itself by whatever way. Such questions of one tenant wait
 * for each other, as two changes that make no circle can make one together.
 */
export async function ringsItself(tx: Transaction, { id, domain_id }: Row<'RingGroup'>): Promise<boolean> {
  if (domain_id === null) return false
  const lock = `SELECT pg_advisory_xact_lock(hashtextextended('ring groups of ' || $1, 0))`
  await tx.run({ text: lock, values: [domain_id] })
  return (await tx.run({ text: REACHED, values: [id, domain_id] })).length > 0
}

const REACHED = `
  WITH RECURSIVE "groups" AS (SELECT * FROM "ring_groups" WHERE "domain_id" = $2::uuid),
  "rings" AS (
    SELECT d."ring_group_id" AS "from", g."id" FROM "groups" f
      JOIN "ring_group_destinations" d ON d."ring_group_id" = f."id" JOIN "groups" g ON g."extension" = d."number"
    UNION ALL
    SELECT f."id", g."id" FROM "groups" f JOIN "groups" g ON g."extension" = f."forward_destination"
    WHERE f."forward_enabled"),
  "reached" AS (
    SELECT r."id" FROM "rings" r WHERE r."from" = $1::uuid
    UNION
    SELECT r."id" FROM "reached" one JOIN "rings" r ON r."from" = one."id")
  SELECT 1 FROM "reached" WHERE "id" = $1::uuid`
