/** Call records as they stand in the database, and what the server asks of it: statements and their plans. */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { recordId } from '../../src/modules/cdr/record/record-id.ts'
import { LiteralSql } from '../../src/rest/sql.ts'

/** Columns of xml_cdrs; those left out are null, or have their default. */
export type Call = Readonly<{ start_stamp: string; id?: string } & Record<string, unknown>>

/** Puts calls into their months and gives their ids, which are those that the server would have given. */
export async function addCalls(pool: pg.Pool, calls: readonly Call[]): Promise<string[]> {
  const rows = calls.map((call) => ({
    id: recordId(microsOf(call.start_stamp), (call.call_uuid as string | undefined) ?? randomUUID(), 'a'),
    ...call,
  }))
  await prepareMonths(
    pool,
    rows.map((row) => row.start_stamp),
  )
  const names = [...new Set(rows.flatMap(Object.keys))].map((name) => `"${name}"`).join(', ')
  const from = `jsonb_populate_recordset(NULL::"xml_cdrs", $1)`
  await pool.query(`INSERT INTO "xml_cdrs" (${names}) SELECT ${names} FROM ${from}`, [JSON.stringify(rows)])
  return rows.map((row) => row.id)
}

export async function prepareMonths(pool: pg.Pool, times: readonly string[]): Promise<void> {
  const months = [...new Set(times.map((time) => time.slice(0, 7)))]
  for (const month of months) await pool.query('SELECT pbx_cdr_prepare_month($1::timestamptz)', [`${month}-01`])
}

/** Unix microseconds of a time in UTC, to the last digit. */
export function microsOf(time: string): bigint {
  const [, seconds, fraction = ''] = /^(.{19})(?:\.(\d{1,6}))?Z$/.exec(time)!
  return BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0'))
}

/** The time of Unix microseconds, as the server tells it. */
export function timeOf(micros: bigint): string {
  const fraction = String(((micros % 1_000_000n) + 1_000_000n) % 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '')
  const seconds = new Date(Number((micros - (((micros % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1000n))
  return `${seconds.toISOString().slice(0, 19)}${fraction && `.${fraction}`}Z`
}

export interface Sent {
  readonly text: string
  readonly values: readonly unknown[]
}

/** The statements sent to PostgreSQL during `work` that speak of call records or their totals. */
export async function sentDuring(work: () => Promise<unknown>): Promise<Sent[]> {
  const sent: Sent[] = []
  const prototype = pg.Client.prototype as unknown as { query: (...input: unknown[]) => unknown }
  const original = prototype.query
  prototype.query = function (this: unknown, ...input) {
    const [first, second] = input as [string | Partial<Sent>, unknown[] | undefined]
    const { text = '', values = [] } = typeof first === 'string' ? { text: first, values: second } : first
    if (/"xml_cdrs"|"cdr_(totals|extension_months)"/.test(text)) sent.push({ text, values: values ?? [] })
    return original.apply(this, input)
  }
  try {
    await work()
  } finally {
    prototype.query = original
  }
  return sent
}

/** A node of a plan, as EXPLAIN (FORMAT JSON) has it. */
export interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Actual Rows'?: number
  readonly 'Actual Loops'?: number
  readonly 'Rows Removed by Filter'?: number
  readonly 'Rows Removed by Index Recheck'?: number
  readonly 'Shared Hit Blocks'?: number
  readonly 'Shared Read Blocks'?: number
  readonly Plans?: readonly PlanNode[]
}

/** Every node of the plan of a statement that was sent, once it has run. */
export async function planOf(pool: pg.Pool, { text, values }: Sent): Promise<PlanNode[]> {
  const copied = /^COPY \((.*)\) TO STDOUT/s.exec(text)?.[1]
  const explain = `EXPLAIN (ANALYZE, FORMAT JSON) ${copied ?? text}`
  const { rows } = await pool.query<Explained>(explain, [...values])
  return nodesOf(rows)
}

/** The same for a plan made before the values are known, as PostgreSQL may make one for a prepared statement. */
export async function genericPlanOf(pool: pg.Pool, { text, values }: Sent): Promise<PlanNode[]> {
  const client = await pool.connect()
  const sql = new LiteralSql()
  const list = values.length > 0 ? `(${values.map((value) => sql.param(value)).join(', ')})` : ''
  try {
    await client.query(`SET plan_cache_mode = force_generic_plan; PREPARE generic AS ${text}`)
    const { rows } = await client.query<Explained>(`EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE generic${list}`)
    return nodesOf(rows)
  } finally {
    client.release(true)
  }
}

type Explained = { 'QUERY PLAN': [{ Plan: PlanNode }] }

const nodesOf = (rows: readonly Explained[]) => below(rows[0]!['QUERY PLAN'][0].Plan)
const below = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(below)]

/** The months of call records that a plan looked into, in order: `2025_05`. */
export const monthsRead = (nodes: readonly PlanNode[]): string[] =>
  [...new Set(scansOf(nodes).map((node) => node['Relation Name']!.replace('xml_cdrs_', '')))].sort()

/** The scans of call records that ran. */
export const scansOf = (nodes: readonly PlanNode[]): PlanNode[] =>
  nodes.filter((node) => node['Relation Name']?.startsWith('xml_cdrs') && node['Actual Loops'] !== 0)

/** The rows of call records that a plan looked at, kept or not. */
export const rowsTouched = (nodes: readonly PlanNode[]): number =>
  scansOf(nodes).reduce((sum, node) => {
    const each = (node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)
    return sum + (each + (node['Rows Removed by Index Recheck'] ?? 0)) * (node['Actual Loops'] ?? 0)
  }, 0)
