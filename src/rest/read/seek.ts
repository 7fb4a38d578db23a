/**
 * Lists of few rows in a table of many partitions. An exact filter by a column that few rows share (`seek` in a
 * resource's definition) says nothing of where they are: PostgreSQL makes ready to read every column in every partition.
 * To ask for the time of the rows alone, and then for the rows of that time, is cheaper.
 */
import type { Predicate } from '../access.ts'
import type { RowReader } from '../database.ts'
import { identifier, Sql } from '../sql.ts'
import type { ListPlan } from './plan.ts'
import { whereSql } from './where.ts'

/**
 * The time of the rows that a plan is about; undefined where it does not seek, finds none, or finds as many as a page
 * has, of which more may follow.
 */
export async function soughtTime(db: RowReader, plan: ListPlan): Promise<Predicate[] | undefined> {
  const { seek } = plan.compiled.resource
  const { model } = plan.compiled
  const sought = plan.where.find((one) => 'lookup' in one && one.path === seek?.by && one.lookup === 'exact')
  if (!seek || !sought) return undefined
  const sql = new Sql()
  const times = `SELECT t.${identifier(seek.time)} AS at FROM ${identifier(model.table)} t
    WHERE ${whereSql(sql, model, 't', [sought])} LIMIT ${plan.page.size}`
  const [[first, last, count] = []] = await db.runText(
    sql.statement(`SELECT min(at), max(at), count(*) FROM (${times}) times`),
  )
  if (!first || !last || Number(count) === plan.page.size) return undefined
  return [
    { path: seek.time, lookup: 'gte', value: first },
    { path: seek.time, lookup: 'lte', value: last },
  ]
}
