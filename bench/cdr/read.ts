/** `npm run bench:cdr-read`: reading call records, of many against few, and against SQL by hand. See README.md. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Measured, measure, median } from '../support/load.ts'
import { OURS, type Program, serverEnvironment, startProgram } from '../support/processes.ts'
import { table } from '../support/table.ts'
import { type Database, startPostgres } from './postgres.ts'
import { checkSameAnswers, DESCRIPTIONS, NAMES, type Name, requestsFor, type Side } from './read-kinds.ts'
import { type Filled, fillRecords } from './records.ts'

const USAGE = `npm run bench:cdr-read -- [--records 5000000] [--few 50000] [--months 24] [--rounds 5] [--seconds 2]
                          [--only ${NAMES.join(',')}] [--profile DIRECTORY]`

interface Options {
  readonly records: number
  readonly few: number
  readonly months: number
  readonly rounds: number
  readonly seconds: number
  readonly names: readonly Name[]
  readonly profileDirectory?: string
}

/** What one round measured of one kind of request; by hand: the same on the large database. */
interface Round {
  readonly large: Measured
  readonly small?: Measured
  readonly busy: Measured
  readonly byHand: Measured
}

const POOL_SIZE = 10
/** Requests at a time where requests a second are measured. */
const BUSY = 8
const LARGEST_RATIO = 1.5
const SMALLEST_SHARE = 0.6
const TENANTS = 50
const EXTENSIONS = 20

async function main(options: Options): Promise<void> {
  console.log(`${availableParallelism()} cores, Node ${process.version}`)
  const postgres = await startPostgres()
  const programs: Program[] = []
  try {
    const now = new Date()
    const start = async (path: string, name: string, url: string, environment: Record<string, string> = {}) => {
      const program = await startProgram(path, {
        environment: { ...serverEnvironment(url, POOL_SIZE), ...environment },
        ...(options.profileDirectory && { profileDirectory: join(options.profileDirectory, name) }),
      })
      programs.push(program)
      return program
    }
    const prepare = async (name: string, records: number, names: readonly Name[]): Promise<[Side, Side]> => {
      const database = await postgres.createDatabase(name)
      const filled = await fill(database, records, options, now)
      const tenants = Object.fromEntries(filled.list.map(({ token, id, name }) => [token, { id, name }]))
      const side = async (path: string, called: string, environment = {}) => {
        const server = await start(path, called, database.url, environment)
        return { server, requests: await requestsFor(server, database.pool, filled, names, now) }
      }
      const ours = await side(OURS, name)
      const byHand = await side('bench/cdr/read-ceiling.js', `${name}-by-hand`, { TENANTS: JSON.stringify(tenants) })
      await checkSameAnswers([ours, byHand])
      return [ours, byHand]
    }
    // The small one first: what is wrong shows before minutes are spent on the large one.
    const near = options.names.filter((name) => name !== 'far')
    const [small, idle] = await prepare('small', options.few, near)
    await idle.server.stop()
    const [large, byHand] = await prepare('large', options.records, options.names)
    const rounds = await measureAll(options, large, small, byHand)
    report(rounds, options)
  } finally {
    for (const program of programs) await program.stop()
    await postgres.stop()
  }
}

async function fill(database: Database, records: number, options: Options, now: Date): Promise<Filled> {
  const started = Date.now()
  const filled = await fillRecords(
    database.pool,
    { records, fullRecords: options.records, months: options.months, tenants: TENANTS, extensions: EXTENSIONS },
    now,
  )
  const seconds = Math.round((Date.now() - started) / 1000)
  console.log(`${records.toLocaleString('en')} records of ${filled.days} days made in ${seconds} s`)
  return filled
}

async function measureAll({ rounds, seconds, names }: Options, large: Side, small: Side, byHand: Side) {
  const load = ({ server, requests }: Side, name: Name, connections: number, duration = seconds) =>
    measure({ origin: server.origin, token: '', requests: requests[name], connections, seconds: duration })
  for (const name of names) {
    for (const side of name === 'far' ? [large, byHand] : [large, small, byHand]) await load(side, name, BUSY, 1)
  }
  const results = new Map(names.map((name) => [name, [] as Round[]]))
  for (let round = 1; round <= rounds; round++) {
    for (const name of names) {
      // Whoever comes second finds warmer caches, so they take turns.
      const inTurn = async <A, B>(first: () => Promise<A>, second: () => Promise<B>): Promise<[A, B]> => {
        if (round % 2) return [await first(), await second()]
        const last = await second()
        return [await first(), last]
      }
      const [many, few] = await inTurn(
        () => load(large, name, 1),
        async () => (name === 'far' ? undefined : load(small, name, 1)),
      )
      const [busy, hand] = await inTurn(
        () => load(large, name, BUSY),
        () => load(byHand, name, BUSY),
      )
      results.get(name)!.push({ large: many, ...(few && { small: few }), busy, byHand: hand })
    }
    console.log(`Round ${round} of ${rounds} done`)
  }
  return results
}

function report(results: ReadonlyMap<Name, readonly Round[]>, { records, few }: Options): void {
  const sizes: string[][] = []
  const shares: string[][] = []
  for (const [name, rounds] of results) {
    const other = name === 'far' ? results.get('first')?.map(({ large }) => large) : rounds.map(({ small }) => small!)
    if (other) {
      const ratios = rounds.map(({ large }, round) => large.p50Ms / other[round]!.p50Ms)
      const verdict = median(ratios) <= LARGEST_RATIO
      sizes.push([name, ...times(rounds.map(({ large }) => large)), ...times(other), ...summary(ratios), word(verdict)])
    }
    const ratios = rounds.map(({ busy, byHand }) => busy.perSecond / byHand.perSecond)
    const verdict = median(ratios) >= SMALLEST_SHARE
    const figures = [rounds.map(({ busy }) => busy), rounds.map(({ byHand }) => byHand)].map(perSecond)
    shares.push([name, ...figures, ...summary(ratios), word(verdict)])
  }
  const [many, some] = [records, few].map((count) => count.toLocaleString('en'))
  console.log(
    `\nOne request at a time, of ${many} records and of ${some} (far: against first), target ≤ ${LARGEST_RATIO}`,
  )
  const head = ['request', `${many}: p50 ms`, 'p99 ms', `${some}: p50 ms`, 'p99 ms', 'ratio', 'range', '']
  console.log(`\n${table(head, sizes)}`)
  console.log(`\n${BUSY} at a time, of ${many} records, target ≥ ${SMALLEST_SHARE}`)
  console.log(`\n${table(['request', 'ours req/s', 'by hand req/s', 'ratio', 'range', ''], shares)}\n`)
  for (const name of results.keys()) console.log(`${name}: ${DESCRIPTIONS[name]}`)
}

const word = (reached: boolean): string => (reached ? 'reached' : 'missed')

const times = (measured: readonly Measured[]): string[] =>
  (['p50Ms', 'p99Ms'] as const).map((value) => median(measured.map((each) => each[value])).toFixed(2))

const perSecond = (measured: readonly Measured[]): string =>
  Math.round(median(measured.map((each) => each.perSecond))).toLocaleString('en')

const summary = (ratios: readonly number[]): string[] => [
  median(ratios).toFixed(2),
  `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`,
]

function readOptions(): Options {
  const text = { type: 'string' } as const
  const flags = { records: text, few: text, months: text, rounds: text, seconds: text, only: text, profile: text }
  const { values } = parseArgs({ options: flags })
  const names = (values.only?.split(',') ?? NAMES) as Name[]
  const unknown = names.find((name) => !NAMES.includes(name))
  if (unknown !== undefined) throw new Error(`there is no request ${unknown}`)
  return {
    records: Number(values.records ?? 5_000_000),
    few: Number(values.few ?? 50_000),
    months: Number(values.months ?? 24),
    rounds: Number(values.rounds ?? 5),
    seconds: Number(values.seconds ?? 2),
    names,
    ...(values.profile && { profileDirectory: values.profile }),
  }
}

try {
  await main(readOptions())
} catch (error) {
  console.error(`The bench failed: ${(error as Error).message}\n\n${USAGE}`)
  process.exitCode = 1
}
