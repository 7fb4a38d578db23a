/** Downloads on real sockets: what arrives of an answer, when, and how it ends. */
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** Listens on a free port of this machine and gives the address. */
export async function listen(app: FastifyInstance): Promise<string> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}

/** The head of an answer; its body waits to be read. */
export function open(url: string, token: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { authorization: `Token ${token}` }, agent: false }, resolve).on('error', reject)
  })
}

/** Puts many calls into March 2026, past the totals, which downloads do not ask. `columns` may name `n`, from 1. */
export async function addMany(pool: FastifyInstance['pool'], count: number, columns: Readonly<Record<string, string>>) {
  await pool.query(`SELECT pbx_cdr_prepare_month('2026-03-01')`)
  const client = await pool.connect()
  try {
    await client.query('SET statement_timeout = 0; SET session_replication_role = replica')
    // Those that no download here goes by: half of the time it takes.
    await client.query('DROP INDEX xml_cdrs_call_uuid_idx, xml_cdrs_extension_id_start_stamp_idx')
    await client.query(
      'DROP INDEX xml_cdrs_caller_id_number_start_stamp_idx, xml_cdrs_destination_number_start_stamp_idx',
    )
    await client.query(
      `INSERT INTO xml_cdrs_2026_03 (start_stamp, ${Object.keys(columns).join(', ')})
       SELECT '2026-03-01'::timestamptz + n * interval '8 seconds', ${Object.values(columns).join(', ')}
       FROM generate_series(1, ${count}) n`,
    )
    await client.query('VACUUM ANALYZE xml_cdrs_2026_03')
  } finally {
    client.release(true)
  }
}

export interface Arrived {
  readonly bytes: number
  /** Milliseconds from the head of the answer. */
  readonly firstMs: number
  readonly lastMs: number
  /** Whether the answer came to its end, and was not broken off. */
  readonly complete: boolean
  readonly text: string
}

/** Reads an answer to its end, or until it is broken off. */
export async function readAll(answer: IncomingMessage, each: (bytes: number) => unknown = () => {}): Promise<Arrived> {
  const start = performance.now()
  const chunks: Buffer[] = []
  let [bytes, firstMs] = [0, 0]
  try {
    for await (const chunk of answer) {
      if (bytes === 0) firstMs = performance.now() - start
      bytes += chunk.length
      if (bytes < 4_000_000) chunks.push(chunk)
      await each(bytes)
    }
  } catch {
    // Broken off: `complete` tells.
  }
  const text = Buffer.concat(chunks).toString()
  return { bytes, firstMs, lastMs: performance.now() - start, complete: answer.complete, text }
}

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** What an export's connections are doing; the server's own, not this test's. */
export async function exportsOf(
  pool: FastifyInstance['pool'],
): Promise<{ pid: number; state: string; query: string }[]> {
  const { rows } = await pool.query(
    `SELECT pid, state, query FROM pg_stat_activity
     WHERE application_name = 'pbx-api export' AND datname = current_database() AND leader_pid IS NULL`,
  )
  return rows
}

/** Waits until no export is under way, `withinMs` at most; gives whether that came. */
export async function quiet(pool: FastifyInstance['pool'], withinMs: number): Promise<boolean> {
  const end = performance.now() + withinMs
  while (performance.now() < end) {
    const busy = (await exportsOf(pool)).filter(({ state, query }) => state !== 'idle' && query.startsWith('COPY'))
    if (busy.length === 0) return true
    await sleep(50)
  }
  return false
}
