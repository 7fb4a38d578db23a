/**
 * Every error a caller can be told of. Code throws these; `src/plugins/errors.ts` turns them into HTTP.
 * Shapes and sentences: contract section 4.
 */
import { STATUS_CODES } from 'node:http'

/** Field name → sentences. Errors about several fields together stand under `non_field_errors`. */
export type FieldErrors = Record<string, string[]>

/** An error with an answer for the caller; its message is that answer and holds nothing internal. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly status: number
  readonly headers: Record<string, string>

  constructor(status: number, detail: string, headers: Record<string, string> = {}) {
    super(detail)
    this.status = status
    this.headers = headers
  }

  /** The body of the answer. */
  body(): Record<string, unknown> {
    return errorBody(this.status, this.message)
  }
}

/** 400 with sentences for each field at fault. */
export class ValidationError extends ApiError {
  override name = 'ValidationError'
  readonly fields: FieldErrors

  constructor(fields: FieldErrors) {
    super(400, 'Invalid input.')
    this.fields = fields
  }

  override body(): Record<string, unknown> {
    return errorBody(this.status, this.fields)
  }
}

/**
 * 400 about items of a list, of which none was written: the sentences of each item at fault, by its place in the list
 * and by field, as `detail: {"0": {"extension": ["…"]}, "7": {…}}`. They stand there only.
 */
export class ItemsError extends ApiError {
  override name = 'ItemsError'
  readonly items: Readonly<Record<string, FieldErrors>>

  constructor(items: Readonly<Record<string, FieldErrors>>) {
    super(400, 'Invalid input.')
    this.items = items
  }

  override body(): Record<string, unknown> {
    return { ...errorBody(this.status, ''), detail: this.items }
  }
}

/** What is wrong in a file of lines; `column` is null where it is the line as a whole. */
export interface LineError {
  readonly line: number
  readonly column: string | null
  readonly message: string
}

/** 400 about lines of a file, of which none was written: each error with its line and column, under `errors`. */
export class LinesError extends ApiError {
  override name = 'LinesError'
  readonly errors: readonly LineError[]

  constructor(detail: string, errors: readonly LineError[]) {
    super(400, detail)
    this.errors = errors
  }

  override body(): Record<string, unknown> {
    return { ...super.body(), errors: this.errors }
  }
}

export const badRequest = (detail: string) => new ApiError(400, detail)
export const notAuthenticated = (detail = 'Authentication credentials were not provided.') =>
  new ApiError(401, detail, { 'WWW-Authenticate': 'Token' })
export const forbidden = (detail = 'You do not have permission to perform this action.') => new ApiError(403, detail)
export const notFound = (detail = 'Not found.') => new ApiError(404, detail)
export const invalidPage = () => notFound('Invalid page.')
export const methodNotAllowed = (method: string, allow: readonly string[]) =>
  new ApiError(405, `Method "${method}" not allowed.`, { Allow: allow.join(', ') })
export const notAcceptable = () => new ApiError(406, 'Could not satisfy the request Accept header.')
export const preconditionFailed = () =>
  new ApiError(412, 'The row is not as If-Match expects it: it was changed meanwhile. Read it again.')
export const conflict = (detail: string) => new ApiError(409, detail)
export const unsupportedMediaType = (type: string) => new ApiError(415, `Unsupported media type "${type}" in request.`)
export const tooManyRequests = (retryAfterSeconds: number) =>
  new ApiError(429, `Request was throttled. Expected available in ${retryAfterSeconds} seconds.`, {
    'Retry-After': String(retryAfterSeconds),
  })
export const unavailable = (detail: string, retryAfterSeconds = 10) =>
  new ApiError(503, detail, { 'Retry-After': String(retryAfterSeconds) })

/**
 * The one body every error has: `{error, message, detail}`, and for a validation error each field at the top level
 * as well, as the guide shows both shapes.
 */
export function errorBody(status: number, detail: string | FieldErrors): Record<string, unknown> {
  const body = { error: status, message: STATUS_CODES[status] ?? 'Error', detail }
  return typeof detail === 'string' ? body : { ...detail, ...body }
}
