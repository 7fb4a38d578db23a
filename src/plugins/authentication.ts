/** Decorates `app.callers`, `app.authenticate(request)` and `request.caller`. Who asks; not what they may do. */
import { isDeepStrictEqual } from 'node:util'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import { Callers } from '../auth/callers.ts'
import { connectionOf } from '../database/pool.ts'
import type { Caller } from '../rest/caller.ts'
import { notAuthenticated } from '../rest/errors.ts'

declare module 'fastify' {
  interface FastifyInstance {
    callers: Callers
    /** The caller of a request, looked up once; throws a 401 when there is none. */
    authenticate(request: FastifyRequest): Promise<Caller>
    /** Whether an authenticated request's token still lets its caller in, with the same rights. */
    stillAuthenticated(request: FastifyRequest): Promise<boolean>
  }
  interface FastifyRequest {
    /** Whose token the request bore; null until somebody asked `app.authenticate`. */
    caller: Caller | null
  }
}

async function authentication(app: FastifyInstance): Promise<void> {
  const callers = new Callers(app.pool, { connection: connectionOf(app.pool), log: app.log })
  app.addHook('onClose', () => callers.close())
  app.decorate('callers', callers)
  app.decorateRequest('caller', null)
  app.decorate('authenticate', async (request: FastifyRequest) => {
    if (request.caller) return request.caller
    const key = tokenKey(request.headers.authorization)
    if (key === null) throw notAuthenticated()
    const found = callers.recall(key) ?? (await callers.find(key))
    if ('refused' in found) throw notAuthenticated(found.refused)
    request.caller = found
    return found
  })
  app.decorate('stillAuthenticated', async (request: FastifyRequest) => {
    const key = tokenKey(request.headers.authorization)
    if (key === null) return false
    return isDeepStrictEqual(callers.recall(key) ?? (await callers.find(key)), request.caller)
  })
}

/** The key in an Authorization header; null when it holds none, and a 401 when it is malformed (DRF's sentences). */
export function tokenKey(header: string | undefined): string | null {
  const [scheme = '', key, ...more] = (header ?? '').trim().split(/\s+/)
  if (!/^(token|bearer)$/i.test(scheme)) return null
  if (key === undefined) throw notAuthenticated('Invalid token header. No credentials provided.')
  if (more.length > 0) throw notAuthenticated('Invalid token header. Token string should not contain spaces.')
  return key
}

export default plugin(authentication, { name: 'authentication', fastify: '5.x', dependencies: ['database'] })
