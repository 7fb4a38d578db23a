/** `npm run bench:bulk`: 1,000 extensions with one request, against one by one. See README.md. */
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { buildApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { type BenchDatabase, startDatabase } from './support/data.ts'
import { median } from './support/load.ts'
import { OURS, type Program, serverEnvironment, startProgram } from './support/processes.ts'
import { table } from './support/table.ts'

const PATH = '/api/extensions/'
const ROWS = 1000
const POOL_SIZE = 10
const AT_ONCE = 16

/** A way to make the rows; gives how many requests it took. */
interface Way {
  readonly name: string
  run(send: Send, domainId: string): Promise<number>
}

type Send = (method: string, path: string, body: string, type?: string) => Promise<string>

const row = (domainId: string, n: number) => ({
  domain_id: domainId,
  extension: String(200_000 + n),
  password: 'secure-password-123',
  effective_caller_id_name: 'John Doe',
  effective_caller_id_number: String(200_000 + n),
  enabled: true,
})
const rows = (domainId: string) => Array.from({ length: ROWS }, (_none, n) => row(domainId, n))

const one = (atOnce: number) => async (send: Send, domainId: string) => {
  const waiting = rows(domainId)
  const client = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await send('POST', PATH, JSON.stringify(next))
  }
  await Promise.all(Array.from({ length: atOnce }, client))
  return ROWS
}

const WAYS: readonly Way[] = [
  { name: 'one by one', run: one(1) },
  { name: `one by one, ${AT_ONCE} at a time`, run: one(AT_ONCE) },
  {
    name: 'a list',
    async run(send, domainId) {
      await send('POST', PATH, JSON.stringify(rows(domainId)))
      return 1
    },
  },
  {
    name: 'a CSV file',
    async run(send, domainId) {
      const made = rows(domainId)
      const lines = [Object.keys(made[0]!), ...made.map((each) => Object.values(each))].map((cells) => cells.join())
      await send('POST', `${PATH}import/`, lines.join('\r\n'), 'text/csv')
      return 1
    },
  },
]

async function main(rounds: number): Promise<void> {
  console.log(`Preparing the database and the server (${availableParallelism()} cores, Node ${process.version}) …`)
  const database = await startDatabase()
  let server: Program | undefined
  try {
    const domainId = await database.addDomain('bulk.example.com')
    const counts = await statementsOf(database, domainId)
    server = await startProgram(OURS, { environment: serverEnvironment(database.url, POOL_SIZE) })
    const send = sender(server.origin, database.token)
    for (const way of WAYS) await timed(database, domainId, way, send) // warm-up
    const seconds = new Map<Way, number[]>(WAYS.map((way) => [way, []]))
    for (let round = 0; round < rounds; round++) {
      // Whoever comes second finds warmer caches, so they take turns.
      for (const way of round % 2 ? WAYS.toReversed() : WAYS) {
        seconds.get(way)!.push(await timed(database, domainId, way, send))
      }
      console.log(`Round ${round + 1} of ${rounds} done`)
    }
    report(seconds, counts)
  } finally {
    await server?.stop()
    await database.stop()
  }
}

async function timed(database: BenchDatabase, domainId: string, way: Way, send: Send): Promise<number> {
  await database.empty([domainId])
  const start = performance.now()
  await way.run(send, domainId)
  const took = (performance.now() - start) / 1000
  const { rows: made } = await database.pool.query('SELECT count(*) FROM extensions WHERE domain_id = $1', [domainId])
  if (Number(made[0].count) !== ROWS) throw new Error(`${way.name} made ${made[0].count} rows`)
  return took
}

/** The statements that each way sends to PostgreSQL, counted inside a server of this process. */
async function statementsOf(database: BenchDatabase, domainId: string): Promise<Map<Way, number>> {
  const config = readConfig({ ...serverEnvironment(database.url, POOL_SIZE), DATABASE_URL: database.url })
  const app = await buildApp({ ...config, databaseUrl: database.url })
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const send = sender(origin, database.token)
  const prototype = pg.Client.prototype as unknown as { query(...input: unknown[]): unknown }
  const { query } = prototype
  const counts = new Map<Way, number>()
  try {
    await send('POST', PATH, JSON.stringify(row(domainId, ROWS)))
    for (const way of WAYS) {
      await database.empty([domainId])
      let count = 0
      prototype.query = function (...input) {
        count += 1
        return query.apply(this, input)
      }
      await way.run(send, domainId)
      prototype.query = query
      counts.set(way, count)
    }
  } finally {
    prototype.query = query
    await app.close()
  }
  return counts
}

/** Sends requests over connections that stay open; an answer that is no 2xx fails the run. */
function sender(origin: string, token: string): Send {
  const agent = new Agent({ keepAlive: true })
  return async (method, path, body, type = 'application/json') => {
    const headers = {
      authorization: `Token ${token}`,
      'content-type': type,
      'content-length': Buffer.byteLength(body),
    }
    const sent = request(`${origin}${path}`, { agent, method, headers }).end(body)
    const [answer] = (await once(sent, 'response')) as [import('node:http').IncomingMessage]
    const chunks: Buffer[] = []
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    if (answer.statusCode! > 299) throw new Error(`${method} ${path} was answered ${answer.statusCode}: ${text}`)
    return text
  }
}

function report(seconds: ReadonlyMap<Way, readonly number[]>, counts: ReadonlyMap<Way, number>): void {
  const [first] = WAYS
  const lines = WAYS.map((way) => {
    const mine = seconds.get(way)!
    const ratios = mine.map((each, round) => seconds.get(first!)![round]! / each)
    const range = `${Math.min(...ratios).toFixed(1)}–${Math.max(...ratios).toFixed(1)}`
    const perSecond = Math.round(ROWS / median(mine)).toLocaleString('en')
    return [
      way.name,
      median(mine).toFixed(2),
      perSecond,
      counts.get(way)!.toLocaleString('en'),
      median(ratios).toFixed(1),
      range,
    ]
  })
  console.log(`\n${table(['1,000 rows as', 'seconds', 'rows/s', 'statements', 'times as fast', 'range'], lines)}\n`)
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } })
await main(Number(values.rounds))
