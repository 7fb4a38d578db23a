/** `npm run bench:memory`: many mixed requests, and whether our server's memory stays where it was. See README.md. */
import { parseArgs } from 'node:util'
import { startDatabase } from './support/data.ts'
import { mixedRequests } from './support/mix.ts'
import { type ServerProcess, startServer } from './support/processes.ts'
import { table } from './support/table.ts'

const WORKERS = 16
const SAMPLES = 10
/** A heap that fills between two collections moves by more than a few percent without growing. */
const STEADY = 1.1

interface Sample {
  readonly requests: number
  readonly rss: number
  readonly heap: number
}

async function main(total: number, warmUp: number): Promise<void> {
  const database = await startDatabase()
  const server = await startServer('ours', database, { poolSize: 10 })
  try {
    const send = mixedRequests(server.origin, database, await database.addDomain('created.example.com'))
    await sendAll(send, warmUp)
    const samples = [await sample(server, 0)]
    for (let part = 1; part <= SAMPLES; part++) {
      await sendAll(send, total / SAMPLES)
      samples.push(await sample(server, (total / SAMPLES) * part))
      const { requests, rss } = samples.at(-1)!
      console.log(`${requests.toLocaleString('en')} requests sent, RSS ${megabytes(rss)} MB`)
    }
    report(samples, warmUp)
  } finally {
    await server.stop()
    await database.stop()
  }
}

async function sendAll(send: () => Promise<void>, count: number): Promise<void> {
  let left = count
  const worker = async () => {
    while (left-- > 0) await send()
  }
  await Promise.all(Array.from({ length: WORKERS }, worker))
}

/** The server's own figures: what its process holds, and what its JavaScript heap has in use. */
async function sample({ origin }: ServerProcess, requests: number): Promise<Sample> {
  const metrics = await (await fetch(`${origin}/metrics`)).text()
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)![1])
  return {
    requests,
    rss: value('process_resident_memory_bytes'),
    heap: value('nodejs_heap_size_used_bytes'),
  }
}

function report(samples: readonly Sample[], warmUp: number): void {
  const rows = samples.map(({ requests, rss, heap }) => [
    requests.toLocaleString('en'),
    megabytes(rss),
    megabytes(heap),
  ])
  console.log(`\nAfter a warm-up of ${warmUp.toLocaleString('en')} requests:`)
  console.log(`\n${table(['requests', 'RSS MB', 'heap used MB'], rows)}\n`)
  // The heap finds its working size during the first fifth; what matters is that it keeps it.
  const half = (SAMPLES >> 1) + 1
  const before = Math.max(...samples.slice(SAMPLES / 5, half).map(({ rss }) => rss))
  const after = Math.max(...samples.slice(half).map(({ rss }) => rss))
  const verdict = after <= before * STEADY ? 'steady' : 'NOT steady'
  console.log(`Start ${megabytes(samples[0]!.rss)} MB, end ${megabytes(samples.at(-1)!.rss)} MB`)
  console.log(`Highest from a fifth to a half ${megabytes(before)} MB, after that ${megabytes(after)} MB: ${verdict}`)
  if (verdict !== 'steady') process.exitCode = 1
}

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0)

const number = { type: 'string' } as const
const { values } = parseArgs({ options: { requests: number, 'warm-up': number } })
await main(Number(values.requests ?? 200_000), Number(values['warm-up'] ?? 5_000))
