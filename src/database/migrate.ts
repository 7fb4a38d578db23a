import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import pg from 'pg'

/** The same place from src (tsx) and from dist (compiled). */
const MIGRATIONS_DIRECTORY = resolve(import.meta.dirname, '../../prisma/migrations')

/** The lock Prisma's own `migrate` commands take, so that they and several starting servers wait for each other. */
const PRISMA_LOCK = 72_707_369

/** Prisma's own record of what was applied: its `migrate` commands and this file read and write the same. */
const CREATE_HISTORY = `CREATE TABLE _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`

interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

/** A migration could not be applied; the message says which and why. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

/**
 * Brings a database up to date with prisma/migrations and returns the names of the migrations it applied. The server
 * does this itself because Prisma's command line, which could, is not part of a production installation.
 */
export async function migrate(
  url: string,
  log: (message: string) => void = () => {},
  directory: string = MIGRATIONS_DIRECTORY,
): Promise<string[]> {
  const migrations = await readMigrations(directory)
  const client = new pg.Client({ connectionString: url, application_name: 'pbx-api migrate' })
  client.on('error', () => {}) // the query under way is rejected with it
  await client.connect()
  try {
    // A migration may take its time, and the times it writes are UTC.
    await client.query(`SET TimeZone = 'UTC'; SET statement_timeout = 0`)
    await lock(client, log)
    const applied = await appliedMigrations(client)
    warnOfDifferences(migrations, applied, log)
    const due = migrations.filter(({ name }) => !applied.has(name))
    for (const migration of due) {
      log(`Applying migration ${migration.name}`)
      await apply(client, migration)
    }
    return due.map(({ name }) => name)
  } finally {
    await client.end() // which frees the lock as well
  }
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(directory, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

async function lock(client: pg.Client, log: (message: string) => void): Promise<void> {
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [PRISMA_LOCK])
  if (rows[0]?.locked) return
  log('Waiting for another process that migrates the database')
  await client.query('SELECT pg_advisory_lock($1)', [PRISMA_LOCK])
}

/** Checksums by name; makes the table when it is missing. */
async function appliedMigrations(client: pg.Client): Promise<Map<string, string>> {
  // Not `CREATE TABLE IF NOT EXISTS`: that asks for the right to create even when the table is there.
  const { rows: found } = await client.query<{ exists: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists`,
  )
  if (!found[0]?.exists) await client.query(CREATE_HISTORY)
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  )
  const failed = rows.find(({ finished_at }) => !finished_at)
  if (failed) {
    throw new MigrationError(
      `Migration ${failed.migration_name} was begun by Prisma's command line and did not finish: ` +
        'repair the database, then mark it with `npx prisma migrate resolve`.',
    )
  }
  return new Map(rows.map(({ migration_name, checksum }) => [migration_name, checksum]))
}

function warnOfDifferences(
  migrations: readonly Migration[],
  applied: ReadonlyMap<string, string>,
  log: (message: string) => void,
): void {
  const known = new Map(migrations.map(({ name, checksum }) => [name, checksum]))
  for (const [name, checksum] of applied) {
    if (!known.has(name)) log(`The database has migration ${name}, which this version does not know`)
    else if (known.get(name) !== checksum) log(`Migration ${name} was edited after it had been applied`)
  }
}

/** All of a migration or nothing, its line in the history included. */
async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query(sql)
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    )
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw new MigrationError(`Migration ${name} failed${where(error, sql)}: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

function where(error: unknown, sql: string): string {
  const position = error instanceof pg.DatabaseError ? Number(error.position) : Number.NaN
  return Number.isNaN(position) ? '' : ` at line ${sql.slice(0, position).split('\n').length}`
}
