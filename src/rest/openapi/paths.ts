/** The OpenAPI paths of a resource: the same routes that src/rest/http/routes.ts makes. */
import { z } from 'zod'
import type { Right, Role } from '../caller.ts'
import { PARSES } from '../http/metadata.ts'
import { lookupsOf } from '../read/lookups.ts'
import { LARGEST_PAGE, PAGE_SIZE } from '../read/pagination.ts'
import { type Compiled, rolesWith } from '../registry.ts'
import type { Action, Command, Report } from '../resource.ts'
import { columnSchema, inputSchema, inputsSchema, type Schema } from './schemas.ts'

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
const parameterRef = (name: string): Schema => ({ $ref: `#/components/parameters/${name}` })
const json = (schema: Schema): Schema => ({ 'application/json': { schema } })

/** `follow_me_destinations` → `FollowMeDestinations`. */
export const schemaName = (compiled: Compiled): string =>
  compiled.resource.path.replace(/(?:^|_)([a-z])/g, (_match, letter: string) => letter.toUpperCase())

/** The paths of a resource and its actions. */
export function resourcePaths(compiled: Compiled): Record<string, Schema> {
  const { path, actions = {} } = compiled.resource
  const entries = Object.entries(actions).map(([name, action]) => {
    const base = `/api/${path}/${action.on === 'row' ? '{id}/' : ''}${name}/`
    return [base, actionPath(compiled, name, action)] as const
  })
  return {
    ...(compiled.resource.download && { [`/api/${path}/download/`]: downloadPath(compiled) }),
    [`/api/${path}/`]: collectionPath(compiled),
    [`/api/${path}/{id}/`]: rowPath(compiled),
    ...(compiled.resource.media && mediaPaths(compiled)),
    ...Object.fromEntries(entries),
  }
}

function collectionPath(compiled: Compiled): Schema {
  const name = schemaName(compiled)
  const list = {
    parameters: listParameters(compiled, LIST_PARAMETERS),
    responses: {
      200: {
        description: 'A page of rows.',
        content: { ...json(ref(`${name}List`)), 'text/csv': { schema: { type: 'string' } } },
      },
      ...errors(400, 401, 403, 404, 406),
    },
  }
  const create = {
    requestBody: rowBody(compiled, `${name}Input`),
    responses: { 201: { description: 'The row.', content: json(ref(name)) }, ...errors(400, 401, 403, 415) },
  }
  return {
    ...operation(compiled, 'get', 'list', 'List', list),
    ...operation(compiled, 'post', 'create', 'Create', create),
  }
}

function listParameters(compiled: Compiled, shared: readonly string[]): Schema[] {
  const flags = Object.entries(compiled.resource.flags ?? {}).map(([name, field]) => ({
    name,
    in: 'query',
    schema: { type: 'boolean' },
    allowEmptyValue: true,
    description: `Leaves ${field} out.`,
  }))
  const cursor = compiled.resource.long && shared.includes('page') ? [parameterRef('cursor')] : []
  const filters = filterParameters(compiled)
  return [...shared.map(parameterRef), ...cursor, orderingParameter(compiled), ...flags, ...filters]
}

function downloadPath(compiled: Compiled): Schema {
  const { path } = compiled.resource
  const file = { description: 'A file that ends where its rows end; one cut short ends in a broken transfer.' }
  return {
    get: {
      ...about(path, `download_${path}`, 'Everything the filters match, as CSV', rolesWith(compiled, 'list')),
      parameters: listParameters(compiled, ['search', 'fields', 'omit', 'prefer']),
      responses: {
        200: { ...file, content: { 'text/csv': { schema: { type: 'string' } } } },
        ...errors(400, 401, 403, 404, 406, 503),
      },
    },
  }
}

function rowPath(compiled: Compiled): Schema {
  const name = schemaName(compiled)
  const found = { 200: { description: 'The row.', content: json(ref(name)) } }
  return {
    parameters: [idParameter(compiled)],
    ...operation(compiled, 'get', 'retrieve', 'Retrieve', {
      parameters: [parameterRef('fields'), parameterRef('omit'), parameterRef('format')],
      responses: { ...found, ...errors(400, 401, 403, 404, 406) },
    }),
    ...operation(compiled, 'put', 'update', 'Replace', {
      requestBody: rowBody(compiled, `${name}Input`),
      responses: { ...found, ...errors(400, 401, 403, 404, 415) },
    }),
    ...operation(compiled, 'patch', 'update', 'Update', {
      requestBody: rowBody(compiled, `${name}Patch`),
      responses: { ...found, ...errors(400, 401, 403, 404, 415) },
    }),
    ...operation(compiled, 'delete', 'delete', 'Delete', {
      responses: { 204: { description: 'It is deleted.' }, ...errors(401, 403, 404) },
    }),
  }
}

const BINARY: Schema = { type: 'string', format: 'binary' }
const AUDIO_TYPES = ['audio/wav', 'audio/mpeg']

/** Where rows have audio, a form may bring it, and then says what else it likes: the file's name is the row's. */
function rowBody(compiled: Compiled, name: string): Schema {
  const plain = body(ref(name))
  if (!compiled.resource.media) return plain
  const { properties } = inputSchema(compiled, 'update')
  const filename = { ...BINARY, description: 'The audio: WAV or MP3.' }
  const form = { type: 'object', required: ['filename'], properties: { ...(properties as Schema), filename } }
  const content = { ...(plain.content as Schema), 'multipart/form-data': { schema: { anyOf: [ref(name), form] } } }
  return { ...plain, content }
}

function mediaPaths(compiled: Compiled): Record<string, Schema> {
  const { path } = compiled.resource
  const media = compiled.resource.media!.name
  const row = { 200: { description: 'The row.', content: json(ref(schemaName(compiled))) } }
  const audio = Object.fromEntries(AUDIO_TYPES.map((type) => [type, { schema: BINARY }]))
  const form = { type: 'object', required: ['filename'], properties: { filename: BINARY } }
  const [readers, writers] = [rolesWith(compiled, 'retrieve'), rolesWith(compiled, 'update')]
  const download = {
    parameters: [
      { name: 'inline', in: 'query', schema: { type: 'boolean' }, description: 'To be played, not saved.' },
      { name: 'Range', in: 'header', schema: { type: 'string' }, description: 'One range of bytes.' },
    ],
    responses: {
      200: { description: 'The whole file. Its ETag is strong.', content: audio },
      206: { description: 'The range.', content: audio },
      304: { description: 'The client has it already.' },
      ...errors(401, 403, 404, 416),
    },
  }
  const replace = {
    requestBody: {
      required: true,
      content: { ...audio, 'application/octet-stream': { schema: BINARY }, 'multipart/form-data': { schema: form } },
    },
    responses: { ...row, ...errors(400, 401, 403, 404, 412, 413, 415, 503) },
  }
  return {
    [`/api/${path}/{id}/download/`]: {
      parameters: [idParameter(compiled)],
      get: { ...about(path, `play_${path}`, `The ${media} itself`, readers), ...download },
    },
    [`/api/${path}/{id}/audio/`]: {
      parameters: [idParameter(compiled)],
      ...(writers.length > 0 && {
        put: { ...about(path, `audio_${path}`, `Replace the ${media}`, writers), ...replace },
      }),
    },
  }
}

/** An operation, where a role has the right to it; its description names the roles. */
function operation(compiled: Compiled, method: string, right: Right, verb: string, rest: Schema): Schema {
  const roles = rolesWith(compiled, right)
  if (roles.length === 0) return {}
  const { path } = compiled.resource
  return { [method]: { ...about(path, `${verb.toLowerCase()}_${path}`, `${verb} ${path}`, roles), ...rest } }
}

function about(path: string, operationId: string, summary: string, roles: readonly Role[]): Schema {
  return { tags: [path], operationId, summary, description: `Roles: ${roles.join(', ')}.` }
}

function actionPath(compiled: Compiled, name: string, action: Action): Schema {
  const { path } = compiled.resource
  const methods = action.methods.map((method) => [
    method.toLowerCase(),
    { ...about(path, `${method.toLowerCase()}_${path}_${name}`, action.summary, action.roles), ...asking(action) },
  ])
  return { ...(action.on === 'row' && { parameters: [idParameter(compiled)] }), ...Object.fromEntries(methods) }
}

/** The path of a report or a command. */
export function reportPath(report: Report | Command): Record<string, Schema> {
  const { path, summary, roles } = report
  const method = 'inputs' in report ? 'post' : 'get'
  const taken = 'inputs' in report && { requestBody: body(inputsSchema(report.inputs)) }
  const operation = { ...about(path, `${method}_${path}`, summary, roles), ...taken, ...asking(report) }
  return { [`/api/${path}/`]: { [method]: operation } }
}

function asking({ query, answer, svg }: Action | Command | Report): Schema {
  const parameters = query ? queryParameters(query) : []
  if (svg) parameters.push({ name: 'format', in: 'query', schema: { type: 'string', enum: ['json', 'svg'] } })
  const picture = svg && { 'image/svg+xml': { schema: { type: 'string' } } }
  return {
    ...(parameters.length > 0 && { parameters }),
    responses: {
      200: { description: 'Done.', content: { ...json(answer ?? { type: 'object' }), ...picture } },
      ...errors(400, 401, 403, 404, 503),
    },
  }
}

function queryParameters(query: z.ZodObject): Schema[] {
  const { properties = {} } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' })
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }))
}

const LIST_PARAMETERS = ['page', 'page_size', 'search', 'fields', 'omit', 'format', 'prefer']

/** The parameters that mean the same everywhere. */
export const PARAMETERS: Record<string, Schema> = {
  page: { name: 'page', in: 'query', schema: { type: 'string', default: '1' }, description: 'A page number, or last.' },
  cursor: {
    name: 'cursor',
    in: 'query',
    schema: { type: 'string' },
    description: 'Where the page before ended, as next has it: pages far down then cost no more than the first.',
  },
  page_size: {
    name: 'page_size',
    in: 'query',
    schema: { type: 'integer', default: PAGE_SIZE, maximum: LARGEST_PAGE },
    description: 'Rows a page.',
  },
  search: { name: 'search', in: 'query', schema: { type: 'string' }, description: 'Words that must all be found.' },
  fields: { name: 'fields', in: 'query', schema: { type: 'string' }, description: 'The fields to give, by comma.' },
  omit: { name: 'omit', in: 'query', schema: { type: 'string' }, description: 'The fields to leave out, by comma.' },
  format: { name: 'format', in: 'query', schema: { type: 'string', enum: ['json', 'csv'] } },
  prefer: {
    name: 'Prefer',
    in: 'header',
    schema: { type: 'string' },
    description: 'handling=strict: unknown fields and parameters are errors. count=none: do not count.',
  },
}

function idParameter(compiled: Compiled): Schema {
  return { name: 'id', in: 'path', required: true, schema: { ...columnSchema(compiled.model.primaryKey) } }
}

function orderingParameter(compiled: Compiled): Schema {
  const names = filterable(compiled).map((field) => field.name)
  const description = `Fields by comma, each with - before it for descending: ${names.join(', ')}. Default: ${compiled.resource.order.join(',')}.`
  return { name: 'ordering', in: 'query', schema: { type: 'string' }, description }
}

function filterParameters(compiled: Compiled): Schema[] {
  return filterable(compiled, true).map(({ name, column }) => {
    const lookups = lookupsOf(column!).filter((lookup) => lookup !== 'exact')
    const { default: _default, ...schema } = columnSchema(column!)
    const hops = column!.references ? ' Also through the relation, as field__other_field=value.' : ''
    return { name, in: 'query', schema, description: `Lookups, as ${name}__LOOKUP: ${lookups.join(', ')}.${hops}` }
  })
}

/** Fields that can be ordered by, or filtered by. */
const filterable = (compiled: Compiled, hidden = false) =>
  [...compiled.fields.values()].filter(
    (field) => field.path && !field.column?.secret && (field.shown || (hidden && field.filtersOnly)),
  )

const body = (schema: Schema): Schema => ({
  required: true,
  content: Object.fromEntries(PARSES.map((type) => [type, { schema }])),
})

const REASONS: Record<number, string> = {
  400: 'Something sent is wrong; each field at fault is named.',
  401: 'No token, or one that is not valid.',
  403: 'The role may not do this.',
  404: 'There is no such row or page.',
  406: 'The Accept header cannot be met.',
  412: 'The row is not the one that If-Match names.',
  413: 'The file is too large.',
  415: 'The body is of a type that is not taken.',
  416: 'The range lies outside the file.',
  503: 'The switch or the database cannot be reached.',
}

function errors(...statuses: number[]): Schema {
  return Object.fromEntries(
    statuses.map((status) => [status, { description: REASONS[status], content: json(ref('Error')) }]),
  )
}
