/** The route of a feed: server-sent events, until its reader leaves or the feed ends. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { Feed } from '../asking.ts'
import { readQuery } from '../read/query.ts'
import type { Registry } from '../registry.ts'
import { contextOf } from './asking.ts'
import { negotiate } from './negotiate.ts'
import { asked, type Host } from './request.ts'
import { route } from './route.ts'

const EVENTS_TYPE = 'text/event-stream; charset=utf-8'
/** No proxy keeps events, changes them or waits for more of them. */
const UNDELAYED = { 'Cache-Control': 'no-cache, no-transform', 'X-Accel-Buffering': 'no' }
/** For readers that cannot set the header with their first request; a browser that comes again sets it by itself. */
const LAST_EVENT_ID = 'last_event_id'

/** Adds the route of a feed below `/api/`. */
export function addFeed(app: FastifyInstance, host: Host, registry: Registry, feed: Feed): void {
  const { path, roles, summary } = feed
  const description = { name: path, description: summary, renders: ['text/event-stream'], parses: [] }
  route(app, `/api/${path}/`, roles, {
    GET: {
      roles,
      async handle(request, reply) {
        const about = asked(host, request, reply)
        const query = readQuery(request.url)
        negotiate(query, request.headers.accept, ['events'])
        const context = contextOf(host, registry, feed, request, about, ['format', LAST_EVENT_ID])
        const header = request.headers['last-event-id']
        const lastEventId = (header === undefined ? undefined : String(header)) || query.get(LAST_EVENT_ID) || undefined
        const stillMay = () => host.stillCaller(request)
        const events =
          request.method === 'HEAD' ? Readable.from([]) : await feed.open(context, { lastEventId, stillMay })
        return reply.type(EVENTS_TYPE).headers(UNDELAYED).send(events)
      },
    },
    OPTIONS: { roles, handle: () => description },
  })
}
