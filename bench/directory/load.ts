/** Requests as fast as they are answered, over connections that are kept or made for each. */
import { connectionTo } from '../cdr/connection.ts'
import { type Measured, percentile } from '../support/load.ts'

export interface Load {
  readonly port: number
  /** Whole requests, sent in turn. */
  readonly requests: readonly string[]
  readonly connections: number
  readonly keepAlive: boolean
  readonly seconds: number
}

/** An answer that is no 200 fails the run. */
export async function measure({ port, requests, connections, keepAlive, seconds }: Load): Promise<Measured> {
  const times: number[] = []
  let next = 0
  const began = performance.now()
  const until = began + seconds * 1000
  const worker = async () => {
    const connection = connectionTo(port, keepAlive)
    while (performance.now() < until) {
      const started = performance.now()
      const status = await connection.send(requests[next++ % requests.length]!)
      if (status !== 200) throw new Error(`an answer was ${status}`)
      times.push(performance.now() - started)
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  const took = (performance.now() - began) / 1000
  times.sort((a, b) => a - b)
  return { perSecond: times.length / took, p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) }
}
