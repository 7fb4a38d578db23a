import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { buildApp } from '../../src/app.ts'
import { type EmbeddedPostgres, startEmbedded } from '../../src/database/embedded.ts'
import { migrate } from '../../src/database/migrate.ts'
import { templateOf } from './database.ts'
import { makePeople, type People } from './people.ts'
import { quietConfig } from './quiet-config.ts'
import { SCRATCH } from './scratch.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The test run's PostgreSQL, which has a template of each content, and who is in that with people. */
    cluster: { url: string; people: People }
  }
}

const PREFIX = 'pbx-api-test-'

/** Starts the one PostgreSQL of a test run and makes the templates of its databases; what it returns removes both. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandoned()
  const directory = mkdtempSync(join(SCRATCH, PREFIX))
  const server = await start(directory)
  const stop = async () => {
    await server.stop()
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    project.provide('cluster', { url: server.url, people: await makeTemplates(server.url, directory) })
    return stop
  } catch (error) {
    await stop()
    throw error
  }
}

const start = (dataDirectory: string): Promise<EmbeddedPostgres> =>
  startEmbedded({ dataDirectory, ephemeral: true, maxConnections: 300, log: () => {} })

/** Each is a copy of the one before it, and more. */
async function makeTemplates(url: string, directory: string): Promise<People> {
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  const make = async <T>(content: Made, from: string, fill: (url: string) => Promise<T>): Promise<T> => {
    const name = templateOf(content)
    const own = new URL(url)
    own.pathname = name
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${from} STRATEGY file_copy`)
    const result = await fill(own.href)
    await tidy(own.href)
    // CREATE DATABASE … TEMPLATE fails while anybody is connected to the template.
    await admin.query(`ALTER DATABASE ${name} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`)
    return result
  }
  try {
    await make('schema', 'template0', migrate)
    await make('started', templateOf('schema'), (own) => withApp(own, directory, async () => {}))
    return await make('people', templateOf('started'), (own) => withApp(own, directory, makePeople))
  } finally {
    await admin.end()
  }
}

type Made = Parameters<typeof templateOf>[0]

async function withApp<T>(url: string, mediaRoot: string, work: (app: FastifyInstance) => Promise<T>): Promise<T> {
  const config = quietConfig({ DATABASE_URL: url, MEDIA_ROOT: join(mediaRoot, 'media') })
  const app = await buildApp({ ...config, databaseUrl: url })
  try {
    return await work(app)
  } finally {
    await app.close()
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
  for (const name of readdirSync(SCRATCH).filter((entry) => entry.startsWith(PREFIX))) {
    const directory = join(SCRATCH, name)
    if (!existsSync(join(directory, 'owner.pid'))) continue
    try {
      await (await start(directory)).stop()
      rmSync(directory, { recursive: true, force: true })
    } catch {
      // In use by a run beside this one, or somebody else's.
    }
  }
}
