/** One path and what each of HTTP's methods does there. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Role } from '../caller.ts'
import { methodNotAllowed } from '../errors.ts'

/** The methods of a path, those of HTTP that it does not have are answered 405. */
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
export type Method = (typeof METHODS)[number]

interface Handler {
  readonly roles: readonly Role[]
  /** Whether its body may bring a file. */
  readonly takesFile?: boolean
  /** Whether its body may be a CSV file. */
  readonly takesTable?: boolean
  /** Whether its body may be a list, which may be longer than other bodies. */
  readonly takesList?: boolean
  /** Bytes its body may have, where that is not as many as everywhere. */
  readonly bodyLimit?: number
  handle(request: FastifyRequest, reply: FastifyReply): unknown
}
export type Handlers = Partial<Record<Method, Handler>>

/** Routes each method of a path; one that no role may use is a 405 to those who may use the path. */
export function route(app: FastifyInstance, url: string, roles: readonly Role[], handlers: Handlers): void {
  const offered = METHODS.filter((method) => handlers[method] && handlers[method].roles.length > 0)
  const allow = offered.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  for (const method of METHODS) {
    const handler = offered.includes(method) ? handlers[method]! : undefined
    app.route({
      method,
      url,
      ...(handler?.bodyLimit !== undefined && { bodyLimit: handler.bodyLimit }),
      config: {
        access: handler?.roles ?? roles,
        takesFile: handler?.takesFile ?? false,
        takesTable: handler?.takesTable ?? false,
        takesList: handler?.takesList ?? false,
      },
      handler: async (request, reply) => {
        if (!handler) throw methodNotAllowed(request.method, allow)
        if (method === 'OPTIONS') reply.header('Allow', allow.join(', '))
        return handler.handle(request, reply)
      },
    })
  }
}
