/** The OpenAPI parameters: those that mean the same everywhere, and those of a resource. */
import { lookupsOf } from '../read/lookups.ts'
import { LARGEST_PAGE, PAGE_SIZE } from '../read/pagination.ts'
import type { Compiled } from '../registry.ts'
import { parameterRef } from './parts.ts'
import { columnSchema, type Schema } from './schemas.ts'

/** Those of a list. */
export const LIST_PARAMETERS = ['page', 'page_size', 'search', 'fields', 'omit', 'format', 'prefer']

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
  if_match: {
    name: 'If-Match',
    in: 'header',
    schema: { type: 'string' },
    description: 'The ETag that the row must still have, or it is not written: 412.',
  },
  if_none_match: {
    name: 'If-None-Match',
    in: 'header',
    schema: { type: 'string' },
    description: 'The ETag of the row that you have: 304 while it is the same.',
  },
  idempotency_key: {
    name: 'Idempotency-Key',
    in: 'header',
    schema: { type: 'string', maxLength: 255 },
    description: 'Made up by you for this request: sent again within 24 hours, it is answered again and done once.',
  },
  partial: {
    name: 'partial',
    in: 'query',
    schema: { type: 'boolean', default: false },
    description: 'Of a list: what can be written is, and 207 tells of each item. Without it, all or none.',
  },
}

/** The id of a row in a path. */
export function idParameter(compiled: Compiled): Schema {
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

/** The parameters of a list, `shared` among them. */
export function listParameters(compiled: Compiled, shared: readonly string[]): Schema[] {
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
