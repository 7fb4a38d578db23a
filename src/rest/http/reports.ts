/** The routes of reports: collections that are computed. */
import type { FastifyInstance } from 'fastify'
import type { Registry } from '../registry.ts'
import type { Report } from '../resource.ts'
import { answerAsking } from './asking.ts'
import { RENDERS } from './negotiate.ts'
import type { Host } from './request.ts'
import { route } from './route.ts'

/** Adds the route of a report below `/api/`. */
export function addReport(app: FastifyInstance, host: Host, registry: Registry, report: Report): void {
  const { path, roles } = report
  const description = { name: path, description: report.summary, renders: RENDERS, parses: [] }
  route(app, `/api/${path}/`, roles, {
    GET: {
      roles,
      handle: (request, reply) => answerAsking(host, registry, report, request, reply, (c) => report.run(c)),
    },
    OPTIONS: { roles, handle: () => description },
  })
}
