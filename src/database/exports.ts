/** Whole results as a stream of CSV, on connections of their own: a slow reader holds up nobody but itself. */
import { finished, Readable } from 'node:stream'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { CsvLines } from './csv-lines.ts'
import { createPool } from './pool.ts'

export interface ExportOptions {
  readonly url: string
  /** An export that takes longer is broken off, since its transaction keeps vacuum from its work. */
  readonly timeoutMs: number
  readonly onConnectionLost?: (error: Error) => void
}

/** Exports at once; more of them wait. */
const MOST_AT_ONCE = 4
/** A reader that takes nothing for so long is gone or will never finish. */
const LONGEST_STALL_MS = 30_000

const CANCEL_TIMEOUT_MS = 5000

/** An export was broken off; its reader has not got everything. */
export class ExportError extends Error {
  override name = 'ExportError'
}

export class Exports {
  private readonly pool: pg.Pool
  /** What ends queries: it cannot wait behind exports that wait. */
  private readonly canceller: pg.Pool
  private readonly timeoutMs: number

  constructor({ url, timeoutMs, onConnectionLost }: ExportOptions) {
    this.timeoutMs = timeoutMs
    const options = { url, applicationName: 'pbx-api export', ...(onConnectionLost && { onConnectionLost }) }
    this.pool = createPool({ ...options, statementTimeoutMs: timeoutMs, max: MOST_AT_ONCE })
    this.canceller = createPool({ ...options, statementTimeoutMs: CANCEL_TIMEOUT_MS, max: 1 })
  }

  /**
   * The rows of a SELECT as CSV without a header, behind `head`. Whoever destroys the stream ends the query. A fault
   * before the first row, if it shows within `patienceMs`, is thrown; a later one destroys the stream.
   */
  async csv(select: string, head: string, patienceMs = 250): Promise<Readable> {
    const client = await this.pool.connect()
    let rows: Readable
    try {
      // Sorting a million rows in the usual 4 MB takes twice as long; a reader that left is noticed while it sorts.
      await client.query("SET work_mem = '64MB'; SET jit = off; SET client_connection_check_interval = '2s'")
      rows = client.query(copyTo(`COPY (${select}) TO STDOUT (FORMAT csv)`))
    } catch (error) {
      client.release(error as Error)
      throw error
    }
    rows.on('error', () => {}) // told by the iterator; a second one, from the connection that is closed, by nobody
    finished(rows, (error) => this.release(client, error))
    const iterator = rows[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    const first = iterator.next()
    first.catch(() => {}) // while nobody waits for it
    await Promise.race([first, new Promise((resolve) => setTimeout(resolve, patienceMs))])
    const body: Readable = Readable.from(
      this.chunks(head, first, iterator, (error) => body.destroy(error)),
      { objectMode: false },
    )
    // While the query gives no rows, as when it sorts, the generator's end would wait for one.
    const destroy = body._destroy
    body._destroy = (error, done) => {
      rows.destroy()
      destroy.call(body, error, done)
    }
    return body
  }

  async close(): Promise<void> {
    await Promise.all([this.pool.end(), this.canceller.end()])
  }

  /** What is read, broken off when it takes too long in all, or nobody takes anything from it. */
  private async *chunks(
    head: string,
    first: Promise<IteratorResult<Buffer>>,
    iterator: AsyncIterator<Buffer>,
    breakOff: (error: ExportError) => void,
  ): AsyncGenerator<Buffer> {
    const stallMs = Math.min(LONGEST_STALL_MS, this.timeoutMs)
    const watch = (ms: number, why: string) => setTimeout(() => breakOff(new ExportError(why)), ms)
    const total = watch(this.timeoutMs, `The export took more than ${this.timeoutMs} ms.`)
    const lines = new CsvLines()
    let stall: NodeJS.Timeout | undefined
    try {
      yield Buffer.from(head)
      for (let next = await first; !next.done; next = await iterator.next()) {
        stall = watch(stallMs, `Nothing of the export was read for ${stallMs} ms.`)
        yield lines.convert(next.value)
        clearTimeout(stall)
      }
    } finally {
      clearTimeout(total)
      clearTimeout(stall)
    }
  }

  /** A connection whose query was not read to its end is closed, and the query told to end. */
  private release(client: pg.PoolClient, error: Error | null | undefined): void {
    if (!error) {
      client.release()
      return
    }
    const { processID } = client as unknown as { processID: number }
    client.release(error)
    this.canceller.query('SELECT pg_cancel_backend($1)', [processID]).catch(() => {})
  }
}
