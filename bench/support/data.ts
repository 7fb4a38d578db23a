/** The bench's database: a PostgreSQL of its own with the migrated schema, 20 domains and 2,000 extensions. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { createToken } from '../../src/auth/tokens.ts'
import { createUser, ensureGroups } from '../../src/auth/users.ts'
import { startEmbedded } from '../../src/database/embedded.ts'
import { migrate } from '../../src/database/migrate.ts'
import { createPool } from '../../src/database/pool.ts'
import { DEFAULT_SETTINGS } from '../../src/modules/tenants/settings.ts'

export const ADMINISTRATOR = 'bench-admin'

export interface BenchDatabase {
  readonly url: string
  readonly pool: pg.Pool
  /** An administrator's token key. */
  readonly token: string
  /** Domains that hold the 2,000 extensions. */
  readonly domainIds: readonly string[]
  readonly extensionIds: readonly string[]
  /** Adds a domain without extensions, for rows that come and go. */
  addDomain(name: string): Promise<string>
  /** Deletes the extensions of a domain and what they leave behind in the files. */
  empty(domainIds: readonly string[]): Promise<void>
  stop(): Promise<void>
}

/** Starts PostgreSQL with its usual, durable settings in a temporary directory, and fills it. */
export async function startDatabase(): Promise<BenchDatabase> {
  // An end by a signal is an exit too, so that PostgreSQL and the servers end as well.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const directory = mkdtempSync(join(tmpdir(), 'pbx-api-bench-'))
  const server = await startEmbedded({ dataDirectory: directory, log: () => {} })
  const stopServer = async () => {
    await server.stop()
    for (const path of [directory, server.directory]) rmSync(path, { recursive: true, force: true })
  }
  const pool = createPool({ url: server.url, statementTimeoutMs: 0, applicationName: 'pbx-api bench' })
  try {
    await migrate(server.url)
    await fill(pool)
    const token = await administratorToken(pool)
    return {
      url: server.url,
      pool,
      token,
      domainIds: await ids(pool, 'domains ORDER BY id'),
      extensionIds: await ids(pool, 'extensions ORDER BY domain_id, extension'),
      addDomain: (name) => addDomain(pool, name),
      empty: (domainIds) => empty(pool, domainIds),
      async stop() {
        await pool.end()
        await stopServer()
      },
    }
  } catch (error) {
    await pool.end()
    await stopServer()
    throw error
  }
}

async function ids(pool: pg.Pool, from: string): Promise<string[]> {
  return (await pool.query<{ id: string }>(`SELECT id FROM ${from}`)).rows.map(({ id }) => id)
}

async function administratorToken(pool: pg.Pool): Promise<string> {
  await ensureGroups(pool)
  const userId = await createUser(pool, { username: ADMINISTRATOR, groups: ['admin_api'] })
  return (await createToken(pool, { userId, name: 'bench' })).key
}

async function addDomain(pool: pg.Pool, name: string): Promise<string> {
  const text = "INSERT INTO domains (name, portal_name) VALUES ($1::text, 'portal.' || $1::text) RETURNING id"
  return (await pool.query<{ id: string }>(text, [name])).rows[0]!.id
}

async function empty(pool: pg.Pool, domainIds: readonly string[]): Promise<void> {
  await pool.query('DELETE FROM extensions WHERE domain_id = ANY($1)', [domainIds])
  await pool.query('VACUUM ANALYZE extensions')
  await pool.query('VACUUM ANALYZE voicemails')
  await pool.query('CHECKPOINT')
}

async function fill(pool: pg.Pool): Promise<void> {
  await pool.query(DOMAINS)
  await pool.query(EXTENSIONS)
  await pool.query(
    "INSERT INTO voicemails (extension_id, password) SELECT id, right('000' || extension, 4) FROM extensions",
  )
  for (const { category, subcategory, value_type, value } of DEFAULT_SETTINGS) {
    await pool.query(
      'INSERT INTO default_settings (category, subcategory, value_type, value) VALUES ($1, $2, $3, $4)',
      [category, subcategory, value_type, value],
    )
  }
  await pool.query('VACUUM ANALYZE')
}

const DOMAINS = `INSERT INTO domains (name, portal_name, description)
  SELECT 'tenant' || d || '.example.com', 'portal.tenant' || d || '.example.com', 'Tenant ' || d
  FROM generate_series(1, 20) d`

/** Numbers 1000 to 1099 in each domain; every tenth is disabled, every seventh forwards its calls. */
const EXTENSIONS = `INSERT INTO extensions (domain_id, extension, number_alias, password, accountcode,
    effective_caller_id_name, effective_caller_id_number, outbound_caller_id_name, outbound_caller_id_number,
    emergency_caller_id_name, emergency_caller_id_number, directory_first_name, directory_last_name, user_context,
    toll_allow, call_group, user_record, hold_music, cidr, mwi_account, sip_force_expires, do_not_disturb,
    forward_all_enabled, forward_all_destination, forward_busy_destination, forward_no_answer_destination,
    follow_me_enabled, enabled, description, absolute_codec_string, synchronised, created, updated, updated_by)
  SELECT d.id, (1000 + n)::text, (70000 + n)::text, md5(d.id::text || n), d.name, 'Person ' || n, (1000 + n)::text,
    'Example Company', '+4930555' || (10000 + n), 'Example Company', '+4930555' || (10000 + n), 'Person',
    'Number ' || n, d.name, 'domestic,international', 'sales', 'local', 'local_stream://default', '10.0.0.0/8',
    (1000 + n) || '@' || d.name, 3600, n % 13 = 0, n % 7 = 0, CASE WHEN n % 7 = 0 THEN '+4917655512345' END,
    'voicemail', 'voicemail', n % 11 = 0, n % 10 <> 0, 'Desk telephone ' || n || ', 2nd floor', 'OPUS,G722,PCMA',
    now(), now() - n * interval '1 hour', now() - n * interval '1 minute', 'bench'
  FROM domains d CROSS JOIN generate_series(0, 99) n ORDER BY d.id, n`
