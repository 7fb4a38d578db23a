/** `npm run bench:cdr-export`: a download of a million calls, against COPY through psql. See README.md. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { median } from '../support/load.ts'
import { OURS, type Program, serverEnvironment, startProgram } from '../support/processes.ts'
import { table } from '../support/table.ts'
import { type Database, startPostgres } from './postgres.ts'
import { fillRecords } from './records.ts'

const USAGE = 'npm run bench:cdr-export -- [--records 1000000] [--months 24] [--rounds 3] [--profile DIRECTORY]'

interface Options {
  readonly records: number
  readonly months: number
  readonly rounds: number
  readonly profileDirectory?: string
}

interface Download {
  readonly rows: number
  readonly bytes: number
  readonly seconds: number
  readonly firstByteMs: number
  /** Of the line after the header. */
  readonly firstRowMs: number
  /** The server's resident memory at its highest, in bytes. */
  readonly highest: number
  /** Of the header. */
  readonly columns: readonly string[]
}

const PATH = '/api/xmlcustomercdrs/download/'
const SMALLEST_SHARE = 0.35
const MOST_GROWTH = 64 * 2 ** 20
const WARM_UP_ROWS = 1000
const SAMPLE_EVERY_MS = 50

async function main(options: Options): Promise<void> {
  const { records, months, rounds, profileDirectory } = options
  console.log(`${availableParallelism()} cores, Node ${process.version}`)
  const postgres = await startPostgres()
  let server: Program | undefined
  try {
    const database = await postgres.createDatabase('export')
    const extent = { records, fullRecords: records, months, tenants: 50, extensions: 20 }
    const { token } = await fillRecords(database.pool, extent, new Date())
    server = await startProgram(OURS, {
      environment: serverEnvironment(database.url, 10),
      ...(profileDirectory && { profileDirectory }),
    })
    const warmUp = await download(server, token, `${PATH}?start_stamp__gte=${await recent(database)}`)
    if (warmUp.rows !== WARM_UP_ROWS) throw new Error(`the warm-up gave ${warmUp.rows} rows`)
    const level = server.memory()?.current ?? 0
    const columns = warmUp.columns.filter((name) => name !== 'url').join(', ')
    const [copy, ordered] = ['', 'ORDER BY domain_id, extension_id, start_stamp DESC, id'].map(
      (order) => `COPY (SELECT ${columns} FROM xml_cdrs ${order}) TO STDOUT WITH CSV`,
    ) as [string, string]
    await copyOut(database, copy)
    const results: { ours: Download; copy: number; ordered: number }[] = []
    for (let round = 1; round <= rounds; round++) {
      // Whoever comes second finds warmer caches, so they take turns.
      const first = round % 2 ? await download(server, token, PATH) : undefined
      const seconds = { copy: await copyOut(database, copy), ordered: await copyOut(database, ordered) }
      const ours = first ?? (await download(server, token, PATH))
      if (ours.rows !== records) throw new Error(`${records} rows were asked for, ${ours.rows} came`)
      results.push({ ours, ...seconds })
      console.log(`Round ${round} of ${rounds} done`)
    }
    report(results, records, level)
  } finally {
    await server?.stop()
    await postgres.stop()
  }
}

/** The start of the oldest of the newest rows that a warm-up downloads. */
async function recent({ pool }: Database): Promise<string> {
  const { rows } = await pool.query<{ at: string }>(
    `SELECT to_char(start_stamp, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at FROM xml_cdrs
     ORDER BY start_stamp DESC LIMIT 1 OFFSET ${WARM_UP_ROWS - 1}`,
  )
  return rows[0]!.at
}

/** Downloads to nowhere, counting lines. */
async function download(server: Program, token: string, path: string): Promise<Download> {
  const memory = () => server.memory()?.current ?? 0
  let highest = memory()
  const sampler = setInterval(() => (highest = Math.max(highest, memory())), SAMPLE_EVERY_MS)
  try {
    const began = performance.now()
    const asked = request(`${server.origin}${path}`, { headers: { authorization: `Token ${token}` }, agent: false })
    const [answer] = (await once(asked.end(), 'response')) as [IncomingMessage]
    if (answer.statusCode !== 200) throw new Error(`${path} was answered ${answer.statusCode}`)
    let [lines, bytes, firstByteMs, firstRowMs] = [0, 0, 0, 0]
    let header = ''
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      firstByteMs ||= performance.now() - began
      if (lines === 0) header += chunk.toString()
      bytes += chunk.length
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1
      if (lines > 1) firstRowMs ||= performance.now() - began
    }
    const seconds = (performance.now() - began) / 1000
    const columns = header.split(/\r?\n/, 1)[0]!.split(',')
    return { rows: lines - 1, bytes, seconds, firstByteMs, firstRowMs, highest, columns }
  } finally {
    clearInterval(sampler)
  }
}

/** Seconds that psql takes for it. */
async function copyOut({ url }: Database, statement: string): Promise<number> {
  const began = performance.now()
  const psql = spawn('psql', ['--no-psqlrc', '--quiet', '--command', statement, url], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH },
  })
  const [code] = (await once(psql, 'exit')) as [number]
  if (code !== 0) throw new Error(`psql ended with ${code}`)
  return (performance.now() - began) / 1000
}

function report(rounds: readonly { ours: Download; copy: number; ordered: number }[], rows: number, level: number) {
  const perSecond = (seconds: readonly number[]) =>
    Math.round(median(seconds.map((each) => rows / each))).toLocaleString('en')
  const ours = rounds.map(({ ours: { seconds } }) => seconds)
  const line = (name: string, seconds: readonly number[], target: boolean) => {
    const shares = seconds.map((each, round) => each / ours[round]!)
    const share = median(shares)
    return [
      name,
      perSecond(ours),
      perSecond(seconds),
      share.toFixed(2),
      `${Math.min(...shares).toFixed(2)}–${Math.max(...shares).toFixed(2)}`,
      ...(target ? [`≥ ${SMALLEST_SHARE}`, share >= SMALLEST_SHARE ? 'reached' : 'missed'] : ['', '']),
    ]
  }
  const lines = [
    line(
      'COPY',
      rounds.map(({ copy }) => copy),
      true,
    ),
    line(
      'COPY in the same order',
      rounds.map(({ ordered }) => ordered),
      false,
    ),
  ]
  console.log(`\n${table(['against', 'ours rows/s', 'COPY rows/s', 'ratio', 'range', 'target', ''], lines)}\n`)
  const growth = Math.max(...rounds.map(({ ours: { highest } }) => highest)) - level
  const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`
  const verdict = growth <= MOST_GROWTH ? 'reached' : 'missed'
  console.log(`Memory (RSS): ${megabytes(level)} after ${WARM_UP_ROWS} rows, at most ${megabytes(growth)} more`)
  console.log(
    `while ${megabytes(rounds[0]!.ours.bytes)} were sent; target ≤ ${megabytes(MOST_GROWTH)} more: ${verdict}`,
  )
  const middle = (value: 'firstByteMs' | 'firstRowMs') => median(rounds.map(({ ours }) => ours[value])).toFixed(0)
  console.log(`First byte after ${middle('firstByteMs')} ms, first row after ${middle('firstRowMs')} ms`)
}

try {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { records: text, months: text, rounds: text, profile: text } })
  await main({
    records: Number(values.records ?? 1_000_000),
    months: Number(values.months ?? 24),
    rounds: Number(values.rounds ?? 3),
    ...(values.profile && { profileDirectory: values.profile }),
  })
} catch (error) {
  console.error(`The bench failed: ${(error as Error).message}\n\n${USAGE}`)
  process.exitCode = 1
}
