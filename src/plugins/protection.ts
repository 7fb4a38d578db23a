/** What keeps browsers, crowds and runaway clients in bounds: security headers, CORS, rate limits, back-pressure. */
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import underPressure from '@fastify/under-pressure'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import { ApiError, tooManyRequests, unavailable } from '../rest/errors.ts'

/** The event loop's delay from which new requests are turned away: answers would be too late to be of use. */
const MAX_EVENT_LOOP_DELAY_MS = 1000
/** Over which its mean is taken: one long pause, such as the start of the process, is no crowd. */
const EVENT_LOOP_SAMPLE_MS = 5000

/** What scripts of other origins may read of an answer, beyond what every browser lets them. */
const EXPOSED_HEADERS = [
  'Location',
  'ETag',
  'Idempotent-Replayed',
  'X-Request-Id',
  'Retry-After',
  'Preference-Applied',
  'Content-Disposition',
]

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its callers do not give up: turned away, by a limit or by a busy server, they would only come again. */
    neverTurnedAway?: boolean
  }
}

async function protection(app: FastifyInstance): Promise<void> {
  const { corsOrigins, limits } = app.config
  await app.register(helmet, {
    // JSON needs no policy; the documentation's page has its own.
    contentSecurityPolicy: false,
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    // Whether a host may only be reached over TLS is for the proxy that ends TLS to say.
    strictTransportSecurity: false,
    // These tell browsers how to treat pages; here are none but the documentation.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  })
  if (corsOrigins === '*' || corsOrigins.length > 0) {
    const options = {
      origin: corsOrigins,
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      exposedHeaders: EXPOSED_HEADERS,
      maxAge: 600,
    }
    await app.register(cors, {
      // An OPTIONS request that no browser sent ahead asks for a resource's metadata and is none of CORS' business.
      delegator: (request, callback) => callback(null, { ...options, preflight: isPreflight(request) }),
    })
  }
  if (limits.ratePerMinute > 0) {
    app.addHook('onRoute', ({ config }) => {
      if (config?.neverTurnedAway) config.rateLimit = false
    })
    await app.register(rateLimit, {
      max: limits.ratePerMinute,
      timeWindow: 60_000,
      keyGenerator: (request) => limitKey(app, request),
      allowList: (request) => PROBES.has(request.url),
      errorResponseBuilder: (_request, context) => tooManyRequests(Math.ceil(context.ttl / 1000)),
    })
  }
  await app.register(underPressure, {
    maxEventLoopDelay: MAX_EVENT_LOOP_DELAY_MS,
    sampleInterval: EVENT_LOOP_SAMPLE_MS,
    async pressureHandler(request) {
      // A busy server is alive: whoever probes it must not take it away, nor be blind just now.
      const { url = '', config } = request.routeOptions
      if (PROBES.has(url) || config.neverTurnedAway) return
      throw unavailable('The server is busy. Try again soon.', EVENT_LOOP_SAMPLE_MS / 1000)
    },
  })
}

/** A valid token has an allowance of its own; whatever else is sent counts for the address it comes from. */
async function limitKey(app: FastifyInstance, request: FastifyRequest): Promise<string> {
  if (!request.headers.authorization) return request.ip
  const caller = await app.authenticate(request).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 401) return null
    throw error
  })
  return caller ? `token ${caller.tokenId}` : request.ip
}

const PROBES = new Set(['/healthz', '/readyz', '/metrics'])

const isPreflight = (request: FastifyRequest): boolean =>
  request.method === 'OPTIONS' && Boolean(request.headers.origin && request.headers['access-control-request-method'])

export default plugin(protection, { name: 'protection', decorators: { fastify: ['config'] } })
