/** What the engine needs of PostgreSQL: statements in, rows out, and transactions. */
import type pg from 'pg'
import type { Lane } from '../database/lane.ts'
import { queryText } from '../database/text-query.ts'

export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
  /** The name it is prepared under, where that is known already. */
  readonly name?: string
}

/** A row as an array, in the order of the select list. */
export type ResultRow = readonly unknown[]

/** The same with every value as PostgreSQL writes it. */
export type TextRow = readonly (string | null)[]

export interface Connection {
  run(statement: Statement): Promise<ResultRow[]>
  /** Without making values of texts, for what passes through. */
  runText(statement: Statement): Promise<TextRow[]>
}

/**
 * The number of distinct statements each connection keeps prepared. Callers choose the shape of a statement (filters,
 * fields, order), so without a bound a connection's memory would be theirs to fill.
 */
const MOST_PREPARED = 400
const prepared = new Map<string, string | null>()

/** A statement is prepared from the second time on that its text is seen; rare ones are parsed each time. */
export function preparedName(text: string): string | undefined {
  const name = prepared.get(text)
  if (name) return name
  if (name === undefined) {
    if (prepared.size >= MOST_PREPARED) return undefined
    prepared.set(text, null)
    return undefined
  }
  const made = `s${prepared.size}_${nameCount++}`
  prepared.set(text, made)
  return made
}
let nameCount = 0

/** Runs one statement on a pool or on a client that is in a transaction. */
export function connection(client: pg.Pool | pg.PoolClient): Connection {
  return {
    async run({ text, values }) {
      const query = { name: preparedName(text), text, values: values as unknown[], rowMode: 'array' as const }
      return (await client.query<unknown[]>(query)).rows
    },
    runText: ({ text, values, name }) => queryText(client, text, values, name ?? preparedName(text)),
  }
}

/** What a module's own statements run on, where no resource's words say what it needs. */
export interface Database extends Connection {
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T>
}

export const databaseOn = (pool: pg.Pool): Database => ({
  ...connection(pool),
  transaction: (work) => inTransaction(pool, work),
})

/** What runs a statement of one row by its key, or of a few; others wait behind it. */
export interface RowReader {
  runText(statement: Statement): Promise<TextRow[]>
}

/** Reads of one row by its key, on connections that they share. */
export const rowReader = (lane: Lane): RowReader => ({
  runText: ({ text, values, name }) => lane.query(text, values, name ?? preparedName(text)),
})

/** Deadlock and serialization failure: PostgreSQL undid one of two transactions in each other's way. */
const CONTENDED = new Set(['40P01', '40001'])
const MOST_ATTEMPTS = 3

/**
 * Runs `work` in a transaction: committed when it resolves, rolled back when it throws. Where another transaction was
 * in the way it runs again, so it does nothing that the rollback does not undo.
 */
export async function inTransaction<T>(pool: pg.Pool, work: (connection: Connection) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runOnce(pool, work)
    } catch (error) {
      const { code } = error as { code?: string }
      if (attempt === MOST_ATTEMPTS || code === undefined || !CONTENDED.has(code)) throw error
    }
  }
}

/** Runs `work` inside a transaction so that it can fail alone: what it wrote is undone when it throws. */
export async function inSavepoint<T>(db: Connection, work: () => Promise<T>): Promise<T> {
  await db.run(SAVEPOINT)
  try {
    const result = await work()
    await db.run(RELEASE)
    return result
  } catch (error) {
    // Where the whole transaction is lost, its own error tells more than this one's.
    await db
      .run(ROLLBACK)
      .then(() => db.run(RELEASE))
      .catch(() => {
        throw error
      })
    throw error
  }
}
const SAVEPOINT: Statement = { text: 'SAVEPOINT part', values: [] }
const RELEASE: Statement = { text: 'RELEASE SAVEPOINT part', values: [] }
const ROLLBACK: Statement = { text: 'ROLLBACK TO SAVEPOINT part', values: [] }

/** A connection whose rollback fails is not given back to the pool. */
async function runOnce<T>(pool: pg.Pool, work: (connection: Connection) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    const result = await work(connection(client))
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: Error) => {
      broken = rollbackError
    })
    throw error
  } finally {
    client.release(broken)
  }
}
