import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

export interface TestDatabase {
  readonly url: string
  /** Ends whatever is connected to it. */
  drop(): Promise<void>
}

/** A database for one test file: with the migrated, empty schema, or with nothing at all. */
export async function createDatabase(content: 'schema' | 'nothing' = 'schema'): Promise<TestDatabase> {
  const { url, template } = inject('cluster')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  // Files as they are, with PostgreSQL's cache of its catalogs among them, are the cheapest copy of so little.
  const from = content === 'schema' ? template : 'template0'
  await run(url, `CREATE DATABASE ${name} TEMPLATE ${from} STRATEGY file_copy`)
  const own = new URL(url)
  own.pathname = name
  return { url: own.href, drop: () => run(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
