import type pg from 'pg'
import { type Config, readConfig } from '../config.ts'
import { startEmbedded } from '../database/embedded.ts'
import { createPool } from '../database/pool.ts'
import { complain } from './output.ts'

/** A command's own work may take longer than a request's. */
const STATEMENT_TIMEOUT_MS = 60_000

/**
 * Does something with the database: DATABASE_URL's, else the embedded one, which is started for as long as it takes
 * unless a server uses it already.
 */
export async function withUrl<Result>(work: (url: string, config: Config) => Promise<Result>): Promise<Result> {
  const config = readConfig()
  if (config.databaseUrl) return work(config.databaseUrl, config)
  const server = await startEmbedded({ dataDirectory: config.dataDirectory, shareRunning: true, log: complain })
  try {
    return await work(server.url, config)
  } finally {
    await server.stop()
  }
}

/** Like `withUrl`, with connections. */
export function withPool<Result>(work: (pool: pg.Pool, config: Config) => Promise<Result>): Promise<Result> {
  return withUrl(async (url, config) => {
    const pool = createPool({
      url,
      max: 2,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      applicationName: 'pbx-api command',
    })
    try {
      return await work(pool, config)
    } finally {
      await pool.end()
    }
  })
}
