/** cdr_totals and cdr_extension_months counted anew from xml_cdrs, as its triggers would have left them. */
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

const COUNTED_MONTHS = `SELECT extension_id, coalesce(domain_id, '00000000-0000-0000-0000-000000000000'),
    date_trunc('month', start_stamp, 'UTC'), count(*)
  FROM xml_cdrs WHERE extension_id IS NOT NULL GROUP BY 1, 2, 3`

export const EXTENSION_MONTHS = `INSERT INTO cdr_extension_months ${COUNTED_MONTHS}`

/** How many totals are other than a recount gives, or there for calls that are not. */
export async function wrongTotals(pool: pg.Pool): Promise<number> {
  const totals = await differences(pool, 'cdr_totals', `${counted('hour')} UNION ALL ${counted('day')}`)
  return totals + (await differences(pool, 'cdr_extension_months', COUNTED_MONTHS))
}

async function differences(pool: pg.Pool, name: string, recount: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM (
       (TABLE ${name} EXCEPT ALL (${recount})) UNION ALL ((${recount}) EXCEPT ALL TABLE ${name})
     ) differences`,
  )
  return rows[0]!.count
}
