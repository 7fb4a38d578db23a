/** Call records as tests need them: what a statistic or a story reads of a call, the rest left out. */
import type { FastifyInstance } from 'fastify'

export interface TestCall {
  readonly domain?: string | null
  readonly extension?: string | null
  /** When it began. */
  readonly at: string | Date
  /** Seconds until the answer; null: nobody answered. */
  readonly answeredAfter?: number | null
  /** Seconds until the end. */
  readonly endedAfter?: number
  readonly missed?: boolean
  readonly more?: Readonly<Record<string, unknown>>
}

/** Stores calls, with the months they began in. */
export async function addCalls(app: FastifyInstance, calls: readonly TestCall[]): Promise<void> {
  const rows = calls.map(rowOf)
  const months = new Set(rows.map((row) => String(row.start_stamp).slice(0, 7)))
  for (const month of months) await app.pool.query('SELECT pbx_cdr_prepare_month($1)', [`${month}-15T00:00:00Z`])
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].map((name) => `"${name}"`).join(', ')
  await app.pool.query(
    `INSERT INTO xml_cdrs (id, ${names}) SELECT gen_random_uuid(), ${names} FROM jsonb_populate_recordset(NULL::xml_cdrs, $1)`,
    [JSON.stringify(rows)],
  )
}

function rowOf({ domain, extension, at, answeredAfter = null, endedAfter = 10, missed, more }: TestCall) {
  const start = new Date(at).getTime()
  const later = (seconds: number) => new Date(start + seconds * 1000).toISOString()
  return {
    domain_id: domain ?? null,
    extension_id: extension ?? null,
    start_stamp: later(0),
    answer_stamp: answeredAfter === null ? null : later(answeredAfter),
    end_stamp: later(endedAfter),
    billsec: answeredAfter === null ? 0 : Math.round(endedAfter - answeredAfter),
    duration: Math.round(endedAfter),
    missed_call: missed ?? answeredAfter === null,
    hangup_cause: answeredAfter === null ? 'NO_ANSWER' : 'NORMAL_CLEARING',
    ...more,
  }
}
