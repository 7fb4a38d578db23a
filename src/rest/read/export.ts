/** Everything a list finds, as the SELECT of a CSV file: cells are made by PostgreSQL and pass through as bytes. */
import type { Field } from '../fields.ts'
import { identifier, LiteralSql } from '../sql.ts'
import { orderSql } from './ordering.ts'
import type { ListPlan } from './plan.ts'
import { formOf } from './shape.ts'
import { whereSql } from './where.ts'

/** The fields of a plan in their order: the columns of its CSV. */
export const fieldsOfPlan = ({ select, view }: ListPlan): readonly Field[] =>
  select === 'all' ? [...view.shown.values()] : select

/** The SELECT of all rows of a plan, page and size left aside, each cell as `renderCsv` would have it. */
export function exportSql(plan: ListPlan, apiUrl: string): string {
  const { compiled, where, order } = plan
  const sql = new LiteralSql()
  const cells = fieldsOfPlan(plan).map((field) => cellSql(sql, plan, field, apiUrl))
  const condition = whereSql(sql, compiled.model, 't', where)
  return `SELECT ${cells.join(', ')} FROM ${identifier(compiled.model.table)} t WHERE ${condition} ORDER BY ${orderSql(compiled, order)}`
}

/** The first characters that spreadsheets take for the beginning of a formula, as in src/rest/http/renderers/csv.ts. */
const RUNS_AS_FORMULA = [...'=+-@\t\r\n＝＋－＠'].map((character) => character.codePointAt(0)).join(', ')
/** JavaScript's \s: what PostgreSQL takes for a space depends on the database's locale. */
const SPACES = String.raw`\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff`
const NUMBER = `'^[+-]?[0-9(][0-9${SPACES}().]*$'`

function cellSql(sql: LiteralSql, { compiled }: ListPlan, field: Field, apiUrl: string): string {
  if (field.kind === 'url' || field.kind === 'link') {
    const key = `t.${identifier(compiled.model.primaryKey.name)}`
    const tail = field.action === undefined ? '/' : `/${field.action}/`
    return `${sql.param(`${apiUrl}${compiled.resource.path}/`)} || ${key} || ${sql.param(tail)}`
  }
  const value = field.select!
  switch (formOf(field)) {
    case 'boolean':
      return `CASE WHEN ${value} THEN 'true' WHEN NOT ${value} THEN 'false' END`
    // The session is in UTC with ISO dates.
    case 'time':
      return `replace(replace(${value}::text, ' ', 'T'), '+00', 'Z')`
    case 'text':
      return `CASE WHEN ascii(ltrim(${value}, '''')) IN (${RUNS_AS_FORMULA}) AND ${value} !~ ${NUMBER} THEN '''' || ${value} ELSE ${value} END`
    default:
      return value
  }
}
