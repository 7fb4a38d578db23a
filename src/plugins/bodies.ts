/** Bodies: JSON, HTML forms and multipart, and CSV where a route takes tables. Anything else is a 415. */
import { isUtf8 } from 'node:buffer'
import multipart, { type MultipartFile } from '@fastify/multipart'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import { ApiError, badRequest, unsupportedMediaType, ValidationError } from '../rest/errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The body came from a form, where everything is text and null cannot be said. */
    isForm: boolean
    /** The CSV that the request brought; only routes that take tables have one. */
    table: Buffer | undefined
  }
  interface FastifyContextConfig {
    /** Whether the body may be a CSV file, as it is or as the field `file` of a form. */
    takesTable?: boolean
    /** Whether the body may be a list, which alone may be longer than `BODY_LIMIT_BYTES`. */
    takesList?: boolean
  }
}

async function bodies(app: FastifyInstance): Promise<void> {
  app.removeAllContentTypeParsers()
  app.decorateRequest('isForm', false)
  app.decorateRequest('table', undefined)
  const { bodyBytes } = app.config.limits
  /** Where lists are taken, the route lets through what is too long for anything else. */
  const refuseLong = ({ routeOptions }: FastifyRequest, bytes: number) => {
    if (routeOptions.config.takesList && bytes > bodyBytes) throw tooLarge()
  }
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    if (!beginsList(body)) refuseLong(request, body.length)
    return readJson(body)
  })
  app.addContentTypeParser(FORM_TYPE, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    refuseLong(request, body.length)
    return readForm(body.toString())
  })
  app.addContentTypeParser('text/csv', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    const type = request.headers['content-type']!
    if (!request.routeOptions.config.takesTable || !isInUtf8(type)) throw unsupportedMediaType(type)
    request.table = body
  })
  await app.register(multipart, { limits: { fields: 1000, fieldSize: bodyBytes, parts: 1000 } })
  app.addHook('preValidation', (request, reply, done) => {
    const type = request.headers['content-type']
    if (type === undefined) return done()
    request.isForm = /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type)
    if (!request.isMultipart()) return done()
    readMultipart(request, reply).then((body) => {
      request.body = body
      done()
    }, done)
  })
}

const FORM_TYPE = 'application/x-www-form-urlencoded'
const tooLarge = () => new ApiError(413, 'The request body is too large.')

/** Blanks may come before it. */
const beginsList = (body: Buffer): boolean => /^\s*\[/.test(body.toString('latin1', 0, LONGEST_INDENT))
const LONGEST_INDENT = 100

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

/** The fields of a form; a file goes where files are kept, if the route takes one. */
async function readMultipart(request: FastifyRequest, reply: FastifyReply): Promise<Record<string, string>> {
  const fields: [string, string][] = []
  let bytes = 0
  try {
    for await (const part of request.parts({ limits: { fileSize: Number.POSITIVE_INFINITY } })) {
      if (part.type === 'field') {
        const value = String(part.value)
        bytes += Buffer.byteLength(value)
        if (bytes > request.server.config.limits.bodyBytes) throw tooLarge()
        fields.push([part.fieldname, value])
      } else if (!isNoFile(part)) await takeFile(request, reply, part)
    }
  } catch (error) {
    if (error instanceof ApiError || (error as { statusCode?: number }).statusCode === 413) throw error
    throw badRequest(`Multipart form parse error - ${(error as Error).message}`)
  }
  return fromEntries(fields)
}

/** Names of parts that bring a row's file: its column's, and those that clients like. */
const FILE_FIELDS = new Set(['filename', 'file', 'audio', 'upload'])

async function takeFile(request: FastifyRequest, reply: FastifyReply, part: MultipartFile): Promise<void> {
  const { fieldname: field, filename, file } = part
  const refuse = (sentence: string) => {
    file.resume()
    return new ValidationError({ [field]: [sentence] })
  }
  const { takesFile, takesTable } = request.routeOptions.config
  if (takesTable) {
    if (field !== 'file') throw refuse('A file is not taken here: send it as file.')
    if (request.table) throw refuse('Send one file only.')
    request.table = await readTable(request, part)
    return
  }
  if (!takesFile) throw refuse('A file is not taken here.')
  if (!FILE_FIELDS.has(field)) throw refuse('A file is not taken here: send it as filename.')
  if (request.upload) throw refuse('Send one file only.')
  await request.server.takeFile(request, reply, { field, name: filename, source: file })
}

async function readTable({ routeOptions }: FastifyRequest, { file }: MultipartFile): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of file as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > routeOptions.bodyLimit) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Whether a content type names no other charset. */
const isInUtf8 = (type: string) =>
  /^[^;]*(;\s*charset\s*=\s*"?(utf-?8|us-ascii)"?\s*)?(;\s*header\b[^;]*)?;?\s*$/i.test(type)

/** What browsers send of a field for files where none was chosen. */
function isNoFile({ filename, file }: MultipartFile): boolean {
  if (filename !== '') return false
  file.resume()
  return true
}

export default plugin(bodies, { name: 'bodies', decorators: { fastify: ['config'] } })
