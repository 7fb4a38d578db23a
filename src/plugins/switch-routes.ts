/**
 * Decorates `app.switchRoute(path, handle)`: what telephone switches post to. They bear no token: their address, and
 * a name and a password where these are set, let them in before anything of the body is read. The body is bytes,
 * whatever its type; what they mean is the handler's.
 */
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import { plainAddress, SwitchAccess } from '../auth/switches.ts'
import { ApiError, methodNotAllowed } from '../rest/errors.ts'
import { closeUnread, continueWhenRead } from './unread-bodies.ts'

export interface SwitchRequest {
  readonly body: Buffer
  /** As it was sent, be it none or nonsense. */
  readonly contentType: string | undefined
  /** Of two of one name the last counts. */
  readonly query: ReadonlyMap<string, string>
  /** Where the switch is. */
  readonly address: string
}

export interface SwitchAnswer {
  readonly status: number
  readonly type?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

export type SwitchHandler = (request: SwitchRequest, log: FastifyBaseLogger) => Promise<SwitchAnswer>

declare module 'fastify' {
  interface FastifyInstance {
    /** Adds a route for switches, outside /api/. */
    switchRoute(path: string, handle: SwitchHandler): void
  }
  interface FastifyRequest {
    /** The content type of a switch's body, kept from Fastify, which refuses to read what it cannot name. */
    switchContentType: string | undefined
  }
}

async function switchRoutes(app: FastifyInstance): Promise<void> {
  const { switches, trustProxy } = app.config
  const access = new SwitchAccess(switches)
  continueWhenRead(app.server)
  app.decorateRequest('switchContentType', undefined)

  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    scope.addHook('onRequest', (request, _reply, done) => {
      const addresses = trustProxy === true ? claimedAddresses(request) : [request.ip]
      if (!addresses.every((address) => access.allows(address))) return done(stranger())
      const { authorization } = request.headers
      if (!access.authenticates(authorization)) return done(notAuthenticated(authorization))
      if (request.method !== 'POST') return done(methodNotAllowed(request.method, ['POST']))
      const { headers } = request.raw
      request.switchContentType = headers['content-type']
      delete headers['content-type']
      done()
    })
    scope.addHook('onSend', (request, reply, payload, done) => {
      closeUnread(request, reply)
      done(null, payload)
    })
    app.decorate('switchRoute', (path: string, handle: SwitchHandler) => {
      scope.route({
        method: app.supportedMethods,
        url: path,
        bodyLimit: switches.bodyBytes,
        exposeHeadRoute: false,
        config: { neverTurnedAway: true },
        // Its headers are for browsers, and cost as much as the rest of what Fastify does for a record.
        helmet: false,
        async handler(request, reply) {
          const { status, type, body, headers = {} } = await handle(switchRequest(request), request.log)
          reply.code(status).headers(headers)
          if (type !== undefined) reply.type(type)
          return reply.send(body)
        },
      })
    })
  })
}

/**
 * Where every proxy is believed, so is whoever pretends to be one: the first address may be anything. What real proxies
 * added to it is true, so all of them must be those of switches.
 */
function claimedAddresses({ ip, ips = [] }: FastifyRequest): string[] {
  const claimed = ips.slice(1)
  return claimed.length ? claimed : [ip]
}

function switchRequest(request: FastifyRequest): SwitchRequest {
  const [, query = ''] = /\?(.*)$/s.exec(request.url) ?? []
  return {
    body: (request.body as Buffer | undefined) ?? Buffer.alloc(0),
    contentType: request.switchContentType,
    query: new Map(new URLSearchParams(query)),
    address: plainAddress(request.ip),
  }
}

const stranger = () => new ApiError(403, 'This is for telephone switches only.', { Connection: 'close' })

/** Not 401: a switch is configured with its password or is a stranger; there is nobody to ask for one. */
function notAuthenticated(header: string | undefined): ApiError {
  const detail = header === undefined ? 'Authentication credentials were not provided.' : 'Invalid username/password.'
  return new ApiError(403, detail, { 'WWW-Authenticate': 'Basic realm="pbx-api"', Connection: 'close' })
}

export default plugin(switchRoutes, {
  name: 'switch-routes',
  fastify: '5.x',
  dependencies: ['errors', 'protection', 'permissions', 'bodies'],
  decorators: { fastify: ['config'] },
})
