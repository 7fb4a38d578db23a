/** The routes of a resource's actions: things to do with a collection or a row besides reading and writing it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../caller.ts'
import { type Connection, connection } from '../database.ts'
import { ValidationError } from '../errors.ts'
import { absence } from '../read/absence.ts'
import { rowsFor, withId } from '../read/plan.ts'
import { addError, readQuery } from '../read/query.ts'
import type { Compiled } from '../registry.ts'
import type { Action } from '../resource.ts'
import { wholeStatement } from '../write/statements.ts'
import { asked, type Host, rowId } from './request.ts'
import { type Handlers, route } from './route.ts'

/** Adds a route an action, before those of rows: no row's id is an action's name. */
export function addActions(app: FastifyInstance, host: Host, compiled: Compiled): void {
  for (const [name, action] of Object.entries(compiled.resource.actions ?? {})) {
    const base = `/api/${compiled.resource.path}/${action.on === 'row' ? ':id/' : ''}`
    const handle = actionHandler(host, compiled, action)
    const handlers: Handlers = Object.fromEntries(action.methods.map((m) => [m, { roles: action.roles, handle }]))
    route(app, `${base}${name}/`, action.roles, handlers)
  }
}

function actionHandler(host: Host, compiled: Compiled, action: Action) {
  const db = connection(host.pool)
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { caller } = asked(host, request, reply)
    const query = readParameters(action, request.url)
    const row = action.on === 'row' ? await findRow(db, compiled, caller, rowId(compiled, request)) : {}
    return action.run({ caller, services: host.services, query }, row)
  }
}

async function findRow(
  db: Connection,
  compiled: Compiled,
  caller: Caller,
  id: string,
): Promise<Record<string, unknown>> {
  const where = [withId(compiled, id), ...rowsFor(compiled, caller, 'retrieve')]
  const [found] = await db.run(wholeStatement(compiled, where))
  if (!found) throw await absence(db, compiled, caller, id)
  return JSON.parse(found[0] as string) as Record<string, unknown>
}

function readParameters(action: Action, url: string): Record<string, unknown> {
  if (!action.query) return {}
  // Empty is as good as absent, as it is for filters.
  const given = [...readQuery(url)].filter(([, value]) => value !== '')
  const result = action.query.safeParse(Object.fromEntries(given))
  if (result.success) return result.data
  const errors = {}
  for (const issue of result.error.issues) addError(errors, String(issue.path[0] ?? 'non_field_errors'), issue.message)
  throw new ValidationError(errors)
}
