/**
 * Files that are no row's any more, or never were. What a deleted or replaced row leaves stands in `media_removals`,
 * written by triggers in its transaction. A server that stops between the writing of a file and the commit of its row
 * leaves a file that nothing names; never the other way round.
 */
import type { MediaStore } from '../media/store.ts'
import type { Connection, Database } from './database.ts'
import { allModels } from './model/model.ts'
import { identifier } from './sql.ts'

/** No request lasts that long. */
const OLD_MS = 3_600_000
/** Names that one statement looks up. */
const BATCH = 10_000

/** How many files are removed with one statement; others wait for their turn. */
const MOST_AT_ONCE = 100

/** Removes files that rows left behind, the last ones first; gives how many. Replicas do not wait for each other. */
export async function removeLeft(database: Pick<Database, 'transaction'>, store: MediaStore): Promise<number> {
  const [done, failed] = await database.transaction(async (db) => {
    const text = 'SELECT "id", "stored_as" FROM "media_removals" ORDER BY "id" DESC LIMIT $1 FOR UPDATE SKIP LOCKED'
    const left = await db.run({ text, values: [MOST_AT_ONCE] })
    const results = await Promise.allSettled(left.map(([, storedAs]) => store.remove(String(storedAs))))
    const removed = left.filter((_row, index) => results[index]!.status === 'fulfilled').map(([id]) => id)
    if (removed.length > 0) {
      await db.run({ text: 'DELETE FROM "media_removals" WHERE "id" = ANY($1::bigint[])', values: [removed] })
    }
    return [removed.length, results.find((result) => result.status === 'rejected')] as const
  })
  if (failed) throw failed.reason
  return done
}

/** Removes files older than an hour that belong to no row, and what came in and was never kept; gives how many. */
export async function sweep(db: Connection, store: MediaStore, now = new Date()): Promise<number> {
  const before = new Date(now.getTime() - OLD_MS)
  await store.removeDrafts(before)
  let removed = 0
  let batch: string[] = []
  for await (const { storedAs, modified } of store.list()) {
    if (modified >= before) continue
    batch.push(storedAs)
    if (batch.length < BATCH) continue
    removed += await removeUnnamed(db, store, batch)
    batch = []
  }
  return removed + (await removeUnnamed(db, store, batch))
}

async function removeUnnamed(db: Connection, store: MediaStore, batch: readonly string[]): Promise<number> {
  if (batch.length === 0) return 0
  const unnamed = await db.run({ text: UNNAMED, values: [batch] })
  for (const [storedAs] of unnamed) await store.remove(String(storedAs))
  return unnamed.length
}

/** A table that has the column and is not asked would lose its files. */
const UNNAMED = (() => {
  const tables = allModels().filter(({ name, columns }) => columns.has('stored_as') && name !== 'MediaRemoval')
  const named = tables.map(
    ({ table }) => `AND NOT EXISTS (SELECT FROM ${identifier(table)} t WHERE t."stored_as" = f."stored_as")`,
  )
  return `SELECT f."stored_as" FROM unnest($1::text[]) AS f("stored_as") WHERE true ${named.join(' ')}`
})()
