/** cdr_totals counted anew from xml_cdrs, as its triggers would have left it. */
import type pg from 'pg'

const SUMS = `count(*), count(*) FILTER (WHERE r.status = 'answered'), count(*) FILTER (WHERE r.missed_call),
    sum(ring_ms), max(ring_ms), coalesce(sum(r.billsec) FILTER (WHERE r.status = 'answered'), 0),
    coalesce(max(r.billsec) FILTER (WHERE r.status = 'answered'), 0), coalesce(sum(r.billsec), 0)`

const counted = (grain: 'hour' | 'day'): string => `SELECT '${grain}' AS grain,
    coalesce(r.domain_id, '00000000-0000-0000-0000-000000000000') AS domain_id,
    date_trunc('${grain}', r.start_stamp, 'UTC') AS starts_at, ${SUMS}
  FROM (
    SELECT domain_id, start_stamp, status, missed_call, billsec, pbx_cdr_ring_ms(xml_cdrs) AS ring_ms FROM xml_cdrs
  ) r GROUP BY 2, 3`

export const TOTALS_OF_HOURS = `INSERT INTO cdr_totals ${counted('hour')}`

/** The days from the hours, which are far fewer than the calls. */
export const TOTALS_OF_DAYS = `INSERT INTO cdr_totals
  SELECT 'day', domain_id, date_trunc('day', starts_at, 'UTC'), sum(total), sum(answered), sum(missed), sum(ring_ms),
    max(ring_max_ms), sum(talk_seconds), max(talk_max_seconds), sum(billed_seconds)
  FROM cdr_totals WHERE grain = 'hour' GROUP BY 2, 3`

export const EXTENSION_MONTHS = `INSERT INTO cdr_extension_months
  SELECT extension_id, coalesce(domain_id, '00000000-0000-0000-0000-000000000000'),
    date_trunc('month', start_stamp, 'UTC'), count(*)
  FROM xml_cdrs WHERE extension_id IS NOT NULL GROUP BY 1, 2, 3`

/** How many totals are other than a recount gives, or there for calls that are not. */
export async function wrongTotals(pool: pg.Pool): Promise<number> {
  const recount = `(${counted('hour')} UNION ALL ${counted('day')})`
  const { rows } = await pool.query<{ wrong: number }>(
    `SELECT count(*)::int AS wrong FROM (
       (TABLE cdr_totals EXCEPT ALL ${recount}) UNION ALL (${recount} EXCEPT ALL TABLE cdr_totals)
     ) differences`,
  )
  return rows[0]!.wrong
}
