/** A PostgreSQL of the bench's own in a temporary directory, with its usual, durable settings, that can be restarted. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { dataPathIn } from '../../src/database/embedded/place.ts'
import { freePort } from '../../src/database/embedded/postmaster.ts'
import { type EmbeddedPostgres, startEmbedded } from '../../src/database/embedded.ts'
import { migrate } from '../../src/database/migrate.ts'
import { createPool } from '../../src/database/pool.ts'

export interface BenchPostgres {
  /** Of the postmaster, whose children all others are. */
  pid(): number
  /** Makes a database with the migrated schema. */
  createDatabase(name: string): Promise<Database>
  /** `fast` ends the sessions; `immediate` is a power cut that the next start recovers from. */
  restart(how: 'fast' | 'immediate'): Promise<void>
  stop(): Promise<void>
}

export interface Database {
  readonly name: string
  readonly url: string
  /** Statements of the bench: without a time limit. */
  readonly pool: pg.Pool
}

export async function startPostgres(): Promise<BenchPostgres> {
  // An end by a signal is an exit too, so that PostgreSQL and the servers end as well.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const directory = mkdtempSync(join(tmpdir(), 'pbx-api-bench-'))
  const start = async (port: number) => startEmbedded({ dataDirectory: directory, port, log: () => {} })
  // The same port after a restart, as whoever is connected expects.
  const port = await freePort()
  let server: EmbeddedPostgres = await start(port)
  const remove = () => {
    for (const path of [directory, server.directory]) rmSync(path, { recursive: true, force: true })
  }
  // Gigabytes are not left behind by a Ctrl-C. The server is ending then, and may be quicker with a last file.
  const onExit = () => {
    try {
      remove()
    } catch {
      remove()
    }
  }
  process.once('exit', onExit)
  const pools: pg.Pool[] = []
  return {
    pid: () => postmasterPid(server),
    async createDatabase(name) {
      const first = createPool({ url: server.url, statementTimeoutMs: 0, max: 1 })
      await first.query(`CREATE DATABASE ${name}`)
      await first.end()
      const url = new URL(server.url)
      url.pathname = name
      await migrate(url.href)
      const pool = createPool({ url: url.href, statementTimeoutMs: 0, applicationName: 'pbx-api bench' })
      pools.push(pool)
      return { name, url: url.href, pool }
    },
    async restart(how) {
      if (how === 'immediate') process.kill(postmasterPid(server), 'SIGQUIT')
      await server.stop()
      server = await start(port)
    },
    async stop() {
      for (const pool of pools) await pool.end()
      await server.stop()
      remove()
      process.removeListener('exit', onExit)
    },
  }
}

function postmasterPid({ directory }: EmbeddedPostgres): number {
  return Number(readFileSync(join(dataPathIn(directory), 'postmaster.pid'), 'utf8').split('\n', 1)[0])
}
