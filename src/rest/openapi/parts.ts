/** What the OpenAPI paths are put together from. */
import type { Right, Role } from '../caller.ts'
import { PARSES } from '../http/metadata.ts'
import { type Compiled, rolesWith } from '../registry.ts'
import type { Schema } from './schemas.ts'

/** A reference to a schema. */
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
/** A reference to a parameter. */
export const parameterRef = (name: string): Schema => ({ $ref: `#/components/parameters/${name}` })
/** A body of JSON. */
export const json = (schema: Schema): Schema => ({ 'application/json': { schema } })

/** `follow_me_destinations` → `FollowMeDestinations`. */
export const schemaName = (compiled: Compiled): string =>
  compiled.resource.path.replace(/(?:^|_)([a-z])/g, (_match, letter: string) => letter.toUpperCase())

/** An operation, where a role has the right to it; its description names the roles. */
export function operation(compiled: Compiled, method: string, right: Right, verb: string, rest: Schema): Schema {
  const roles = rolesWith(compiled, right)
  if (roles.length === 0) return {}
  const { path } = compiled.resource
  return { [method]: { ...about(path, `${verb.toLowerCase()}_${path}`, `${verb} ${path}`, roles), ...rest } }
}

/** What every operation says of itself. */
export function about(path: string, operationId: string, summary: string, roles: readonly Role[]): Schema {
  return { tags: [path], operationId, summary, description: `Roles: ${roles.join(', ')}.` }
}

/** An answer with a single row, which has a tag. */
export const rowAnswer = (description: string, content: Schema): Schema => ({
  description,
  headers: { ETag: { schema: { type: 'string' }, description: 'Of the whole row; none where fields were asked for.' } },
  content,
})

/** A body in any of the forms that rows are taken in. */
export const body = (schema: Schema): Schema => ({
  required: true,
  content: Object.fromEntries(PARSES.map((type) => [type, { schema }])),
})

const REASONS: Record<number, string> = {
  400: 'Something sent is wrong; each field at fault is named.',
  401: 'No token, or one that is not valid.',
  403: 'The role may not do this.',
  404: 'There is no such row or page.',
  406: 'The Accept header cannot be met.',
  409: 'A request with this Idempotency-Key is under way.',
  412: 'The row is not the one that If-Match names.',
  413: 'The body or the file is too large.',
  415: 'The body is of a type that is not taken.',
  416: 'The range lies outside the file.',
  422: 'This Idempotency-Key was used for another request.',
  429: 'Too many of these at once; Retry-After tells when to try again.',
  503: 'The switch or the database cannot be reached.',
}

/** The answers of an operation that are errors. */
export function errors(...statuses: number[]): Schema {
  return Object.fromEntries(
    statuses.map((status) => [status, { description: REASONS[status], content: json(ref('Error')) }]),
  )
}
