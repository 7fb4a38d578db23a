/** The OpenAPI paths of many rows: lists, `bulk_delete/` and `import/`. */
import { MOST_ITEMS } from '../http/bulk.ts'
import { MOST_LINES } from '../http/table.ts'
import { type Compiled, rolesWith } from '../registry.ts'
import { about, errors, json, operation, parameterRef, ref, rowAnswer, schemaName } from './parts.ts'
import { columnSchema, type Schema } from './schemas.ts'

const listOf = (items: Schema): Schema => ({ type: 'array', minItems: 1, maxItems: MOST_ITEMS, items })
const EACH = 'With partial=true: what became of each item, in their order.'
const ALL_OR_NONE = '400 for an item at fault tells of each by its place in the list: detail {"0": {"field": ["…"]}}.'

/** `POST` of a row or of a list of them. `one` is the body of one. */
export function createOneOrMany(compiled: Compiled, one: Schema): Schema {
  const name = schemaName(compiled)
  const many = json({ anyOf: [ref(`${name}Input`), listOf(ref(`${name}Input`))] })
  return {
    parameters: [parameterRef('partial'), parameterRef('idempotency_key')],
    requestBody: { ...one, content: { ...(one.content as Schema), ...many } },
    responses: {
      201: rowAnswer('The row; for a list the rows, in its order.', json({ anyOf: [ref(name), rowsOf(compiled)] })),
      207: { description: EACH, content: json(resultsOf(compiled)) },
      ...errors(400, 401, 403, 409, 413, 415, 422),
    },
  }
}

/** `PATCH` of a list. */
export function changeMany(compiled: Compiled): Schema {
  const name = schemaName(compiled)
  const id = { type: 'object', required: ['id'], properties: { id: columnSchema(compiled.model.primaryKey) } }
  const operations = operation(compiled, 'patch', 'update', 'Update', {
    parameters: [parameterRef('partial')],
    requestBody: { required: true, content: json(listOf({ allOf: [id, ref(`${name}Patch`)] })) },
    responses: {
      200: { description: 'The rows, in the order of the list.', content: json(rowsOf(compiled)) },
      207: { description: EACH, content: json(resultsOf(compiled)) },
      ...errors(400, 401, 403, 413, 415),
    },
  }) as { patch?: Schema }
  if (!operations.patch) return {}
  const { path } = compiled.resource
  const { description, ...patch } = operations.patch
  const told = { operationId: `update_many_${path}`, summary: `Update many ${path}` }
  return { patch: { ...patch, ...told, description: `${description} ${ALL_OR_NONE}` } }
}

/** `bulk_delete/` and `import/`, where a role has the right to them. */
export function bulkPaths(compiled: Compiled): Record<string, Schema> {
  const { path } = compiled.resource
  const [removers, makers] = [rolesWith(compiled, 'delete'), rolesWith(compiled, 'create')]
  return {
    ...(removers.length > 0 && {
      [`/api/${path}/bulk_delete/`]: {
        post: { ...about(path, `delete_many_${path}`, `Delete many ${path}`, removers), ...removal(compiled) },
      },
    }),
    ...(makers.length > 0 && {
      [`/api/${path}/import/`]: {
        post: { ...about(path, `import_${path}`, `Create ${path} from a CSV file`, makers), ...IMPORT },
      },
    }),
  }
}

const rowsOf = (compiled: Compiled): Schema => ({ type: 'array', items: ref(schemaName(compiled)) })

function resultsOf(compiled: Compiled): Schema {
  const row = ref(schemaName(compiled))
  const properties = { ...RESULT, row, errors: ERRORS }
  return { type: 'array', items: { type: 'object', required: ['index', 'status'], properties } }
}

const RESULT: Schema = {
  index: { type: 'integer', description: 'The place in the list, from 0.' },
  status: { type: 'integer', description: 'What a request with this item alone is answered with.' },
}
const ERRORS: Schema = { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } }

function removal(compiled: Compiled): Schema {
  const id = columnSchema(compiled.model.primaryKey)
  const ids = listOf({ type: id.type, ...(id.format !== undefined && { format: id.format }) })
  const properties = { ...RESULT, id: { type: id.type }, errors: ERRORS }
  const results = { type: 'array', items: { type: 'object', required: ['index', 'status'], properties } }
  return {
    parameters: [parameterRef('partial'), parameterRef('idempotency_key')],
    requestBody: {
      required: true,
      content: json({ anyOf: [{ type: 'object', required: ['ids'], properties: { ids } }, ids] }),
    },
    responses: {
      204: { description: 'They are deleted.' },
      207: { description: EACH, content: json(results) },
      ...errors(400, 401, 403, 409, 413, 415, 422),
    },
  }
}

const LINE_ERRORS: Schema = {
  type: 'array',
  items: {
    type: 'object',
    required: ['line', 'column', 'message'],
    properties: {
      line: { type: 'integer', description: 'Where the line begins in the file, from 1.' },
      column: { type: ['string', 'null'] },
      message: { type: 'string' },
    },
  },
}
const IMPORTED: Schema = {
  type: 'object',
  required: ['dry_run', 'lines', 'created', 'failed', 'ids', 'errors'],
  properties: {
    dry_run: { type: 'boolean' },
    lines: { type: 'integer', description: 'Below the names of the columns.' },
    created: { type: 'integer', description: 'Rows; for a dry run those that would be.' },
    failed: { type: 'integer' },
    ids: {
      type: 'array',
      items: { type: ['string', 'integer'] },
      description: 'Of the rows, in the order of the lines.',
    },
    errors: LINE_ERRORS,
  },
}
const DRY_RUN: Schema = {
  name: 'dry_run',
  in: 'query',
  schema: { type: 'boolean', default: false },
  description: 'Everything is checked and nothing is written.',
}
const CSV_FILE: Schema = {
  type: 'string',
  description: 'As the list gives it; columns that are read only may be left.',
}
const IMPORT: Schema = {
  parameters: [parameterRef('partial'), DRY_RUN, parameterRef('idempotency_key')],
  requestBody: {
    required: true,
    description: `The first line names the columns; up to ${MOST_LINES} lines follow.`,
    content: {
      'text/csv': { schema: CSV_FILE },
      'multipart/form-data': {
        schema: { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } },
      },
    },
  },
  responses: {
    200: { description: 'A dry run: what would be.', content: json(IMPORTED) },
    201: { description: 'All lines are rows.', content: json(IMPORTED) },
    207: { description: 'With partial=true: what could be is there.', content: json(IMPORTED) },
    ...errors(401, 403, 409, 413, 415, 422),
    400: {
      description: 'Nothing was written; the errors are told by line and column.',
      content: json({ allOf: [ref('Error'), { type: 'object', properties: { errors: LINE_ERRORS } }] }),
    },
  },
}
