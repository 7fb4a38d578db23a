import type pg from 'pg'

/** What runs SQL here: a pool, or a connection on which the caller has begun a transaction. */
export interface Queries {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}

/** The rows of a query, of the shape its SQL gives them. */
export async function rowsOf<Row>(queries: Queries, text: string, values: unknown[] = []): Promise<Row[]> {
  const { rows } = await queries.query(text, values)
  return rows as Row[]
}

/** Does all of `work` or none of it: on a pool in a transaction of its own, on a connection in the caller's. */
export async function atomically<Result>(queries: Queries, work: (tx: Queries) => Promise<Result>): Promise<Result> {
  if (!isPool(queries)) return work(queries)
  const client = await queries.connect()
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    client.release()
    return result
  } catch (error) {
    // A connection that cannot even roll back is not given to anybody else.
    await client.query('ROLLBACK').then(
      () => client.release(),
      (broken: Error) => client.release(broken),
    )
    throw error
  }
}

function isPool(queries: Queries): queries is pg.Pool {
  return 'totalCount' in queries
}
