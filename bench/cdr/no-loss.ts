/**
 * Whether records are lost: senders go on while the server is killed and PostgreSQL restarted, and every record that
 * was answered with 200 has to be there once, no other twice, and the totals have to be those of the records.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Program } from '../support/processes.ts'
import type { BenchPostgres, Database } from './postgres.ts'
import { wrongTotals } from './totals.ts'
import type { Worker } from './workers.ts'

export interface Scene {
  readonly database: Database
  readonly postgres: BenchPostgres
  readonly senders: Worker
  /** Always on the same port. */
  startServer(): Promise<Program>
}

/** Between two mishaps: the senders are at full speed again. */
const CALM_MS = 4000

/** Throws when a record is lost, doubled or counted wrong. */
export async function checkNoLoss({ database, postgres, senders, startServer }: Scene): Promise<void> {
  let server = await startServer()
  try {
    const killServer = async () => {
      await server.kill()
      server = await startServer()
    }
    const mishaps: [string, () => Promise<void>][] = [
      ['the server is killed and started again', killServer],
      ['the server is killed and started again', killServer],
      ['PostgreSQL restarts, ending its sessions', () => postgres.restart('fast')],
      ['PostgreSQL restarts as after a power cut', () => postgres.restart('immediate')],
      ['the server is killed and started again', killServer],
    ]
    senders.go()
    for (const [what, happens] of mishaps) {
      await sleep(CALM_MS)
      const began = Date.now()
      await happens()
      console.log(`${what}: ${Date.now() - began} ms`)
    }
    await sleep(CALM_MS)
    const { done, failures } = await senders.halt()
    const tries = Object.entries(failures).map(([reason, count]) => `${count} ${reason}`)
    console.log(`${done.length.toLocaleString('en')} records were answered with 200`)
    console.log(`Tries that were not, and made again: ${tries.join(', ') || 'none'}`)
    await compare(database, done)
  } finally {
    await server.stop()
  }
}

async function compare({ pool }: Database, answered: readonly string[]): Promise<void> {
  const { rows } = await pool.query<Record<string, number>>(
    `SELECT (SELECT count(*) FROM xml_cdrs)::int AS rows,
       (SELECT count(*) FROM unnest($1::uuid[]) sent WHERE NOT EXISTS (
         SELECT FROM xml_cdrs WHERE call_uuid = sent))::int AS lost,
       (SELECT count(*) FROM (SELECT FROM xml_cdrs GROUP BY call_uuid HAVING count(*) > 1) d)::int AS doubled,
       (SELECT count(*) FROM xml_cdrs WHERE call_uuid <> ALL ($1::uuid[]))::int AS unanswered,
       (SELECT count(*) FROM cdr_rejects)::int AS rejected`,
    [answered],
  )
  const found = { ...rows[0]!, 'totals wrong': await wrongTotals(pool) }
  for (const [name, count] of Object.entries(found)) console.log(`${name}: ${count.toLocaleString('en')}`)
  const { rows: stored, ...wrong } = found as Record<string, number>
  if (stored !== answered.length || Object.values(wrong).some((count) => count > 0)) {
    throw new Error('records were lost, doubled or counted wrong')
  }
  console.log('Nothing was lost and nothing is there twice')
}
