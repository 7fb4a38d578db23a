/** Load on one server, and how it bore it. */
import autocannon, { type LoadRequest, type LoadResult } from 'autocannon'

export interface Load {
  readonly origin: string
  /** Of requests that carry none of their own. */
  readonly token: string
  readonly requests: readonly LoadRequest[]
  readonly connections: number
  readonly seconds: number
}

export interface Measured {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Sends requests as fast as they are answered. An answer that is no 2xx, or none, fails the run. */
export async function measure({ origin, token, requests, connections, seconds }: Load): Promise<Measured> {
  const times: number[] = []
  const result = await new Promise<LoadResult>((resolve, reject) => {
    const run = autocannon(
      {
        url: origin,
        connections,
        duration: seconds,
        requests: requests.map((request) => signed(request, token)),
      },
      (error, done) => (error ? reject(error) : resolve(done)),
    )
    // Kept here because autocannon's own histogram has whole milliseconds.
    run.on('response', (_client: unknown, _status: number, _bytes: number, tookMs: number) => times.push(tookMs))
  })
  const failed = result.non2xx + result.errors + result.timeouts
  if (failed > 0 || times.length === 0) {
    const { non2xx, errors, timeouts } = result
    throw new Error(`${origin}: ${non2xx} answers were no 2xx, ${errors} errors, ${timeouts} timeouts`)
  }
  times.sort((a, b) => a - b)
  return {
    perSecond: result['2xx'] / result.duration,
    p50Ms: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
  }
}

/** The headers of a request replace those of all requests, so each carries the token itself. */
function signed(request: LoadRequest, token: string): LoadRequest {
  const { setupRequest } = request
  const withToken = (given: LoadRequest) => ({
    ...given,
    headers: { authorization: `Token ${token}`, ...given.headers },
  })
  return setupRequest ? { setupRequest: (given) => withToken(setupRequest(given)) } : withToken(request)
}

/** The value that this share of the values is below. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!

/** The middle value; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2
}
