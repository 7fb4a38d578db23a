import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { inject } from 'vitest'

export interface TestDatabase {
  readonly url: string
  /** Ends whatever is connected to it. */
  drop(): Promise<void>
}

/**
 * `schema` is migrated and empty, `started` is as the first start of a server leaves it, `people` has those of
 * {@link People} in it too.
 */
export type Content = 'nothing' | 'schema' | 'started' | 'people'

/** A database for one test file. */
export async function createDatabase(content: Content = 'schema'): Promise<TestDatabase> {
  const { url } = inject('cluster')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  // Files as they are, with PostgreSQL's cache of its catalogs among them, are the cheapest copy of so little.
  const from = content === 'nothing' ? 'template0' : templateOf(content)
  await run(url, `CREATE DATABASE ${name} TEMPLATE ${from} STRATEGY file_copy`)
  const own = new URL(url)
  own.pathname = name
  const drop = async () => {
    await untilLeft(url, name)
    await run(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  }
  return { url: own.href, drop }
}

/** Sessions that were ended a moment ago leave by themselves: forced to, they would tell clients that are gone. */
async function untilLeft(url: string, name: string): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const rows = await run(url, `SELECT 1 FROM pg_stat_activity WHERE datname = '${name}'`)
    if (rows.length === 0) return
    await sleep(10)
  }
}

/** The database that databases of some content are copies of. */
export const templateOf = (content: Exclude<Content, 'nothing'>): string => `pbx_${content}`

/** On a connection of the process: a new one takes longer than most of what is run. */
async function run(url: string, sql: string): Promise<unknown[]> {
  admin ??= connect(url)
  return (await (await admin).query(sql)).rows
}

let admin: Promise<pg.Client> | undefined

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString })
  // It lasts until the process or the server ends, whichever is first.
  client.on('error', () => {})
  await client.connect()
  return client
}
