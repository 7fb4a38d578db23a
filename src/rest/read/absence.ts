/** Why a row was not found: it does not exist for the caller, or it is known to and not for it to touch. */
import type { Predicate } from '../access.ts'
import type { Caller } from '../caller.ts'
import type { Connection } from '../database.ts'
import { type ApiError, forbidden, notFound } from '../errors.ts'
import type { Compiled } from '../registry.ts'
import { identifier, Sql } from '../sql.ts'
import { rowsFor, withId } from './plan.ts'
import { whereSql } from './where.ts'

/** 403 for a row that may be read, or is no secret of the whole system's; else 404. */
export async function absence(db: Connection, compiled: Compiled, caller: Caller, id: string): Promise<ApiError> {
  const access = compiled.views.get(caller.role!)?.access
  const known: (readonly Predicate[])[] = []
  if (access?.rights.retrieve) known.push(rowsFor(compiled, caller, 'retrieve'))
  if (access?.systemWide) known.push(access.systemWide)
  for (const rows of known) {
    const sql = new Sql()
    const where = whereSql(sql, compiled.model, 't', [...withId(compiled, id), ...rows])
    const [row] = await db.run(sql.statement(`SELECT FROM ${identifier(compiled.model.table)} t WHERE ${where}`))
    if (row) return forbidden()
  }
  return notFound()
}
