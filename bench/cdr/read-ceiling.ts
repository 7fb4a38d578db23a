/**
 * The ceiling for reading call records: the answers of the bench written by hand on Fastify and `pg`, each with its own
 * statement. Whose token it is it looks up in a map; it checks nothing and logs nothing. Counts of a tenant's or an
 * extension's whole list come from the totals that are kept, and far pages begin after the last row, as one would do it
 * who knows the tables.
 */
import fastify, { type FastifyRequest } from 'fastify'
import pg from 'pg'

const PAGE_SIZE = 25

const COLUMNS = `id, domain_id, extension_id, core_uuid, call_uuid, domain_name, accountcode, direction, context,
  caller_id_name, caller_id_number, caller_destination, source_number, destination_number, start_epoch, start_stamp,
  answer_epoch, answer_stamp, end_epoch, end_stamp, duration, mduration, billsec, billmsec, bridge_uuid, read_codec,
  read_rate, write_codec, write_rate, remote_media_ip, network_addr, record_path, record_name, leg, pdd_ms,
  rtp_audio_in_mos, last_app, last_arg, missed_call, cc_side, cc_member_uuid, cc_queue_joined_epoch, cc_queue,
  cc_member_session_uuid, cc_agent_uuid, cc_agent, cc_agent_type, cc_agent_bridged, cc_queue_answered_epoch,
  cc_queue_terminated_epoch, cc_queue_canceled_epoch, cc_cancel_reason, cc_cause, waitsec, conference_name,
  conference_uuid, conference_member_id, digits_dialed, pin_number, hangup_cause, hangup_cause_q850,
  sip_hangup_disposition, status, created, updated, synchronised, updated_by`

const ORDER_BY = 'ORDER BY domain_id, extension_id, start_stamp DESC, id'

const list = (columns: string, where: string) => ({
  rows: `SELECT ${columns} FROM xml_cdrs WHERE ${where} ${ORDER_BY} LIMIT ${PAGE_SIZE}`,
  count: `SELECT count(*) AS count FROM xml_cdrs WHERE ${where}`,
})
const counted = `SELECT sum(total)::bigint AS count FROM cdr_totals WHERE grain = 'day' AND domain_id = $1`

const SQL = {
  day: list(COLUMNS, 'domain_id = $1 AND start_stamp >= $2 AND start_stamp < $3'),
  extension: {
    rows: list(COLUMNS, 'domain_id = $1 AND extension_id = $2').rows,
    count: `SELECT sum(total)::bigint AS count FROM cdr_extension_months WHERE domain_id = $1 AND extension_id = $2`,
  },
  call: list(`${COLUMNS}, xml, json`, 'domain_id = $1 AND call_uuid = $2'),
  tenant: { rows: list(COLUMNS, 'domain_id = $1').rows, count: counted },
  after: {
    rows: `(SELECT ${COLUMNS} FROM xml_cdrs WHERE domain_id = $1 AND extension_id = $2 AND start_stamp <= $3
        AND (start_stamp < $3 OR id > $4) ${ORDER_BY} LIMIT ${PAGE_SIZE})
      UNION ALL
      (SELECT ${COLUMNS} FROM xml_cdrs WHERE domain_id = $1 AND extension_id > $2 ${ORDER_BY} LIMIT ${PAGE_SIZE})
      ${ORDER_BY} LIMIT ${PAGE_SIZE}`,
    count: counted,
  },
}

const STATISTICS = `SELECT extract(hour FROM start_stamp)::int AS hour, count(*) AS total,
    count(*) FILTER (WHERE status = 'answered') AS answered, count(*) FILTER (WHERE missed_call) AS missed,
    sum(billsec) AS seconds, sum(ring_ms) AS ring_ms, max(ring_ms) AS ring_max_ms,
    coalesce(sum(billsec) FILTER (WHERE status = 'answered'), 0) AS talk_seconds,
    coalesce(max(billsec) FILTER (WHERE status = 'answered'), 0) AS talk_max_seconds
  FROM (SELECT *, extract(epoch FROM coalesce(answer_stamp, end_stamp, start_stamp) - start_stamp) * 1000 AS ring_ms
    FROM xml_cdrs WHERE domain_id = $1 AND start_stamp >= $2 AND start_stamp < $3) calls
  GROUP BY 1`

interface ListQuery {
  start_stamp__gte?: string
  start_stamp__lt?: string
  extension_id?: string
  call_uuid?: string
  page?: string
  cursor?: string
}

interface Row {
  id: string
  extension_id: string
  start_stamp: string
  url?: string
}

interface Hour {
  hour: number
  total: number
  answered: number
  missed: number
  seconds: number
  ring_ms: number
  ring_max_ms: number
  talk_seconds: number
  talk_max_seconds: number
}

interface Tenant {
  id: string
  name: string
}

const { DATABASE_URL, DATABASE_POOL_SIZE, PORT, TENANTS } = process.env
/** By their tokens. */
const tenants = new Map(Object.entries(JSON.parse(TENANTS!) as Record<string, Tenant>))

// bigint as a number; times as the API gives them. Both cost less than what pg does by default.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => `${text.slice(0, -3).replace(' ', 'T')}Z`)

const pool = new pg.Pool({
  connectionString: DATABASE_URL,
  options: '-c TimeZone=UTC',
  max: Number(DATABASE_POOL_SIZE),
  idleTimeoutMillis: 60_000,
})

async function query<T extends object>(name: string, text: string, values: unknown[]): Promise<T[]> {
  return (await pool.query<T>({ name, text, values })).rows
}

const tenantOf = (request: FastifyRequest): Tenant => tenants.get(request.headers.authorization!.slice(6))!

const cursorOf = ({ extension_id, start_stamp, id }: Row): string =>
  Buffer.from(JSON.stringify([extension_id, start_stamp, id])).toString('base64url')

function pageUrl(url: string, page: number, last: Row | undefined): string {
  const [path, text = ''] = url.split('?', 2)
  const pairs = text.split('&').filter((pair) => pair !== '' && !/^(page|cursor)=/.test(pair))
  if (page > 1) pairs.push(`page=${page}`)
  if (last) pairs.push(`cursor=${cursorOf(last)}`)
  return `${path}?${pairs.join('&')}`
}

function choose(asked: ListQuery, domainId: string): { name: keyof typeof SQL; values: unknown[] } {
  const { start_stamp__gte, start_stamp__lt, extension_id, call_uuid, cursor } = asked
  if (cursor) {
    const last = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    return { name: 'after', values: [domainId, ...last] }
  }
  if (call_uuid) return { name: 'call', values: [domainId, call_uuid] }
  if (extension_id) return { name: 'extension', values: [domainId, extension_id] }
  if (start_stamp__gte) return { name: 'day', values: [domainId, start_stamp__gte, start_stamp__lt] }
  return { name: 'tenant', values: [domainId] }
}

const app = fastify()

app.get<{ Querystring: ListQuery }>('/api/xmlcdrs/', async (request, reply) => {
  const { id } = tenantOf(request)
  const { name, values } = choose(request.query, id)
  const { rows: text, count: countText } = SQL[name]
  const [rows, [{ count } = { count: 0 }]] = await Promise.all([
    query<Row>(name, text, values),
    query<{ count: number }>(`${name} count`, countText, countText === counted ? [id] : values),
  ])
  const origin = `http://${request.headers.host}`
  for (const row of rows) row.url = `${origin}/api/xmlcdrs/${row.id}/`
  const page = Number(request.query.page ?? 1)
  const body = {
    count,
    next: page * PAGE_SIZE < count ? origin + pageUrl(request.url, page + 1, rows.at(-1)) : null,
    previous: page > 1 ? origin + pageUrl(request.url, page - 1, undefined) : null,
    results: rows,
  }
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body))
})

const oneDecimal = (value: number): number => Math.round(value * 10) / 10

app.get<{ Querystring: { cdr_hours: string } }>('/api/xmlcdrbasicstatistics/', async (request, reply) => {
  const { id, name } = tenantOf(request)
  const hours = Number(request.query.cdr_hours)
  const to = Math.ceil(Date.now() / 1000) * 1000
  const [first, last] = [to - hours * 3_600_000, to].map((ms) => new Date(ms).toISOString())
  const found = await query<Hour>('statistics', STATISTICS, [id, first, last])
  const sum = (figure: keyof Hour) => found.reduce((all, hour) => all + Number(hour[figure]), 0)
  const most = (figure: keyof Hour) => found.reduce((all, hour) => Math.max(all, Number(hour[figure])), 0)
  const [total, answered] = [sum('total'), sum('answered')]
  const body = {
    scope: 'domain',
    domain: name,
    extension: null,
    hours,
    from: `${first!.slice(0, 19)}Z`,
    to: `${last!.slice(0, 19)}Z`,
    total_calls: total,
    answered_calls: answered,
    missed_calls: sum('missed'),
    average_ring_time: oneDecimal(sum('ring_ms') / 1000 / total),
    max_ring_time: oneDecimal(most('ring_max_ms') / 1000),
    average_call_duration: oneDecimal(sum('talk_seconds') / answered),
    max_call_duration: most('talk_max_seconds'),
    hourly: Array.from({ length: 24 }, (_, hour) => {
      const at = found.find((each) => each.hour === hour)
      const { total, answered, missed } = at ?? { total: 0, answered: 0, missed: 0 }
      return { hour, total, answered, missed, minutes: oneDecimal(Number(at?.seconds ?? 0) / 60) }
    }),
  }
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body))
})

process.once('SIGTERM', async () => {
  await app.close()
  await pool.end()
})

await app.listen({ host: '127.0.0.1', port: Number(PORT) })
