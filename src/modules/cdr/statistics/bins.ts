/** Calls counted in short stretches of time, from the roll-up where it can be, else from the calls themselves. */
import type { Predicate } from '../../../rest/access.ts'
import type { Connection } from '../../../rest/database.ts'
import { modelOf } from '../../../rest/model/model.ts'
import { whereSql } from '../../../rest/read/where.ts'
import { identifier, Sql } from '../../../rest/sql.ts'
import { hasWholeHours, piecesOf, type Range } from './window.ts'

/** What a stretch of time that begins at `startMs` comes to. Times to ring in milliseconds, to talk in seconds. */
export interface Bin {
  readonly startMs: number
  readonly total: number
  readonly answered: number
  readonly missed: number
  readonly ringMs: number
  readonly ringMaxMs: number
  readonly talkSeconds: number
  readonly talkMaxSeconds: number
  readonly billedSeconds: number
}

/** Whose calls are counted. */
export interface Counted {
  readonly rows: readonly Predicate[]
  /** The tenant whose calls `rows` are, all of them; null: of all tenants; undefined: the roll-up has no such count. */
  readonly tenant: string | null | undefined
}

const TOTALS = modelOf('CdrTotal')
const CALLS = modelOf('XmlCdr')

/** Counts the calls of a range. No bin reaches over an hour of the day in `timeZone`. */
export async function countBins(
  database: Connection,
  counted: Counted,
  range: Range,
  timeZone: string,
): Promise<Bin[]> {
  const wholeHours = hasWholeHours(timeZone, range)
  const width = wholeHours ? '1 hour' : '15 minutes'
  const sql = new Sql()
  const parts: string[] = []
  if (wholeHours && counted.tenant !== undefined) {
    const { whole, rest } = piecesOf(range)
    if (whole.fromMs < whole.toMs) parts.push(totalsSql(sql, counted.tenant, whole))
    if (rest.length > 0) parts.push(callsSql(sql, counted.rows, rest, width))
  } else {
    parts.push(callsSql(sql, counted.rows, [range], width))
  }
  const rows = await database.run(sql.statement(parts.join(' UNION ALL ')))
  return rows.map((row) => {
    const [startMs, total, answered, missed, ringMs, ringMaxMs, talkSeconds, talkMaxSeconds, billedSeconds] = row.map(
      Number,
    ) as [number, number, number, number, number, number, number, number, number]
    return { startMs, total, answered, missed, ringMs, ringMaxMs, talkSeconds, talkMaxSeconds, billedSeconds }
  })
}

const millis = (moment: string) => `(extract(epoch FROM ${moment}) * 1000)::bigint`

function rangeSql(sql: Sql, column: string, { fromMs, toMs }: Range): string {
  const [from, to] = [fromMs, toMs].map((ms) => sql.param(new Date(ms).toISOString()))
  return `${column} >= ${from}::timestamptz AND ${column} < ${to}::timestamptz`
}

/** Ring times are what the roll-up's own triggers take for them. */
function callsSql(sql: Sql, rows: readonly Predicate[], ranges: readonly Range[], width: string): string {
  const bin = `date_bin('${width}', t."start_stamp", timestamptz '2000-01-01 00:00:00+00')`
  const answered = `FILTER (WHERE t."status" = 'answered')`
  const within = ranges.map((range) => `(${rangeSql(sql, 't."start_stamp"', range)})`).join(' OR ')
  const where = `(${within}) AND ${whereSql(sql, CALLS, 't', rows)}`
  return `SELECT ${millis(bin)}, count(*), count(*) ${answered}, count(*) FILTER (WHERE t."missed_call"),
    sum(pbx_cdr_ring_ms(t)), max(pbx_cdr_ring_ms(t)),
    coalesce(sum(t."billsec") ${answered}, 0), coalesce(max(t."billsec") ${answered}, 0), coalesce(sum(t."billsec"), 0)
    FROM ${identifier(CALLS.table)} t WHERE ${where} GROUP BY 1`
}

/**
 * The key begins with the tenant, so all tenants are many short looks, not one at everything there ever was; OFFSET 0
 * keeps the planner to that.
 */
function totalsSql(sql: Sql, tenant: string | null, range: Range): string {
  const tenants =
    tenant === null
      ? `(SELECT "id" FROM "domains" UNION ALL SELECT '00000000-0000-0000-0000-000000000000'::uuid)`
      : `(SELECT ${sql.param(tenant)}::uuid AS "id")`
  const hours = `SELECT * FROM ${identifier(TOTALS.table)} h WHERE h."grain" = 'hour' AND h."domain_id" = d."id"
    AND ${rangeSql(sql, 'h."starts_at"', range)} OFFSET 0`
  return `SELECT ${millis('c."starts_at"')}, sum(c."total"), sum(c."answered"), sum(c."missed"), sum(c."ring_ms"),
    max(c."ring_max_ms"), sum(c."talk_seconds"), max(c."talk_max_seconds"), sum(c."billed_seconds")
    FROM ${tenants} d CROSS JOIN LATERAL (${hours}) c GROUP BY 1`
}
