/** The OpenAPI paths of a resource: the same routes that src/rest/http/routes.ts makes. */
import { z } from 'zod'
import type { Action, Asking, Command, Feed, Follow, Report } from '../asking.ts'
import { type Compiled, rolesWith } from '../registry.ts'
import { bulkPaths, changeMany, createOneOrMany } from './bulk.ts'
import { idParameter, LIST_PARAMETERS, listParameters } from './parameters.ts'
import { about, body, errors, json, operation, parameterRef, ref, rowAnswer, schemaName } from './parts.ts'
import { inputSchema, inputsSchema, type Schema } from './schemas.ts'

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
    ...bulkPaths(compiled),
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
  const create = createOneOrMany(compiled, rowBody(compiled, `${name}Input`))
  return {
    ...operation(compiled, 'get', 'list', 'List', list),
    ...operation(compiled, 'post', 'create', 'Create', create),
    ...changeMany(compiled),
  }
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
  const found = { 200: rowAnswer('The row.', json(ref(name))) }
  const written = { parameters: [parameterRef('if_match')] }
  return {
    parameters: [idParameter(compiled)],
    ...operation(compiled, 'get', 'retrieve', 'Retrieve', {
      parameters: ['fields', 'omit', 'format', 'if_none_match'].map(parameterRef),
      responses: { ...found, 304: { description: 'It is as you have it.' }, ...errors(400, 401, 403, 404, 406) },
    }),
    ...operation(compiled, 'put', 'update', 'Replace', {
      ...written,
      requestBody: rowBody(compiled, `${name}Input`),
      responses: { ...found, ...errors(400, 401, 403, 404, 412, 415) },
    }),
    ...operation(compiled, 'patch', 'update', 'Update', {
      ...written,
      requestBody: rowBody(compiled, `${name}Patch`),
      responses: { ...found, ...errors(400, 401, 403, 404, 412, 415) },
    }),
    ...operation(compiled, 'delete', 'delete', 'Delete', {
      ...written,
      responses: { 204: { description: 'It is deleted.' }, ...errors(401, 403, 404, 412) },
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

function actionPath(compiled: Compiled, name: string, action: Action): Schema {
  const { path } = compiled.resource
  const taken = action.inputs && { requestBody: body(inputsSchema(action.inputs)) }
  const methods = action.methods.map((method) => [
    method.toLowerCase(),
    {
      ...about(path, `${method.toLowerCase()}_${path}_${name}`, action.summary, action.roles),
      ...(method === 'POST' && taken),
      ...asking(action),
    },
  ])
  return { ...(action.on === 'row' && { parameters: [idParameter(compiled)] }), ...Object.fromEntries(methods) }
}

/** The path of a report, a command or a feed. */
export function reportPath(report: Report | Command | Feed): Record<string, Schema> {
  if ('open' in report) return feedPath(report)
  const { path, summary, roles } = report
  const method = 'inputs' in report ? 'post' : 'get'
  const taken = 'inputs' in report && { requestBody: body(inputsSchema(report.inputs)) }
  const operation = { ...about(path, `${method}_${path}`, summary, roles), ...taken, ...asking(report) }
  const follow = 'inputs' in report && report.follow && followPath(report, report.follow)
  return { [`/api/${path}/`]: { [method]: operation }, ...follow }
}

function feedPath({ path, summary, roles, query }: Feed): Record<string, Schema> {
  const last = { schema: { type: 'string' }, description: 'The id of the last event that was read, to go on after it.' }
  const responses = {
    200: { description: 'Events, without end.', content: { 'text/event-stream': { schema: { type: 'string' } } } },
    ...errors(400, 401, 403, 406, 429, 503),
  }
  const parameters = [
    ...(query ? queryParameters(query) : []),
    { name: 'last_event_id', in: 'query', ...last },
    { name: 'Last-Event-ID', in: 'header', ...last },
  ]
  return { [`/api/${path}/`]: { get: { ...about(path, `get_${path}`, summary, roles), parameters, responses } } }
}

function followPath({ path, roles }: Command, { summary, answer }: Follow): Record<string, Schema> {
  const id = { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }
  const get = {
    ...about(path, `follow_${path}`, summary, roles),
    ...asking({ roles, summary, ...(answer && { answer }) }),
  }
  return { [`/api/${path}/{id}/`]: { parameters: [id], get } }
}

function asking({ query, answer, svg }: Asking): Schema {
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
