/** What keeps browsers, crowds and runaway clients in bounds: security headers, CORS, rate limits, back-pressure. */
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import { ApiError, tooManyRequests } from '../rest/errors.ts'
import backPressure from './back-pressure.ts'
import { PROBES } from './observation.ts'

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
  await app.register(backPressure)
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

const isPreflight = (request: FastifyRequest): boolean =>
  request.method === 'OPTIONS' && Boolean(request.headers.origin && request.headers['access-control-request-method'])

export default plugin(protection, { name: 'protection', decorators: { fastify: ['config'] } })
