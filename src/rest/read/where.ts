/** Predicates into SQL. Relations become sub-selects, so that a statement has one table and rows never multiply. */
import type { Predicate } from '../access.ts'
import { columnAt, type Model, modelOf } from '../model/model.ts'
import { identifier, type Sql } from '../sql.ts'
import { comparison } from './lookups.ts'

/** The condition that all predicates hold for the row `alias` of a model; `true` when there are none. */
export function whereSql(sql: Sql, model: Model, alias: string, predicates: readonly Predicate[]): string {
  if (predicates.length === 0) return 'true'
  return predicates.map((predicate) => predicateSql(sql, model, alias, predicate)).join(' AND ')
}

function predicateSql(sql: Sql, model: Model, alias: string, predicate: Predicate): string {
  if ('any' in predicate) {
    if (predicate.any.length === 0) return 'false'
    return `(${predicate.any.map((one) => predicateSql(sql, model, alias, one)).join(' OR ')})`
  }
  const [step, ...rest] = predicate.path.split('__')
  if (rest.length > 0) {
    const hop = model.hops.get(step!)
    if (!hop) throw new Error(`${model.name} has no relation ${step}`)
    const further = { ...predicate, path: rest.join('__') }
    return amongSql(sql, alias, hop.local, modelOf(hop.model), hop.remote, [further])
  }
  if ('among' in predicate) {
    const { model: other, column, where } = predicate.among
    const among = amongSql(sql, alias, step!, modelOf(other), column, where)
    return predicate.not ? `NOT ${among}` : among
  }
  const column = columnAt(model, step!)
  return comparison(`${alias}.${identifier(column.name)}`, column, predicate.lookup, predicate.value, (value) =>
    sql.param(value),
  )
}

function amongSql(
  sql: Sql,
  alias: string,
  local: string,
  model: Model,
  remote: string,
  where: readonly Predicate[],
): string {
  const inner = `${alias}_`
  const condition = whereSql(sql, model, inner, where)
  const rows = `SELECT ${inner}.${identifier(remote)} FROM ${identifier(model.table)} ${inner} WHERE ${condition}`
  return `${alias}.${identifier(local)} IN (${rows})`
}

/** Throws when a predicate of a definition names a column or relation that is not there. */
export function checkPredicates(model: Model, predicates: readonly Predicate[]): void {
  for (const predicate of predicates) {
    if ('any' in predicate) {
      checkPredicates(model, predicate.any)
      continue
    }
    columnAt(model, predicate.path)
    if ('among' in predicate) {
      const other = modelOf(predicate.among.model)
      columnAt(other, predicate.among.column)
      checkPredicates(other, predicate.among.where)
    }
  }
}
