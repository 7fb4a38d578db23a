import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { type EmbeddedPostgres, startEmbedded } from '../../src/database/embedded.ts'
import { migrate } from '../../src/database/migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The test run's PostgreSQL, and the name of a database in it that holds the migrated, empty schema. */
    cluster: { url: string; template: string }
  }
}

const PREFIX = 'pbx-api-test-'
const TEMPLATE = 'pbx_template'

/** Starts the one PostgreSQL of a test run and makes the template of its databases; what it returns removes both. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandoned()
  const directory = mkdtempSync(join(tmpdir(), PREFIX))
  const server = await start(directory)
  const stop = async () => {
    await server.stop()
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    await makeTemplate(server.url)
    project.provide('cluster', { url: server.url, template: TEMPLATE })
    return stop
  } catch (error) {
    await stop()
    throw error
  }
}

const start = (dataDirectory: string): Promise<EmbeddedPostgres> =>
  startEmbedded({ dataDirectory, ephemeral: true, maxConnections: 300, log: () => {} })

async function makeTemplate(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  try {
    await admin.query(`CREATE DATABASE ${TEMPLATE}`)
    const template = new URL(url)
    template.pathname = TEMPLATE
    await migrate(template.href)
    await tidy(template.href)
    // CREATE DATABASE … TEMPLATE fails while anybody is connected to the template.
    await admin.query(`ALTER DATABASE ${TEMPLATE} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`)
  } finally {
    await admin.end()
  }
}

/**
 * Migrations leave catalogs that are full of dead rows, and no cache of them: both would be copied, and each copy's
 * connections would make up for it. The tables themselves stay as they are, never vacuumed.
 */
async function tidy(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const catalogs = `SELECT oid::regclass::text AS name FROM pg_class
    WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' AND NOT relisshared`
  const { rows } = await client.query<{ name: string }>(catalogs)
  await client.query(`VACUUM ${rows.map(({ name }) => name).join(', ')}`)
  await client.end()
  const again = new pg.Client({ connectionString: url })
  await again.connect()
  await again.end()
}

/** A run that was killed leaves its server behind; the next run stops it. */
async function removeAbandoned(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const directory = join(tmpdir(), name)
    if (!existsSync(join(directory, 'owner.pid'))) continue
    try {
      await (await start(directory)).stop()
      rmSync(directory, { recursive: true, force: true })
    } catch {
      // In use by a run beside this one, or somebody else's.
    }
  }
}
