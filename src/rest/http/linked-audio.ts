/** Audio for whoever has a link to it, below a path outside /api/: the link is all the right there is. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { notFound } from '../errors.ts'
import type { Row } from '../model/model.ts'
import { type Stored, sendAudio } from './media.ts'
import type { Host } from './request.ts'

/** What links of a path lead to. */
export interface LinkedAudio {
  /** What sentences call it. */
  readonly name: string
  /** The row that a link leads to; undefined: to none, or no longer. */
  find(token: string): Promise<Row | undefined>
}

/** Adds the route. Links stand in no log. */
export function addLinkedAudio(app: FastifyInstance, host: Host, path: string, { name, find }: LinkedAudio): void {
  app.get(
    `${path}:token/`,
    { config: { access: 'public', hidesPath: true } },
    async (request: FastifyRequest, reply) => {
      reply.header('X-Robots-Tag', 'noindex')
      const row = await find((request.params as { token: string }).token)
      const stored = row as unknown as Stored | undefined
      if (!stored || stored.stored_as === null) {
        throw notFound(`There is no such ${name}: the link has expired, or the ${name} has been deleted.`)
      }
      return sendAudio(host, request, reply, stored, name)
    },
  )
}
