/** `npm run bench:directory`: answers of the directory, against a static file of the same size. See README.md. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startDatabase } from '../support/data.ts'
import { type Measured, median } from '../support/load.ts'
import { OURS, type Program, type ProgramOptions, serverEnvironment, startProgram } from '../support/processes.ts'
import { table } from '../support/table.ts'
import { measure } from './load.ts'
import { PATH, registrations } from './questions.ts'

const USAGE = `npm run bench:directory -- [--rounds 5] [--seconds 3] [--connections 16] [--pool 10] [--profile DIRECTORY]`

interface Options {
  readonly rounds: number
  readonly seconds: number
  readonly connections: number
  readonly poolSize: number
  readonly profileDirectory?: string
}

/** A server and what it is asked. */
interface Asked {
  readonly port: number
  readonly requests: readonly string[]
}

/** FreeSWITCH makes a connection for each question; a proxy before the server may keep some. */
const WAYS = [
  { name: 'a connection each', keepAlive: false },
  { name: 'connections kept', keepAlive: true },
] as const

const SMALLEST_SHARE = 0.5
const WARM_UP_SECONDS = 2

async function main(options: Options): Promise<void> {
  console.log(`${availableParallelism()} cores, Node ${process.version}, ${options.connections} connections`)
  const database = await startDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'pbx-api-directory-'))
  const servers: Program[] = []
  const start = async (path: string, name: string, environment: Record<string, string>) => {
    const { profileDirectory } = options
    const more: Partial<ProgramOptions> = profileDirectory ? { profileDirectory: join(profileDirectory, name) } : {}
    const server = await startProgram(path, { environment, ...more })
    servers.push(server)
    return server
  }
  try {
    const ours = await start(OURS, 'ours', serverEnvironment(database.url, options.poolSize))
    const forms = await registrations(database)
    writeFileSync(join(folder, 'user.xml'), await answerTo(ours, forms[0]!))
    const file = await start('bench/directory/static-file.js', 'file', { ROOT: folder })
    for (const way of WAYS) {
      const asked = {
        ours: { port: portOf(ours), requests: forms.map(postOf) },
        file: { port: portOf(file), requests: [GET] },
      }
      report(way.name, await compare(way.keepAlive, asked, options))
    }
  } finally {
    for (const server of servers) await server.stop()
    await database.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The answer to one question, which has to be a user. */
async function answerTo({ origin }: Program, body: string): Promise<string> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const response = await fetch(`${origin}${PATH}`, { method: 'POST', headers, body })
  const answer = await response.text()
  if (!answer.includes('<user id=')) throw new Error(`the directory answered ${response.status} without a user`)
  console.log(`An answer has ${Buffer.byteLength(answer)} bytes`)
  return answer
}

const portOf = ({ origin }: Program): number => Number(new URL(origin).port)

const HEAD = 'HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: freeswitch-xml/1.0\r\nAccept: */*\r\n'
const GET = `GET /user.xml ${HEAD}\r\n`
const postOf = (form: string): string =>
  `POST ${PATH} ${HEAD}Content-Length: ${form.length}\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n${form}`

interface Pair {
  readonly ours: Measured
  readonly file: Measured
}

async function compare(keepAlive: boolean, asked: Record<keyof Pair, Asked>, options: Options): Promise<Pair[]> {
  const { connections, rounds } = options
  const load = (name: keyof Pair, seconds: number) => measure({ ...asked[name], connections, keepAlive, seconds })
  for (const name of ['ours', 'file'] as const) await load(name, WARM_UP_SECONDS)
  const pairs: Pair[] = []
  for (let round = 1; round <= rounds; round++) {
    // Whoever comes second finds warmer caches, so they take turns.
    const [first, second] = round % 2 ? (['ours', 'file'] as const) : (['file', 'ours'] as const)
    const measured = { [first]: await load(first, options.seconds), [second]: await load(second, options.seconds) }
    pairs.push(measured as unknown as Pair)
  }
  return pairs
}

function report(name: string, pairs: readonly Pair[]): void {
  const ratios = pairs.map(({ ours, file }) => ours.perSecond / file.perSecond)
  const ratio = median(ratios)
  const row = [
    name,
    ...summary(pairs.map(({ ours }) => ours)),
    ...summary(pairs.map(({ file }) => file)),
    ratio.toFixed(2),
    `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`,
    `≥ ${SMALLEST_SHARE}`,
    ratio >= SMALLEST_SHARE ? 'reached' : 'missed',
  ]
  const head = ['connections', 'answers/s', 'p50 ms', 'p99 ms', 'files/s', 'p50 ms', 'p99 ms', 'ratio', 'range']
  console.log(`\n${table([...head, 'target', ''], [row])}`)
}

function summary(measured: readonly Measured[]): string[] {
  const middle = (value: keyof Measured) => median(measured.map((each) => each[value]))
  return [Math.round(middle('perSecond')).toLocaleString('en'), middle('p50Ms').toFixed(1), middle('p99Ms').toFixed(1)]
}

function readOptions(): Options {
  const text = { type: 'string' } as const
  const flags = { rounds: text, seconds: text, connections: text, pool: text, profile: text }
  const { values } = parseArgs({ options: flags })
  const number = (value: string | undefined, usual: number) => {
    const given = Number(value ?? usual)
    if (!(given > 0)) throw new Error(`${value} is no number above 0`)
    return given
  }
  return {
    rounds: number(values.rounds, 5),
    seconds: number(values.seconds, 3),
    connections: number(values.connections, 16),
    poolSize: number(values.pool, 10),
    ...(values.profile && { profileDirectory: values.profile }),
  }
}

try {
  await main(readOptions())
} catch (error) {
  console.error(`The bench failed: ${(error as Error).message}\n\n${USAGE}`)
  process.exitCode = 1
}
