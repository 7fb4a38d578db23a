/** The routes of a resource's actions: things to do with a collection or a row besides reading and writing it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../caller.ts'
import { type Connection, connection } from '../database.ts'
import { absence } from '../read/absence.ts'
import { rowsFor, withId } from '../read/plan.ts'
import type { Compiled } from '../registry.ts'
import type { Action } from '../resource.ts'
import { wholeStatement } from '../write/statements.ts'
import { answerAsking } from './asking.ts'
import { type Host, rowId } from './request.ts'
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
  return (request: FastifyRequest, reply: FastifyReply) =>
    answerAsking(host, compiled.registry, action, request, reply, async (context) => {
      const { caller } = context
      const row = action.on === 'row' ? await findRow(db, compiled, caller, rowId(compiled, request)) : {}
      return action.run(context, row)
    })
}

async function findRow(
  db: Connection,
  compiled: Compiled,
  caller: Caller,
  id: string,
): Promise<Record<string, unknown>> {
  const where = [...withId(compiled, id), ...rowsFor(compiled, caller, 'retrieve')]
  const [found] = await db.run(wholeStatement(compiled, where))
  if (!found) throw await absence(db, compiled, caller, id)
  return JSON.parse(found[0] as string) as Record<string, unknown>
}
