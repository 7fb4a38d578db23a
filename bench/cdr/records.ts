/**
 * Call records by the million, made inside PostgreSQL: one INSERT a month, without triggers and indexes, which follow
 * when all is there. The same call of the same day looks the same in every database.
 */
import type pg from 'pg'
import { type Day, daysOf, SHARES } from './days.ts'
import { addTenants, fixedUuid, type Tenants } from './tenants.ts'
import { EXTENSION_MONTHS, TOTALS_OF_DAYS, TOTALS_OF_HOURS } from './totals.ts'

export interface Extent {
  readonly records: number
  /** Records of the larger database, and the months that they fill: they make the calls a day. */
  readonly fullRecords: number
  readonly months: number
  readonly tenants: number
  readonly extensions: number
}

export interface Filled extends Tenants {
  readonly records: number
  readonly days: number
}

/** Statements that run side by side, as a small machine has cores. */
const LANES = 2

/** Fills an empty database, the last call being a moment ago. */
export async function fillRecords(pool: pg.Pool, extent: Extent, now: Date): Promise<Filled> {
  const names = Array.from({ length: extent.tenants }, (_, index) => `tenant${index}.example.com`)
  const tenants = await addTenants(pool, names, extent.extensions)
  const days = daysOf(extent.records, extent.fullRecords, extent.months, now)
  await hastily(pool, async () => {
    const indexes = await dropIndexes(pool)
    const months = byMonth(days)
    await inLanes(pool, (client) => insertMonths(client, months, tenants))
    await inLanes(pool, (client) => runAll(client, indexes))
    await pool.query(TOTALS_OF_HOURS)
    await pool.query(TOTALS_OF_DAYS)
    await pool.query(EXTENSION_MONTHS)
    await pool.query('VACUUM (ANALYZE)')
  })
  return { ...tenants, records: extent.records, days: days.length }
}

/** Has PostgreSQL spare itself what keeps data over a power cut, for as long as the work takes. */
async function hastily(pool: pg.Pool, work: () => Promise<void>): Promise<void> {
  const settings = { fsync: 'off', full_page_writes: 'off', autovacuum: 'off', max_wal_size: "'16GB'" }
  for (const [name, value] of Object.entries(settings)) await pool.query(`ALTER SYSTEM SET ${name} = ${value}`)
  await pool.query('SELECT pg_reload_conf()')
  await work()
  for (const name of Object.keys(settings)) await pool.query(`ALTER SYSTEM RESET ${name}`)
  await pool.query('SELECT pg_reload_conf()')
  await pool.query('CHECKPOINT')
}

async function inLanes(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const lane = async () => {
    const client = await pool.connect()
    try {
      await client.query("SET maintenance_work_mem = '512MB'; SET work_mem = '64MB'; SET synchronous_commit = off")
      // Neither totals nor foreign keys: this user may leave them out, and both are right by what is written.
      await client.query('SET session_replication_role = replica')
      await work(client)
    } finally {
      client.release(true)
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}

/** Takes from the statements, which other lanes take from too, until none is left. */
async function runAll(client: pg.PoolClient, statements: string[]): Promise<void> {
  for (let next = statements.shift(); next; next = statements.shift()) await client.query(next)
}

/** Drops the indexes of xml_cdrs and returns the statements that make them again. */
async function dropIndexes(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ drop: string; make: string }>(
    `SELECT coalesce('ALTER TABLE xml_cdrs DROP CONSTRAINT ' || quote_ident(c.conname),
         'DROP INDEX ' || i.indexrelid::regclass) AS drop,
       coalesce('ALTER TABLE xml_cdrs ADD CONSTRAINT ' || quote_ident(c.conname) || ' ' || pg_get_constraintdef(c.oid),
         replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ')) AS make
     FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid
     WHERE i.indrelid = 'xml_cdrs'::regclass ORDER BY i.indexrelid`,
  )
  for (const { drop } of rows) await pool.query(drop)
  return rows.map(({ make }) => make)
}

function byMonth(days: readonly Day[]): Day[][] {
  const months = new Map<string, Day[]>()
  for (const day of days) {
    const name = day.start.toISOString().slice(0, 7)
    const month = months.get(name) ?? []
    months.set(name, [...month, day])
  }
  return [...months.values()]
}

async function insertMonths(client: pg.PoolClient, months: Day[][], { list }: Tenants): Promise<void> {
  for (let days = months.shift(); days; days = months.shift()) {
    const month = days[0]!.start.toISOString()
    await client.query('SELECT pbx_cdr_prepare_month($1)', [month])
    // Straight into the partition: no row needs to be told which it is.
    const partition = `xml_cdrs_${month.slice(0, 7).replace('-', '_')}`
    await client.query(INSERT.replace('INTO xml_cdrs', `INTO ${partition}`), [
      days.map(({ start }) => start.toISOString()),
      days.map(({ from }) => from),
      days.map(({ to }) => to),
      days.map(({ all }) => all),
      SHARES,
      list.map(({ id }) => id),
      list.flatMap(({ extensionIds }) => extensionIds),
    ])
  }
}

/** The first choice that the value is below: `choice('h', [700, 'a'], [1000, 'b'])`. */
function choice(value: string, ...choices: (readonly [number, string])[]): string {
  return `CASE ${choices.map(([below, result]) => `WHEN ${value} < ${below} THEN '${result}'`).join(' ')} END`
}

/** How calls end, by the thousandth below which they do. */
const KINDS: readonly (readonly [number, string])[] = [
  [700, 'answered'],
  [760, 'voicemail'],
  [880, 'no answer'],
  [980, 'cancelled'],
  [1000, 'failed'],
]

/** Bits of the call's hash as a number below a thousand. */
const thousandth = (shift: number): string => `((hash >> ${shift}) & 1048575) % 1000`

/**
 * From the inside out: days and the place of each call in its day; its hash and when it starts; what kind of call it
 * is; how long it rings and lasts; the row. OFFSET 0 keeps each step from being calculated again for every use of it.
 */
const INSERT = `INSERT INTO xml_cdrs (id, domain_id, extension_id, core_uuid, call_uuid, domain_name, accountcode,
    direction, context, caller_id_name, caller_id_number, caller_destination, source_number, destination_number,
    start_epoch, start_stamp, answer_epoch, answer_stamp, end_epoch, end_stamp, duration, mduration, billsec, billmsec,
    bridge_uuid, read_codec, read_rate, write_codec, write_rate, remote_media_ip, network_addr, leg, pdd_ms,
    rtp_audio_in_mos, last_app, last_arg, missed_call, hangup_cause, hangup_cause_q850, sip_hangup_disposition,
    xml, json, created, updated, updated_by)
  SELECT (lpad(to_hex(start_ms), 12, '0') || '8' || substr(digest, 1, 3) || '9' || substr(digest, 18, 15))::uuid,
    domain_id, extension_id, core_uuid, call_uuid, domain_name, domain_name,
    direction, domain_name, caller_name, caller, callee, caller, callee,
    start_ms / 1000, start_stamp, extract(epoch FROM answer_stamp)::bigint, answer_stamp,
    (start_ms + ring_ms + talk_ms) / 1000, end_stamp, (ring_ms + talk_ms) / 1000, ring_ms + talk_ms,
    talk_ms / 1000, talk_ms, CASE WHEN kind = 'answered' THEN ${fixedUuid('digest')} END,
    'PCMA', '8000', 'PCMA', '8000', '192.0.2.' || tenant, '192.0.2.' || tenant, 'a', 80 + (hash & 255),
    CASE WHEN talk_ms > 0 THEN 4.5 - ((hash >> 9) & 15) / 100.0 END,
    CASE kind WHEN 'voicemail' THEN 'voicemail' ELSE 'bridge' END,
    CASE kind WHEN 'voicemail' THEN 'default ' || domain_name || ' ' || number
      ELSE '{leg_timeout=30}user/' || number || '@' || domain_name END,
    direction <> 'outbound' AND kind NOT IN ('answered', 'voicemail'), cause,
    CASE cause WHEN 'NORMAL_CLEARING' THEN 16 WHEN 'NO_ANSWER' THEN 19 WHEN 'USER_BUSY' THEN 17
      WHEN 'ORIGINATOR_CANCEL' THEN 487 ELSE 27 END,
    CASE WHEN talk_ms > 0 THEN 'recv_bye' WHEN kind = 'cancelled' THEN 'recv_cancel' ELSE 'send_refuse' END,
    '<?xml version="1.0"?><cdr core-uuid="' || core_uuid || '"><variables><direction>' || direction
      || '</direction><uuid>' || call_uuid || '</uuid><domain_name>' || domain_name || '</domain_name><hangup_cause>'
      || cause || '</hangup_cause><duration>' || (ring_ms + talk_ms) / 1000 || '</duration></variables></cdr>',
    ('{"core-uuid":"' || core_uuid || '","variables":{"uuid":"' || call_uuid || '","direction":"' || direction
      || '","domain_name":"' || domain_name || '","hangup_cause":"' || cause || '"}}')::jsonb,
    end_stamp, end_stamp, ''
  FROM (
    SELECT *, start_stamp + ring_ms * interval '1 ms' + talk_ms * interval '1 ms' AS end_stamp,
      CASE WHEN talk_ms > 0 THEN start_stamp + ring_ms * interval '1 ms' END AS answer_stamp,
      CASE direction WHEN 'inbound' THEN outside ELSE number END AS caller,
      CASE direction WHEN 'inbound' THEN number WHEN 'outbound' THEN outside ELSE '1001' END AS callee,
      CASE direction WHEN 'inbound' THEN outside ELSE 'Ext ' || number END AS caller_name
    FROM (
      SELECT *, 'tenant' || tenant || '.example.com' AS domain_name, ($6::uuid[])[tenant + 1] AS domain_id,
        ($7::uuid[])[tenant * cardinality($7::uuid[]) / cardinality($6::uuid[]) + extension + 1] AS extension_id,
        (1001 + extension)::text AS number, '+4930' || 1000000 + (hash >> 20 & 262143) AS outside,
        floor(extract(epoch FROM start_stamp) * 1000)::bigint AS start_ms, ${fixedUuid('digest || 1')} AS call_uuid,
        1000 + (hash >> 7 & 15) * 1000 + (hash >> 11 & 1023) AS ring_ms,
        CASE kind WHEN 'answered' THEN 1000 + (-150000 * ln(((hash >> 13 & 65535) + 1) / 65536.0::float8))::bigint
          WHEN 'voicemail' THEN 4000 + (hash >> 13 & 32767) ELSE 0 END AS talk_ms,
        CASE kind WHEN 'no answer' THEN CASE WHEN hash >> 41 & 3 = 0 THEN 'USER_BUSY' ELSE 'NO_ANSWER' END
          WHEN 'cancelled' THEN 'ORIGINATOR_CANCEL' WHEN 'failed' THEN 'DESTINATION_OUT_OF_ORDER'
          ELSE 'NORMAL_CLEARING' END AS cause
      FROM (
        SELECT *, md5(hash::text) AS digest,
          ${choice(thousandth(3), [450, 'inbound'], [850, 'outbound'], [1000, 'local'])} AS direction,
          ${choice(thousandth(31), ...KINDS)} AS kind,
          -- Evenly over its hour, and later than the call before it.
          start + interval '1 hour' * (hour - 1 + (share - ($5::float8[])[hour])
            / (($5::float8[])[hour + 1] - ($5::float8[])[hour])) AS start_stamp
        FROM (
          SELECT *, width_bucket(share, $5::float8[]) AS hour FROM (
            SELECT *, (place + (hash & 1023) / 1024.0::float8) / "all" AS share FROM (
              SELECT d.start, d."all", place, place % cardinality($6::uuid[]) AS tenant,
                place / cardinality($6::uuid[]) % (cardinality($7::uuid[]) / cardinality($6::uuid[])) AS extension,
                ${fixedUuid('d.start::text')} AS core_uuid,
                hashint8extended(extract(epoch FROM d.start)::bigint * 1000 + place, 0) AS hash
              FROM unnest($1::timestamptz[], $2::int[], $3::int[], $4::int[]) AS d(start, "from", "to", "all")
              CROSS JOIN LATERAL generate_series(d."from", d."to" - 1) place OFFSET 0
            ) placed OFFSET 0
          ) shared OFFSET 0
        ) timed OFFSET 0
      ) kinds OFFSET 0
    ) lengths OFFSET 0
  ) ends`
