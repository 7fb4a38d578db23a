/**
 * The ceiling our server is measured against: the same four answers written by hand on Fastify and `pg`. It asks nobody
 * who they are, checks nothing and logs nothing; statements are prepared, rows become objects, JSON.stringify writes
 * them. It is compiled like our server, so that neither carries a loader at run time.
 */
import fastify from 'fastify'
import pg from 'pg'

const PAGE_SIZE = 25

const COLUMNS = `id, domain_id, extension, number_alias, password, accountcode, effective_caller_id_name,
  effective_caller_id_number, outbound_caller_id_name, outbound_caller_id_number, emergency_caller_id_name,
  emergency_caller_id_number, directory_first_name, directory_last_name, directory_visible, directory_exten_visible,
  limit_max, limit_destination, missed_call_app, user_context, toll_allow, call_timeout, call_group,
  call_screen_enabled, user_record, hold_music, auth_acl, cidr, sip_force_contact, sip_force_expires, mwi_account,
  sip_bypass_media, dial_string, do_not_disturb, forward_all_destination, forward_all_enabled,
  forward_busy_destination, forward_busy_enabled, forward_no_answer_destination, forward_no_answer_enabled,
  forward_user_not_registered_destination, forward_user_not_registered_enabled, forward_caller_id, follow_me_enabled,
  enabled, description, absolute_codec_string, force_ping, created, updated, synchronised, updated_by`

const FILTER = 'domain_id = $1 AND enabled = $2 AND extension LIKE $3'

const SQL = {
  list: `SELECT ${COLUMNS} FROM extensions ORDER BY domain_id, extension, id LIMIT $1 OFFSET $2`,
  count: 'SELECT count(*) AS count FROM extensions',
  filtered: `SELECT ${COLUMNS} FROM extensions WHERE ${FILTER} ORDER BY extension DESC, id LIMIT $4 OFFSET $5`,
  filteredCount: `SELECT count(*) AS count FROM extensions WHERE ${FILTER}`,
  row: `SELECT ${COLUMNS} FROM extensions WHERE id = $1`,
  create: `INSERT INTO extensions (domain_id, extension, password, effective_caller_id_name, effective_caller_id_number,
      enabled, user_context, accountcode, updated_by)
    VALUES ($1, $2, $3, $4, $5, $6, (SELECT name FROM domains WHERE id = $1),
      (SELECT left(name, 32) FROM domains WHERE id = $1), $7) RETURNING ${COLUMNS}`,
}

interface ListQuery {
  page?: string
  domain_id?: string
  enabled?: string
  extension__contains?: string
}

interface Row {
  id: string
  url?: string
}

const { DATABASE_URL, DATABASE_POOL_SIZE, PORT, UPDATED_BY } = process.env

// bigint as a number; times as the API gives them. Both cost less than what pg does by default.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => `${text.slice(0, -3).replace(' ', 'T')}Z`)

const pool = new pg.Pool({
  connectionString: DATABASE_URL,
  options: '-c TimeZone=UTC',
  max: Number(DATABASE_POOL_SIZE),
  idleTimeoutMillis: 60_000,
})

async function query<T extends object>(name: keyof typeof SQL, values: unknown[]): Promise<T[]> {
  return (await pool.query<T>({ name, text: SQL[name], values })).rows
}

function withUrl(row: Row, base: string): Row {
  row.url = `${base}${row.id}/`
  return row
}

function page(url: string, number: number, rows: Row[], count: number) {
  return {
    count,
    next: number * PAGE_SIZE < count ? pageUrl(url, number + 1) : null,
    previous: number > 1 ? pageUrl(url, number - 1) : null,
    results: rows,
  }
}

function pageUrl(url: string, number: number): string {
  const [path, text] = url.split('?', 2)
  const parameters = new URLSearchParams(text)
  if (number > 1) parameters.set('page', String(number))
  else parameters.delete('page')
  const query = parameters.toString()
  return query ? `${path}?${query}` : path!
}

const app = fastify()

app.get<{ Querystring: ListQuery }>('/api/extensions/', async (request, reply) => {
  const { page: asked, domain_id, enabled, extension__contains } = request.query
  const number = Number(asked ?? 1)
  const limits = [PAGE_SIZE, (number - 1) * PAGE_SIZE]
  const origin = `http://${request.headers.host}`
  const filter = [domain_id, enabled, `%${extension__contains}%`]
  const [rows, counts] = domain_id
    ? await Promise.all([
        query<Row>('filtered', [...filter, ...limits]),
        query<{ count: number }>('filteredCount', filter),
      ])
    : await Promise.all([query<Row>('list', limits), query<{ count: number }>('count', [])])
  for (const row of rows) withUrl(row, `${origin}/api/extensions/`)
  const body = page(`${origin}${request.url}`, number, rows, counts[0]!.count)
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body))
})

app.get<{ Params: { id: string } }>('/api/extensions/:id/', async (request, reply) => {
  const [row] = await query<Row>('row', [request.params.id])
  if (!row) return reply.code(404).send()
  const body = JSON.stringify(withUrl(row, `http://${request.headers.host}/api/extensions/`))
  return reply.type('application/json; charset=utf-8').send(body)
})

app.post<{ Body: Record<string, unknown> }>('/api/extensions/', async (request, reply) => {
  const { domain_id, extension, password, effective_caller_id_name, effective_caller_id_number, enabled } = request.body
  const sent = [domain_id, extension, password, effective_caller_id_name, effective_caller_id_number, enabled]
  const [row] = await query<Row>('create', [...sent, UPDATED_BY])
  const body = JSON.stringify(withUrl(row!, `http://${request.headers.host}/api/extensions/`))
  return reply.code(201).type('application/json; charset=utf-8').send(body)
})

process.once('SIGTERM', async () => {
  await app.close()
  await pool.end()
})

await app.listen({ host: '127.0.0.1', port: Number(PORT) })
