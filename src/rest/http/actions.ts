/** The routes of a resource's actions: things to do with a collection or a row besides reading and writing it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Action, ActionContext } from '../asking.ts'
import type { Caller } from '../caller.ts'
import type { Connection } from '../database.ts'
import { absence } from '../read/absence.ts'
import { planRow, rowsFor, withId } from '../read/plan.ts'
import { runRow } from '../read/read.ts'
import type { Compiled } from '../registry.ts'
import { wholeStatement } from '../write/statements.ts'
import { readInputsOnly } from '../write/validate.ts'
import { change } from '../write/write.ts'
import { answerAsking } from './asking.ts'
import { type Asked, type Host, rowId, writer } from './request.ts'
import { type Handlers, route } from './route.ts'
import { rowsOf } from './rows.ts'

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
  const open = rowsOf(host, compiled)
  return (request: FastifyRequest, reply: FastifyReply) =>
    answerAsking(host, compiled.registry, action, request, reply, async (context, about) => {
      const inputs = inputsOf(host, action, request, about)
      if (action.on === 'collection') return action.run(context, {}, inputs)
      const id = rowId(compiled, request)
      const { db } = await open(reply, true)
      const row = await findRow(db, compiled, context.caller, id)
      return action.run({ ...context, change: changing(host, db, compiled, about, id) }, row, inputs)
    })
}

/** What the body of an action says; one that takes nothing does not look at it. */
function inputsOf(host: Host, { inputs }: Action, request: FastifyRequest, { prefer }: Asked) {
  if (!inputs) return {}
  return readInputsOnly(inputs, { body: request.body, form: host.isForm(request), strict: prefer.strict })
}

const changing =
  (host: Host, db: Connection, compiled: Compiled, about: Asked, id: string): ActionContext['change'] =>
  async (values) => {
    await change(writer(host, about), compiled, id, values)
    const found = await runRow(db, planRow(compiled, about.caller, id, new Map(), about.prefer), about.apiUrl)
    if (found === undefined) throw await absence(db, compiled, about.caller, id)
    return JSON.parse(found.json) as unknown
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
