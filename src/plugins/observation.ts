/** What operators see: request ids, a log line a request, `/healthz`, `/readyz` and Prometheus' `/metrics`. */
import type { FastifyInstance } from 'fastify'
import plugin from 'fastify-plugin'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** Asked every few seconds, and answered however busy the server is: it is alive, and must be seen just then. */
export const PROBES: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics'])

declare module 'fastify' {
  interface FastifyInstance {
    /** What `/metrics` shows; modules add theirs. */
    metrics: Registry
    /** What `/readyz` tells beside, by name; none of it makes a server unready. */
    told: Map<string, () => unknown>
  }
  interface FastifyContextConfig {
    /** Who knows the path may go there: the log has the route in its place. */
    hidesPath?: boolean
  }
}

async function observation(app: FastifyInstance): Promise<void> {
  const register = new Registry()
  ofProcess()
  app.decorate('metrics', register)
  app.decorate('told', new Map<string, () => unknown>())
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request to its answer, by route; its count is the number of requests.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: BUCKETS_SECONDS,
    registers: [register],
  })
  new Gauge({
    name: 'database_pool_connections',
    help: 'Database connections by state, and requests that wait for one.',
    labelNames: ['state'] as const,
    registers: [register],
    collect() {
      this.set({ state: 'idle' }, app.pool.idleCount)
      this.set({ state: 'busy' }, app.pool.totalCount - app.pool.idleCount)
      this.set({ state: 'waiting' }, app.pool.waitingCount)
    },
  })
  // Callbacks, not promises: these hooks run for every request.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('X-Request-Id', request.id)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    done()
    const route = request.routeOptions.url ?? 'none'
    duration.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
    if (PROBES.has(route) && reply.statusCode === 200) return // they come every few seconds
    const { method, ip } = request
    const took = Math.round(reply.elapsedTime * 10) / 10
    const path = request.routeOptions.config.hidesPath ? route : request.url.split('?', 1)[0]
    request.log.info({ method, path, status: reply.statusCode, ms: took, ip }, 'request')
  })

  app.get('/healthz', { config: { access: 'public' } }, async () => ({ status: 'ok' }))
  app.get('/readyz', { config: { access: 'public' } }, async (request, reply) => {
    const database = await app.pool.query('SELECT 1').then(
      () => 'ok',
      (error: Error) => {
        request.log.warn({ err: error }, 'not ready: the database does not answer')
        return 'unreachable'
      },
    )
    if (database !== 'ok') reply.code(503).header('Retry-After', '5')
    const told = [...app.told].map(([name, tell]) => [name, tell()] as const)
    return { status: database === 'ok' ? 'ok' : 'unavailable', database, ...Object.fromEntries(told) }
  })
  app.get('/metrics', { config: { access: 'public' } }, async (_request, reply) =>
    reply.type(register.contentType).send(await Registry.merge([ofProcess(), register]).metrics()),
  )
}

/** Memory, processor time, garbage and the like. A process has one of them: what watches for it never ends. */
function ofProcess(): Registry {
  if (!processMetrics) {
    processMetrics = new Registry()
    collectDefaultMetrics({ register: processMetrics })
  }
  return processMetrics
}
let processMetrics: Registry | undefined

export default plugin(observation, { name: 'observation', dependencies: ['database'] })
