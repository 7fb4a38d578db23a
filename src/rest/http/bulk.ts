/**
 * Many rows with one request: `POST /api/PATH/` with a list creates them, `PATCH /api/PATH/` with a list of objects that
 * have their `id` changes them, `POST /api/PATH/bulk_delete/` with `{"ids": […]}` deletes them. All or none, and then an
 * error tells of each item by its place in the list ({@link ItemsError}); with `partial=true` what can be written is, and
 * 207 answers with what became of each item.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ValidationError } from '../errors.ts'
import { type Query, readQuery } from '../read/query.ts'
import { type Compiled, rolesWith } from '../registry.ts'
import { booleanParser } from '../values/boolean.ts'
import { pythonType, readRowId } from '../values/identity.ts'
import { type Change, changeMany, createMany, type Item, type Keep, type Outcome, removeMany } from '../write/many.ts'
import { negotiate } from './negotiate.ts'
import { JSON_TYPE } from './renderers/json.ts'
import { type Asked, asked, type Host, writer } from './request.ts'
import { route } from './route.ts'

export const MOST_ITEMS = 1000
/** A list of rows may be that many times as long as other bodies. */
export const LONGER_BODY = 16

/** Answers a POST of a list. */
export async function createList(host: Host, compiled: Compiled, request: FastifyRequest, reply: FastifyReply) {
  const about = asked(host, request, reply)
  const keep = keepOf(request, about)
  const items = listIn(request.body)
  const inputs = items.map((body) => ({ body, form: false, strict: about.prefer.strict }))
  const outcomes = await createMany(writer(host, about), compiled, inputs, keep)
  return keep === 'what can be' ? answerEach(reply, outcomes, 201) : answerRows(reply.code(201), outcomes)
}

/** Handles a PATCH of a list. */
export function changeListHandler(host: Host, compiled: Compiled) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const about = asked(host, request, reply)
    const keep = keepOf(request, about)
    const items = listIn(request.body).map((body) => changeIn(compiled, body, about.prefer.strict))
    const outcomes = await changeMany(writer(host, about), compiled, items, keep)
    return keep === 'what can be' ? answerEach(reply, outcomes, 200) : answerRows(reply.code(200), outcomes)
  }
}

/** Adds the route that deletes many rows, before those of rows: no row's id is `bulk_delete`. */
export function addBulkDelete(app: FastifyInstance, host: Host, compiled: Compiled): void {
  const roles = rolesWith(compiled, 'delete')
  if (roles.length === 0) return
  route(app, `/api/${compiled.resource.path}/bulk_delete/`, roles, {
    POST: { roles, handle: deleteListHandler(host, compiled) },
  })
}

function deleteListHandler(host: Host, compiled: Compiled) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const about = asked(host, request, reply)
    const keep = keepOf(request, about)
    const items = idsIn(request.body).map((id) => rowNamed(compiled, id))
    const outcomes = await removeMany(writer(host, about), compiled, items, keep)
    return keep === 'what can be' ? answerEach(reply, outcomes, 204) : reply.code(204).send()
  }
}

/** `partial=true` and, for an import, `dry_run=true`. */
export function flagIn(query: Query, name: string): boolean {
  const said = booleanParser(query.get(name) || false)
  if (said.ok) return said.value === true
  throw new ValidationError({ [name]: [said.error] })
}

function keepOf(request: FastifyRequest, { prefer }: Asked): Keep {
  const query = readQuery(request.url)
  negotiate(query, request.headers.accept)
  refuseParameters(query, prefer.strict, ['partial', 'format'])
  return flagIn(query, 'partial') ? 'what can be' : 'all or none'
}

/** Parameters that are not known are ignored, unless the caller is strict. */
export function refuseParameters(query: Query, strict: boolean, known: readonly string[]): void {
  const unknown = strict ? [...query.keys()].filter((name) => !known.includes(name)) : []
  if (unknown.length === 0) return
  throw new ValidationError(Object.fromEntries(unknown.map((name) => [name, ['Unknown query parameter.']])))
}

function listIn(body: unknown, field = 'non_field_errors'): unknown[] {
  const refused = (sentence: string) => new ValidationError({ [field]: [sentence] })
  if (!Array.isArray(body)) throw refused(`Expected a list of items but got type "${pythonType(body)}".`)
  if (body.length === 0) throw refused('This list may not be empty.')
  if (body.length > MOST_ITEMS) {
    throw refused(`This list has ${body.length} items. Send no more than ${MOST_ITEMS} with one request.`)
  }
  return body
}

function idsIn(body: unknown): unknown[] {
  if (Array.isArray(body)) return listIn(body)
  const ids = (body as { ids?: unknown } | null | undefined)?.ids
  if (ids === undefined) throw new ValidationError({ ids: ['This field is required.'] })
  return listIn(ids, 'ids')
}

function changeIn(compiled: Compiled, body: unknown, strict: boolean): Item<Change> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    const sentence = `Invalid data. Expected a dictionary, but got ${pythonType(body)}.`
    return { status: 400, errors: { non_field_errors: [sentence] } }
  }
  const named = rowNamed(compiled, Object.hasOwn(body, 'id') ? (body as { id: unknown }).id : undefined)
  return 'errors' in named ? named : { ...named, input: { body, form: false, strict } }
}

/** The row of an id in a body; what cannot be an id names no row, as in a URL. */
function rowNamed(compiled: Compiled, id: unknown): Item<{ id: string }> {
  if (id === undefined || id === null) return { status: 400, errors: { id: ['This field is required.'] } }
  const text = typeof id === 'string' || typeof id === 'number' ? String(id) : ''
  const known = readRowId(compiled.model.primaryKey, text)
  return known === undefined ? { status: 404, errors: { id: ['Not found.'] } } : { id: known }
}

function answerRows(reply: FastifyReply, outcomes: readonly Outcome[]) {
  const rows = outcomes.map((outcome) => ('step' in outcome ? outcome.step.json : 'null'))
  return reply.type(JSON_TYPE).send(`[${rows.join(',')}]`)
}

function answerEach(reply: FastifyReply, outcomes: readonly Outcome[], status: number) {
  const results = outcomes.map((outcome, index) => {
    if ('refused' in outcome) return JSON.stringify({ index, ...outcome.refused })
    const head = `{"index":${index},"status":${status}`
    if (status === 204) return `${head},"id":${JSON.stringify(outcome.step.id)}}`
    return `${head},"row":${outcome.step.json}}`
  })
  return reply
    .code(207)
    .type(JSON_TYPE)
    .send(`[${results.join(',')}]`)
}
