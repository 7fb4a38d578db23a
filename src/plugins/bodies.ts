/** Bodies: JSON, HTML forms and multipart. Anything else is a 415. */
import { isUtf8 } from 'node:buffer'
import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import { badRequest, ValidationError } from '../rest/errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The body came from a form, where everything is text and null cannot be said. */
    isForm: boolean
  }
}

async function bodies(app: FastifyInstance): Promise<void> {
  app.removeAllContentTypeParsers()
  app.decorateRequest('isForm', false)
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) =>
    readJson(body),
  )
  await app.register(formbody, { parser: readForm })
  await app.register(multipart, { limits: { fields: 1000, fieldSize: app.config.limits.bodyBytes, parts: 1000 } })
  app.addHook('preValidation', (request, _reply, done) => {
    const type = request.headers['content-type']
    if (type === undefined) return done()
    request.isForm = /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type)
    if (!request.isMultipart()) return done()
    readMultipart(request).then((body) => {
      request.body = body
      done()
    }, done)
  })
}

/** An empty body is none. Duplicate keys: the last counts. */
function readJson(body: Buffer): unknown {
  if (body.length === 0) return undefined
  if (!isUtf8(body)) throw badRequest('JSON parse error - the body is not valid UTF-8.')
  const text = body.toString()
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    throw badRequest(`JSON parse error - ${(error as Error).message}`)
  }
}

function readForm(text: string): Record<string, string> {
  return fromEntries(new URLSearchParams(text))
}

/** Fields of the caller's naming, so that `__proto__` is a field like any other. */
function fromEntries(entries: Iterable<readonly [string, string]>): Record<string, string> {
  return Object.fromEntries(entries)
}

async function readMultipart(request: FastifyRequest): Promise<Record<string, string>> {
  const fields: [string, string][] = []
  try {
    for await (const part of request.parts()) {
      if (part.type === 'field') fields.push([part.fieldname, String(part.value)])
      else {
        part.file.resume()
        throw new ValidationError({ [part.fieldname]: ['A file is not taken here.'] })
      }
    }
  } catch (error) {
    if (error instanceof ValidationError || (error as { statusCode?: number }).statusCode === 413) throw error
    throw badRequest(`Multipart form parse error - ${(error as Error).message}`)
  }
  return fromEntries(fields)
}

export default plugin(bodies, { name: 'bodies', decorators: { fastify: ['config'] } })
