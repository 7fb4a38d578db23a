/** The routes of a resource, made once at start-up. Every method of its paths is routed, so that none is open by chance. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ROLES } from '../caller.ts'
import { absence } from '../read/absence.ts'
import { fieldsOfPlan } from '../read/export.ts'
import { links } from '../read/pagination.ts'
import { planList, planRow } from '../read/plan.ts'
import { readQuery } from '../read/query.ts'
import { runList, runRow } from '../read/read.ts'
import { type Compiled, rolesWith } from '../registry.ts'
import { create, remove, update } from '../write/write.ts'
import { addActions } from './actions.ts'
import { addBulkDelete, changeListHandler, createList, LONGER_BODY } from './bulk.ts'
import { addDownload } from './download.ts'
import { expectation, isKnown, sendTag } from './etag.ts'
import { addImport } from './import.ts'
import { addMedia } from './media.ts'
import { metadata } from './metadata.ts'
import { negotiate } from './negotiate.ts'
import { CSV_TYPE, renderCsv } from './renderers/csv.ts'
import { indented, JSON_TYPE, renderList } from './renderers/json.ts'
import { type Asked, asked, type Host, rowId, writer } from './request.ts'
import { route } from './route.ts'
import { rowsOf } from './rows.ts'
import { tooLong } from './too-long.ts'

/** Adds the routes of a resource and of its actions below `/api/`. */
export function addRoutes(app: FastifyInstance, host: Host, compiled: Compiled): void {
  const { path } = compiled.resource
  const roles = ROLES.filter((role) => compiled.views.has(role))
  const list = { takesList: true, bodyLimit: app.initialConfig.bodyLimit! * LONGER_BODY }
  addActions(app, host, compiled)
  addDownload(app, host, compiled)
  addBulkDelete(app, host, compiled)
  addImport(app, host, compiled)
  addMedia(app, host, compiled)
  const takesFile = compiled.resource.media !== undefined
  route(app, `/api/${path}/`, roles, {
    GET: { roles: rolesWith(compiled, 'list'), handle: listHandler(host, compiled) },
    PATCH: { roles: rolesWith(compiled, 'update'), ...list, handle: changeListHandler(host, compiled) },
    POST: { roles: rolesWith(compiled, 'create'), ...list, takesFile, handle: createHandler(host, compiled) },
    OPTIONS: { roles, handle: (request) => metadata(compiled, host.caller(request), 'collection') },
  })
  route(app, `/api/${path}/:id/`, roles, {
    GET: { roles: rolesWith(compiled, 'retrieve'), handle: retrieveHandler(host, compiled) },
    PUT: { roles: rolesWith(compiled, 'update'), takesFile, handle: updateHandler(host, compiled, 'replace') },
    PATCH: { roles: rolesWith(compiled, 'update'), takesFile, handle: updateHandler(host, compiled, 'update') },
    DELETE: { roles: rolesWith(compiled, 'delete'), handle: deleteHandler(host, compiled) },
    OPTIONS: { roles, handle: optionsRowHandler(host, compiled) },
  })
}

function listHandler(host: Host, compiled: Compiled) {
  const open = rowsOf(host, compiled)
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { caller, baseUrl, apiUrl, prefer } = asked(host, request, reply)
    const query = readQuery(request.url)
    const form = negotiate(query, request.headers.accept)
    const plan = planList(compiled, caller, query, prefer)
    const result = await runList(await open(reply), plan, apiUrl).catch(tooLong(compiled))
    if (form.format === 'csv') {
      const names = fieldsOfPlan(plan).map((field) => field.name)
      return reply.type(CSV_TYPE).send(renderCsv(names, JSON.parse(result.rows) as Record<string, unknown>[]))
    }
    const body = renderList(result, links(baseUrl, request.url, result))
    return reply.type(JSON_TYPE).send(indented(body, form.indent))
  }
}

function retrieveHandler(host: Host, compiled: Compiled) {
  const open = rowsOf(host, compiled)
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { caller, apiUrl, prefer } = asked(host, request, reply)
    const query = readQuery(request.url)
    const form = negotiate(query, request.headers.accept)
    const id = rowId(compiled, request)
    const plan = planRow(compiled, caller, id, query, prefer)
    const { db, one } = await open(reply)
    const found = await runRow(one, plan, apiUrl)
    if (found === undefined) throw await absence(db, compiled, caller, id)
    if (form.format === 'csv') {
      const row = JSON.parse(found.json) as Record<string, unknown>
      return reply.type(CSV_TYPE).send(renderCsv(Object.keys(row), [row]))
    }
    sendTag(reply, found.tag)
    if (isKnown(request, found.tag)) return reply.code(304).send()
    return reply.type(JSON_TYPE).send(indented(found.json, form.indent))
  }
}

function createHandler(host: Host, compiled: Compiled) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    if (Array.isArray(request.body)) return createList(host, compiled, request, reply)
    const about = asked(host, request, reply)
    negotiate(readQuery(request.url), request.headers.accept)
    const written = await create(writer(host, about), compiled, input(host, request, about))
    const url = `${about.apiUrl}${compiled.resource.path}/${written.id}/`
    sendTag(reply, written.tag)
    return reply.code(201).header('Location', url).type(JSON_TYPE).send(written.json)
  }
}

function updateHandler(host: Host, compiled: Compiled, mode: 'replace' | 'update') {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const about = asked(host, request, reply)
    negotiate(readQuery(request.url), request.headers.accept)
    const id = rowId(compiled, request)
    const written = await update(
      writer(host, about),
      compiled,
      id,
      input(host, request, about),
      mode,
      expectation(request),
    )
    sendTag(reply, written.tag)
    return reply.type(JSON_TYPE).send(written.json)
  }
}

function deleteHandler(host: Host, compiled: Compiled) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const id = rowId(compiled, request)
    await remove(writer(host, asked(host, request, reply)), compiled, id, expectation(request))
    return reply.code(204).send()
  }
}

function optionsRowHandler(host: Host, compiled: Compiled) {
  const open = rowsOf(host, compiled)
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { caller, apiUrl, prefer } = asked(host, request, reply)
    const id = rowId(compiled, request)
    const { db } = await open(reply)
    const plan = planRow(compiled, caller, id, new Map([['fields', compiled.model.primaryKey.name]]), prefer)
    if ((await runRow(db, plan, apiUrl)) === undefined) throw await absence(db, compiled, caller, id)
    return metadata(compiled, caller, 'row')
  }
}

const input = (host: Host, request: FastifyRequest, { prefer }: Asked) => ({
  body: request.body,
  form: host.isForm(request),
  strict: prefer.strict,
  upload: host.upload(request),
})
