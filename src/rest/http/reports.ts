/** The routes of what has no rows: reports, which are read, and commands, which are carried out. */
import type { FastifyInstance } from 'fastify'
import type { Command, Follow, Report } from '../asking.ts'
import { notFound } from '../errors.ts'
import type { Registry } from '../registry.ts'
import { readUuid } from '../values/identity.ts'
import { readInputsOnly } from '../write/validate.ts'
import { answerAsking } from './asking.ts'
import { describeInput, PARSES } from './metadata.ts'
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

/** Adds the route of a command below `/api/`. */
export function addCommand(app: FastifyInstance, host: Host, registry: Registry, command: Command): void {
  const { path, roles, inputs } = command
  const fields = Object.entries(inputs).map(([name, input]) => [name, describeInput(name, input)])
  const actions = { POST: Object.fromEntries(fields) }
  const description = { name: path, description: command.summary, renders: RENDERS, parses: PARSES, actions }
  route(app, `/api/${path}/`, roles, {
    POST: {
      roles,
      handle: (request, reply) =>
        answerAsking(host, registry, command, request, reply, (context, { prefer }) => {
          const body = { body: request.body, form: host.isForm(request), strict: prefer.strict }
          return command.run(context, readInputsOnly(inputs, body))
        }),
    },
    OPTIONS: { roles, handle: () => description },
  })
  if (command.follow) addFollow(app, host, registry, command, command.follow)
}

function addFollow(app: FastifyInstance, host: Host, registry: Registry, command: Command, follow: Follow): void {
  const { path, roles } = command
  const asking = { roles, summary: follow.summary }
  const description = { name: path, description: follow.summary, renders: RENDERS, parses: [] }
  route(app, `/api/${path}/:id/`, roles, {
    GET: {
      roles,
      handle: (request, reply) =>
        answerAsking(host, registry, asking, request, reply, async (context) => {
          const id = readUuid((request.params as { id: string }).id)
          const found = id === undefined ? undefined : await follow.run(context, id)
          if (found === undefined) throw notFound()
          return found
        }),
    },
    OPTIONS: { roles, handle: () => description },
  })
}
