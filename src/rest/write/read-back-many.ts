/** Many rows that were written, as the caller sees them. */
import type { Connection } from '../database.ts'
import { absence } from '../read/absence.ts'
import { rowsFor, viewFor } from '../read/plan.ts'
import { runRows } from '../read/read.ts'
import type { Compiled } from '../registry.ts'
import type { Writer } from './writer.ts'

/** The rows in the order of their ids; as for one row, a write that put one out of the right's reach is undone. */
export async function readBackMany(
  db: Connection,
  writer: Writer,
  compiled: Compiled,
  ids: readonly string[],
  right: 'create' | 'update',
): Promise<string[]> {
  const { caller, apiUrl } = writer
  const view = viewFor(compiled, caller, right)
  const where = [
    { path: compiled.model.primaryKey.name, lookup: 'in' as const, value: ids },
    ...rowsFor(compiled, caller, right),
  ]
  const rows = await runRows(db, { compiled, view, select: 'all', where }, apiUrl)
  const lost = ids.find((id) => !rows.has(id))
  if (lost !== undefined) throw await absence(db, compiled, caller, lost)
  return ids.map((id) => rows.get(id)!)
}
