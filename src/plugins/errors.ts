/** Every error becomes HTTP here, in the one shape of contract section 4. What is not the caller's to know is logged only. */

import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import { ApiError, badRequest, errorBody, notFound, unavailable, unsupportedMediaType } from '../rest/errors.ts'

async function errors(app: FastifyInstance): Promise<void> {
  app.setErrorHandler((error: Error, request, reply) => {
    const known = asApiError(error, request)
    if (known) return answer(known, reply)
    request.log.error({ err: error }, 'request failed')
    const detail = `The server made an error. Its log has the details under the request id ${request.id}.`
    return reply.code(500).send({ ...errorBody(500, detail), request_id: request.id })
  })
  app.setNotFoundHandler((_request, reply) => answer(notFound(), reply))
}

/** What Fastify refuses before there is a route, such as a path whose escapes are broken. */
export function refuseUnroutable(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  void answer(asApiError(error, request) ?? badRequest('The URL is not valid.'), reply)
}

function answer(error: ApiError, reply: FastifyReply) {
  return reply.code(error.status).headers(error.headers).type('application/json; charset=utf-8').send(error.body())
}

/** The error a caller may be told of, or undefined for a fault of ours. */
function asApiError(error: Error, request: FastifyRequest): ApiError | undefined {
  if (error instanceof ApiError) return error
  const { code = '', statusCode } = error as FastifyError
  // Fastify's, about a client that breaks off; a database that does has no status.
  if (code === 'ECONNRESET' && statusCode === 400) return badRequest('The request ended early.')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return unsupportedMediaType(request.headers['content-type'] ?? '')
  if (isUnavailable(code, error)) {
    request.log.error({ err: error }, 'the database cannot be used')
    return unavailable('The database cannot be reached now. Try again soon.')
  }
  if (code === STATEMENT_TIMEOUT) {
    return unavailable('The query took too long and was stopped. Narrow it with filters, or ask for fewer fields.')
  }
  if (CONTENDED.has(code)) return unavailable('The rows are being changed by others. Try again.', 1)
  if (UNREADABLE_VALUE.test(code)) return badRequest('A value is not one the database can take.')
  if (statusCode && statusCode >= 400 && statusCode < 500) return clientError(statusCode, error)
  if (statusCode === 503) return unavailable('The server is busy. Try again soon.')
  return undefined
}

const STATEMENT_TIMEOUT = '57014'
/** Serialization failure and deadlock. */
const CONTENDED = new Set(['40001', '40P01', '55P03'])
/** Data exceptions: what validation let through and PostgreSQL still refuses. */
const UNREADABLE_VALUE = /^22[0-9A-Z]{3}$/

/** What PostgreSQL calls fatal ends the session, or refuses it one: it starts, stops, is full, or knows no such database. */
function isUnavailable(code: string, error: Error & { severity?: string }): boolean {
  return NO_CONNECTION.test(code) || error.severity === 'FATAL' || LOST.test(error.message)
}
const NO_CONNECTION = /^(08...|53...|57P0.|ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|ETIMEDOUT)$/
const LOST =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error)/

/** Fastify's and its plugins' own errors about a request; their sentences are safe to tell. */
function clientError(status: number, error: Error): ApiError {
  if (status === 413) return new ApiError(413, 'The request body is too large.')
  return new ApiError(status, error.message || STATUS_CODES[status]!)
}

export default plugin(errors, { name: 'errors' })
