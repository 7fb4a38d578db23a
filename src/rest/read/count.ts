/**
 * How many rows a list has. Where the database keeps totals of a resource by hour and day (`totals` in its
 * definition), and the filters speak of their columns only, days and hours within the range are added up, and rows are
 * counted in the parts of an hour at its ends only.
 */
import type { Predicate } from '../access.ts'
import { modelOf } from '../model/model.ts'
import type { Totals } from '../resource.ts'
import { identifier, type Sql } from '../sql.ts'
import type { ListPlan } from './plan.ts'
import { whereSql } from './where.ts'

/** The SQL of a list's count. `from` is its FROM … WHERE, where that has been made already. */
export function countSql(sql: Sql, plan: ListPlan, from?: string): string {
  const { resource, model } = plan.compiled
  const counted = (extra: readonly Predicate[]) =>
    `SELECT count(*) FROM ${identifier(model.table)} t WHERE ${whereSql(sql, model, 't', [...plan.where, ...extra])}`
  const split = resource.totals && splitWhere(resource.totals, plan.where)
  const range = split && wholeHours(split.times)
  if (!resource.totals || !split || !range) return `(${from ? `SELECT count(*) ${from}` : counted([])})::int8`
  const { time } = resource.totals
  const parts = [...totalsSql(sql, resource.totals, split.others, range)]
  if (range.from !== undefined) parts.push(counted([{ path: time, lookup: 'lt', value: iso(range.from) }]))
  if (range.to !== undefined) parts.push(counted([{ path: time, lookup: 'gte', value: iso(range.to) }]))
  return `(${parts.map((part) => `(${part})`).join(' + ')})::int8`
}

type TimePredicate = Extract<Predicate, { lookup: unknown }>

/** The conditions on the time and those on the column of the totals; undefined when there are others. */
function splitWhere(totals: Totals, where: readonly Predicate[]) {
  const times: TimePredicate[] = []
  const others: Predicate[] = []
  for (const predicate of where) {
    if (!('path' in predicate)) return undefined
    if (predicate.path === totals.by && !isNullTest(predicate)) others.push(predicate)
    else if (predicate.path === totals.time && 'lookup' in predicate && BOUNDS.has(predicate.lookup)) {
      times.push(predicate)
    } else return undefined
  }
  return { times, others }
}

const BOUNDS: ReadonlySet<string> = new Set(['gt', 'gte', 'lt', 'lte', 'range', 'date'])
/** Rows without a value have totals under a stand-in for it, which no comparison with a value may find. */
const STAND_IN = '00000000-0000-0000-0000-000000000000'
const isNullTest = (predicate: Predicate) => 'lookup' in predicate && predicate.lookup === 'isnull'

/** A range of milliseconds, an open end left out. */
interface Range {
  readonly from?: number
  readonly to?: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** After it a date has a form of its own. */
const LAST_MS = Date.UTC(9999, 11, 31)

/** The whole hours within all of the bounds; undefined when there are none. */
function wholeHours(bounds: readonly TimePredicate[]): Range | undefined {
  let from = Number.NEGATIVE_INFINITY
  let to = Number.POSITIVE_INFINITY
  for (const { lookup, value } of bounds) {
    const [low, high] = Array.isArray(value) ? (value as [string, string]) : [String(value), String(value)]
    if (lookup !== 'lt' && lookup !== 'lte') {
      from = Math.max(from, isWhole(low) && lookup !== 'gt' ? hourOf(low) : hourOf(low) + HOUR_MS)
    }
    if (lookup !== 'gt' && lookup !== 'gte') to = Math.min(to, hourOf(high))
  }
  if (from >= to || from >= LAST_MS) return undefined
  return { ...(from > Number.NEGATIVE_INFINITY && { from }), ...(to < Number.POSITIVE_INFINITY && { to }) }
}

const hourOf = (time: string) => Math.floor(Date.parse(time) / HOUR_MS) * HOUR_MS
/** A time on the hour, to the microsecond. */
const isWhole = (time: string) => /:00:00(\.0*)?Z$/.test(time)
const iso = (ms: number) => new Date(ms).toISOString()

/** The sums over whole hours: days where there are any, hours before and after them. */
function totalsSql(sql: Sql, totals: Totals, others: readonly Predicate[], { from, to }: Range): string[] {
  const model = modelOf(totals.model)
  const owners: Predicate[] = others.length > 0 ? [...others, { path: totals.by, lookup: 'gt', value: STAND_IN }] : []
  const sum = (grain: string, low: number | undefined, high: number | undefined) => {
    const bounds: Predicate[] = [{ path: 'grain', lookup: 'exact', value: grain }]
    if (low !== undefined) bounds.push({ path: 'starts_at', lookup: 'gte', value: iso(low) })
    if (high !== undefined) bounds.push({ path: 'starts_at', lookup: 'lt', value: iso(high) })
    const where = whereSql(sql, model, 'c', [...owners, ...bounds])
    return `SELECT coalesce(sum(c."total"), 0) FROM ${identifier(model.table)} c WHERE ${where}`
  }
  const firstDay = from === undefined ? undefined : Math.ceil(from / DAY_MS) * DAY_MS
  const lastDay = to === undefined ? undefined : Math.floor(to / DAY_MS) * DAY_MS
  if (firstDay !== undefined && lastDay !== undefined && firstDay >= lastDay) return [sum('hour', from, to)]
  return [
    ...(firstDay !== undefined && firstDay !== from ? [sum('hour', from, firstDay)] : []),
    sum('day', firstDay, lastDay),
    ...(lastDay !== undefined && lastDay !== to ? [sum('hour', lastDay, to)] : []),
  ]
}
