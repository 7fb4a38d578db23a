/** `npm run bench:cdr-intake`: taking call records in, against bare inserts; `-- --kill`: none is lost. See README.md. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { processorTime } from '../support/cpu.ts'
import { median, percentile } from '../support/load.ts'
import { freePort, OURS, ROOT, serverEnvironment, startProgram } from '../support/processes.ts'
import { table } from '../support/table.ts'
import type { Outcome } from './looping.ts'
import { checkNoLoss } from './no-loss.ts'
import { type BenchPostgres, type Database, startPostgres } from './postgres.ts'
import { addTenants } from './tenants.ts'
import { startWorker, type Worker } from './workers.ts'

const USAGE = `npm run bench:cdr-intake -- [--rounds 5] [--seconds 5] [--senders 16] [--pool 10] [--keep-alive]
                            [--kill] [--profile DIRECTORY]`

export interface Options {
  readonly rounds: number
  readonly seconds: number
  readonly senders: number
  readonly poolSize: number
  readonly keepAlive: boolean
  readonly profileDirectory?: string
}

const SMALLEST_SHARE = 0.5
/** Until code that runs for every record is compiled: what is measured is what lasts. */
const WARM_UP_SECONDS = 12
const SAMPLES = join(ROOT, 'bench/cdr/samples')

async function main(options: Options, kill: boolean): Promise<void> {
  console.log(`${availableParallelism()} cores, Node ${process.version}, ${options.senders} senders`)
  const postgres = await startPostgres()
  try {
    const database = await postgres.createDatabase('intake')
    await addTenants(database.pool, ['example.com'], 3)
    await (kill ? loseNothing : compare)(options, database, postgres)
  } finally {
    await postgres.stop()
  }
}

async function compare(options: Options, database: Database, postgres: BenchPostgres): Promise<void> {
  const { senders, seconds, rounds, poolSize, keepAlive, profileDirectory } = options
  const server = await startProgram(OURS, {
    environment: serverEnvironment(database.url, poolSize),
    ...(profileDirectory && { profileDirectory: join(profileDirectory, 'ours') }),
  })
  const workers: Worker[] = []
  try {
    const ours = await startSenders(new URL(server.origin).port, options)
    workers.push(ours)
    await prepareBareTable(database, ours)
    const bare = await startWorker('bare-insert', {
      DATABASE_URL: database.url,
      CONNECTIONS: String(senders),
      ROWS_FROM: 'samples',
      ROWS_TO: 'bare',
    })
    workers.push(bare)
    for (const worker of workers) await worker.run(WARM_UP_SECONDS)
    const results = { ours: [] as Measured[], bare: [] as Measured[] }
    const pids = {
      ours: { server: server.pid, PostgreSQL: postgres.pid(), client: ours.pid },
      bare: { PostgreSQL: postgres.pid(), client: bare.pid },
    }
    for (let round = 1; round <= rounds; round++) {
      // Whoever comes second finds warmer caches, so they take turns.
      for (const name of round % 2 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const)) {
        await empty(database)
        const run = () => (name === 'ours' ? ours : bare).run(seconds)
        results[name].push(await measured(pids[name], run))
        await checkStored(database, name === 'ours' ? 'xml_cdrs' : 'bare', results[name].at(-1)!)
      }
      console.log(`Round ${round} of ${rounds} done`)
    }
    const memory = server.memory()
    report(results.ours, results.bare, keepAlive)
    if (memory) console.log(`Our server's peak memory (RSS): ${Math.round(memory.peak / 2 ** 20)} MB`)
  } finally {
    for (const worker of workers) worker.end()
    await server.stop()
  }
}

interface Measured extends Outcome {
  /** Milliseconds of processor time a record, by process; NaN where the system does not tell. */
  readonly processor: Readonly<Record<string, number>>
}

async function measured(pids: Readonly<Record<string, number>>, run: () => Promise<Outcome>): Promise<Measured> {
  const times = () => Object.entries(pids).map(([name, pid]) => [name, processorTime(pid) ?? Number.NaN] as const)
  const before = Object.fromEntries(times())
  const outcome = await run()
  const each = times().map(([name, time]) => [name, (time - before[name]!) / outcome.done.length])
  return { ...outcome, processor: Object.fromEntries(each) }
}

const startSenders = (port: string, { senders, keepAlive }: Options): Promise<Worker> =>
  startWorker('senders', {
    PORT: port,
    SENDERS: String(senders),
    KEEP_ALIVE: String(keepAlive),
    SAMPLES,
  })

/** What the server makes of each sample, and an empty table that takes such rows and does nothing else. */
async function prepareBareTable({ pool }: Database, senders: Worker): Promise<void> {
  await senders.run(0.1)
  await pool.query(`CREATE TABLE samples AS SELECT DISTINCT ON (last_arg, hangup_cause, sip_hangup_disposition,
    mduration) * FROM xml_cdrs`)
  await pool.query('CREATE TABLE bare (LIKE xml_cdrs INCLUDING ALL)')
}

async function empty({ pool }: Database): Promise<void> {
  await pool.query('TRUNCATE xml_cdrs, cdr_totals, cdr_extension_months, bare')
  await pool.query('CHECKPOINT')
}

/** Figures of records that are not there would be worth nothing. */
async function checkStored({ pool }: Database, name: string, { done }: Outcome): Promise<void> {
  const { rows } = await pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${name}`)
  if (rows[0]!.count !== done.length) throw new Error(`${done.length} records were sent, ${name} has ${rows[0]!.count}`)
}

function report(ours: readonly Measured[], bare: readonly Measured[], keepAlive: boolean): void {
  const rates = [ours, bare].map((outcomes) => outcomes.map(({ done, seconds }) => done.length / seconds))
  const ratios = rates[0]!.map((rate, round) => rate / rates[1]![round]!)
  const ratio = median(ratios)
  const row = [
    keepAlive ? 'connections kept' : 'a connection each',
    ...summary(ours, rates[0]!),
    ...summary(bare, rates[1]!),
    ratio.toFixed(2),
    `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`,
    `≥ ${SMALLEST_SHARE}`,
    ratio >= SMALLEST_SHARE ? 'reached' : 'missed',
  ]
  const head = ['senders', 'ours records/s', 'p50 ms', 'p99 ms', 'bare inserts/s', 'p50 ms', 'p99 ms', 'ratio', 'range']
  console.log(`\n${table([...head, 'target', ''], [row])}\n`)
  reportProcessorTimes(ours, bare)
  const failures = ours.flatMap(({ failures }) => Object.entries(failures))
  if (failures.length > 0) console.log(`Sent again: ${failures.map(([why, count]) => `${count} (${why})`).join(', ')}`)
}

/** What a record costs, wherever else the processors' time went meanwhile. */
function reportProcessorTimes(ours: readonly Measured[], bare: readonly Measured[]): void {
  const middle = (outcomes: readonly Measured[], name: string) =>
    median(outcomes.map(({ processor }) => processor[name]!))
  const costs = [
    ['ours', middle(ours, 'server'), middle(ours, 'PostgreSQL'), middle(ours, 'client')] as const,
    ['bare inserts', 0, middle(bare, 'PostgreSQL'), middle(bare, 'client')] as const,
  ]
  const rows = costs.map(([name, ...parts]) => {
    const all = parts.reduce((sum, part) => sum + part, 0)
    return [name, ...[...parts, all].map((cost) => cost.toFixed(2))]
  })
  console.log(`${table(['processor ms a record', 'server', 'PostgreSQL', 'client', 'all'], rows)}\n`)
}

function summary(outcomes: readonly Outcome[], rates: readonly number[]): string[] {
  const times = outcomes.map(({ tookMs }) => [...tookMs].sort((a, b) => a - b))
  const middle = (share: number) => median(times.map((sorted) => percentile(sorted, share))).toFixed(1)
  return [Math.round(median(rates)).toLocaleString('en'), middle(0.5), middle(0.99)]
}

async function loseNothing(options: Options, database: Database, postgres: BenchPostgres): Promise<void> {
  const port = await freePort()
  const senders = await startSenders(String(port), options)
  try {
    const environment = serverEnvironment(database.url, options.poolSize)
    await checkNoLoss({ database, postgres, senders, startServer: () => startProgram(OURS, { environment, port }) })
  } finally {
    senders.end()
  }
}

function readOptions(): [Options, boolean] {
  const text = { type: 'string' } as const
  const word = { type: 'boolean' } as const
  const flags = {
    rounds: text,
    seconds: text,
    senders: text,
    pool: text,
    profile: text,
    kill: word,
    'keep-alive': word,
  }
  const { values } = parseArgs({ options: flags })
  const options = {
    rounds: Number(values.rounds ?? 5),
    seconds: Number(values.seconds ?? 5),
    senders: Number(values.senders ?? 16),
    poolSize: Number(values.pool ?? 10),
    keepAlive: values['keep-alive'] ?? false,
    ...(values.profile && { profileDirectory: values.profile }),
  }
  return [options, values.kill ?? false]
}

try {
  await main(...readOptions())
} catch (error) {
  console.error(`The bench failed: ${(error as Error).message}\n\n${USAGE}`)
  process.exitCode = 1
}
