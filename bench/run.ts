/** `npm run bench`: our server against the hand-written ceiling, in turns on one database. See README.md. */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { checkSameAnswers, KINDS, type Kind } from './kinds.ts'
import { startDatabase } from './support/data.ts'
import { type Measured, measure, median } from './support/load.ts'
import { type ServerProcess, startServer } from './support/processes.ts'
import { table } from './support/table.ts'

const USAGE = `npm run bench -- [--rounds 5] [--seconds 3] [--connections 16] [--pool 10]
                 [--only list,filtered,row,create] [--profile DIRECTORY]`

interface Options {
  readonly rounds: number
  readonly seconds: number
  readonly connections: number
  readonly poolSize: number
  readonly kinds: readonly Kind[]
  readonly profileDirectory?: string
}

/** A kind's rounds; the n-th of ours and of the ceiling followed each other. */
interface Rounds {
  readonly kind: Kind
  readonly ours: Measured[]
  readonly ceiling: Measured[]
}

const WARM_UP_SECONDS = 2

async function main(options: Options): Promise<void> {
  console.log(`Preparing the database and both servers (${availableParallelism()} cores, Node ${process.version}) …`)
  const database = await startDatabase()
  const servers: ServerProcess[] = []
  try {
    const ours = await startServer('ours', database, options)
    servers.push(ours)
    const ceiling = await startServer('ceiling', database, options)
    servers.push(ceiling)
    const domainIds = {
      ours: await database.addDomain('created.ours.example.com'),
      ceiling: await database.addDomain('created.ceiling.example.com'),
    }
    await checkSameAnswers(servers, database, options.kinds, domainIds.ours)

    const load = (server: ServerProcess, kind: Kind, seconds: number) =>
      measure({
        origin: server.origin,
        token: database.token,
        requests: kind.requests(database, domainIds[server.name]),
        connections: options.connections,
        seconds,
      })
    for (const kind of options.kinds) for (const server of servers) await load(server, kind, WARM_UP_SECONDS)

    const results: Rounds[] = options.kinds.map((kind) => ({ kind, ours: [], ceiling: [] }))
    for (let round = 1; round <= options.rounds; round++) {
      for (const result of results) {
        await database.empty(Object.values(domainIds))
        // Whoever comes second finds warmer caches, so they take turns.
        for (const server of round % 2 ? [ours, ceiling] : [ceiling, ours]) {
          result[server.name].push(await load(server, result.kind, options.seconds))
        }
      }
      console.log(`Round ${round} of ${options.rounds} done`)
    }
    report(results, ours, ceiling)
  } finally {
    for (const server of servers) await server.stop()
    await database.stop()
  }
}

function report(results: readonly Rounds[], ours: ServerProcess, ceiling: ServerProcess): void {
  const rows = results.map(({ kind, ...measured }) => {
    const ratios = measured.ours.map(({ perSecond }, round) => perSecond / measured.ceiling[round]!.perSecond)
    const ratio = median(ratios)
    return [
      kind.name,
      ...summary(measured.ours),
      ...summary(measured.ceiling),
      ratio.toFixed(2),
      `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`,
      `≥ ${kind.target.toFixed(2)}`,
      ratio >= kind.target ? 'reached' : 'missed',
    ]
  })
  const head = ['request', 'ours req/s', 'p50 ms', 'p99 ms', 'ceiling req/s', 'p50 ms', 'p99 ms', 'ratio', 'range']
  console.log(`\n${table([...head, 'target', ''], rows)}\n`)
  for (const { name, description } of results.map(({ kind }) => kind)) console.log(`${name}: ${description}`)
  console.log(`Peak memory (RSS): ours ${megabytes(ours)}, ceiling ${megabytes(ceiling)}`)
}

function summary(measured: readonly Measured[]): string[] {
  const middle = (value: keyof Measured) => median(measured.map((each) => each[value]))
  return [Math.round(middle('perSecond')).toLocaleString('en'), middle('p50Ms').toFixed(1), middle('p99Ms').toFixed(1)]
}

function megabytes(server: ServerProcess): string {
  const memory = server.memory()
  return memory ? `${Math.round(memory.peak / 2 ** 20)} MB` : 'unknown'
}

function readOptions(): Options {
  const text = { type: 'string' } as const
  const flags = { rounds: text, seconds: text, connections: text, pool: text, only: text, profile: text }
  const { values } = parseArgs({ options: flags })
  const number = (value: string | undefined, usual: number) => {
    const given = Number(value ?? usual)
    if (!(given > 0)) throw new Error(`${value} is no number above 0`)
    return given
  }
  const names = values.only?.split(',') ?? KINDS.map(({ name }) => name)
  const unknown = names.find((name) => !KINDS.some((kind) => kind.name === name))
  if (unknown !== undefined) throw new Error(`there is no request ${unknown}`)
  return {
    rounds: number(values.rounds, 5),
    seconds: number(values.seconds, 3),
    connections: number(values.connections, 16),
    poolSize: number(values.pool, 10),
    kinds: KINDS.filter(({ name }) => names.includes(name)),
    ...(values.profile && { profileDirectory: values.profile }),
  }
}

try {
  await main(readOptions())
} catch (error) {
  console.error(`The bench failed: ${(error as Error).message}\n\n${USAGE}`)
  process.exitCode = 1
}
