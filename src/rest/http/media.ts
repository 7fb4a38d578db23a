/** The audio of rows: read at `download/`, replaced at `audio/`. */
import { Readable } from 'node:stream'
import { create as disposition } from 'content-disposition'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import parseRange from 'range-parser'
import type { ByteRange } from '../../media/store.ts'
import { connection } from '../database.ts'
import { ApiError, notFound, unsupportedMediaType, ValidationError } from '../errors.ts'
import { absence } from '../read/absence.ts'
import { rowsFor, withId } from '../read/plan.ts'
import { readQuery } from '../read/query.ts'
import { type Compiled, rolesWith } from '../registry.ts'
import { wholeStatement } from '../write/statements.ts'
import { update } from '../write/write.ts'
import { expectation, isKnown, sendTag } from './etag.ts'
import { JSON_TYPE } from './renderers/json.ts'
import { asked, type Host, rowId, writer } from './request.ts'
import { route } from './route.ts'

/** What is known of a row's audio. */
export interface Stored {
  readonly filename: string
  readonly stored_as: string | null
  readonly size: number
  readonly content_type: string
  readonly digest: string
  readonly updated: string
}

/** Adds the routes, where rows have audio: who may read a row hears it, and who may change it replaces it. */
export function addMedia(app: FastifyInstance, host: Host, compiled: Compiled): void {
  if (!compiled.resource.media) return
  const url = `/api/${compiled.resource.path}/:id/`
  const readers = rolesWith(compiled, 'retrieve')
  const writers = rolesWith(compiled, 'update')
  route(app, `${url}download/`, readers, { GET: { roles: readers, handle: downloadHandler(host, compiled) } })
  void app.register(async (scope) => {
    // Of any audio type, or of none as `curl -T` sends it: the bytes tell.
    scope.removeContentTypeParser(['application/json', 'application/x-www-form-urlencoded'])
    scope.addContentTypeParser('*', (request, payload, done) => {
      const type = request.headers['content-type'] ?? ''
      if (type !== '' && !RAW.test(type)) return done(unsupportedMediaType(type))
      done(null, payload)
    })
    const handle = replaceHandler(host, compiled)
    route(scope, `${url}audio/`, writers, { PUT: { roles: writers, takesFile: true, handle } })
  })
}

const RAW = /^(audio\/[\w.+-]+|application\/octet-stream)\s*(;|$)/i

function replaceHandler(host: Host, compiled: Compiled) {
  const name = compiled.resource.media!.name
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const about = asked(host, request, reply)
    const id = rowId(compiled, request)
    const { body } = request
    if (body instanceof Readable) {
      await host.takeFile(request, reply, { field: 'filename', name: undefined, source: body })
    }
    const upload = host.upload(request)
    if (!upload) throw new ValidationError({ filename: [`Send the ${name} as the body, or as a file in a form.`] })
    // Beside the file a form may hold what it likes: here the audio is replaced and nothing else.
    const input = { body: {}, form: true, strict: false, upload }
    const written = await update(writer(host, about), compiled, id, input, 'update', expectation(request))
    sendTag(reply, written.tag)
    return reply.type(JSON_TYPE).send(written.json)
  }
}

function downloadHandler(host: Host, compiled: Compiled) {
  const db = connection(host.pool)
  const { name, elsewhere } = compiled.resource.media!
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { caller } = asked(host, request, reply)
    const id = rowId(compiled, request)
    const where = [...withId(compiled, id), ...rowsFor(compiled, caller, 'retrieve')]
    const [found] = await db.run(wholeStatement(compiled, where))
    if (!found) throw await absence(db, compiled, caller, id)
    const stored = JSON.parse(found[0] as string) as Stored & Readonly<Record<string, unknown>>
    if (stored.stored_as === null && elsewhere && stored[elsewhere.column] === true) {
      throw new ApiError(409, elsewhere.sentence)
    }
    if (stored.stored_as === null) throw notFound(`This ${name} has no audio yet: send it with PUT to audio/.`)
    return sendAudio(host, request, reply, stored, name)
  }
}

/** Answers with the audio of a row that has some, or the part of it that is asked for. */
export async function sendAudio(
  host: Pick<Host, 'media'>,
  request: FastifyRequest,
  reply: FastifyReply,
  stored: Stored,
  name: string,
) {
  describe(request, reply, stored)
  if (isFresh(request, stored)) return reply.code(304).send()
  const range = rangeOf(request, reply, stored)
  const length = range ? range.end - range.start + 1 : stored.size
  if (request.method === 'HEAD') return reply.header('Content-Length', length).send(Readable.from([]))
  const file = await host.media.open(stored.stored_as!, range)
  if (!file) {
    request.log.error({ file: stored.stored_as }, 'a file is missing')
    throw withoutHeaders(reply, notFound(`The audio of this ${name} is not there any more.`))
  }
  return reply.header('Content-Length', length).send(file)
}

const TRUE = new Set(['', '1', 'true', 'yes'])

function describe(request: FastifyRequest, reply: FastifyReply, stored: Stored): void {
  const inline = readQuery(request.url).get('inline')
  const type = inline !== undefined && TRUE.has(inline.toLowerCase()) ? 'inline' : 'attachment'
  reply
    .type(stored.content_type)
    .header('Content-Disposition', disposition(stored.filename, { type }))
    .header('Accept-Ranges', 'bytes')
    .header('ETag', `"${stored.digest}"`)
    .header('Last-Modified', lastModified(stored))
    // It is one caller's, who asks each time whether it is so still.
    .header('Cache-Control', 'private, no-cache')
}

const lastModified = ({ updated }: Stored): string => new Date(updated).toUTCString()

/** If-Modified-Since counts where nothing is said of tags. */
function isFresh(request: FastifyRequest, stored: Stored): boolean {
  if (request.headers['if-none-match'] !== undefined) return isKnown(request, stored.digest)
  const since = Date.parse(request.headers['if-modified-since'] ?? '')
  return since >= Date.parse(lastModified(stored))
}

/** The one range that is asked for; of several, or of what is no range, the whole file is the answer. */
function rangeOf(request: FastifyRequest, reply: FastifyReply, stored: Stored): ByteRange | undefined {
  const { range: header, 'if-range': condition } = request.headers
  if (header === undefined || request.method !== 'GET') return undefined
  if (condition !== undefined && condition !== `"${stored.digest}"` && condition !== lastModified(stored))
    return undefined
  const ranges = parseRange(stored.size, header)
  if (ranges === -1) {
    const error = new ApiError(416, 'The range lies outside the file.', { 'Content-Range': `bytes */${stored.size}` })
    throw withoutHeaders(reply, error)
  }
  if (ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return undefined
  const range = ranges[0]!
  reply.code(206).header('Content-Range', `bytes ${range.start}-${range.end}/${stored.size}`)
  return range
}

/** What was said of the file is not true of an error. */
function withoutHeaders(reply: FastifyReply, error: ApiError): ApiError {
  for (const name of ['Content-Disposition', 'ETag', 'Last-Modified', 'Content-Range']) reply.removeHeader(name)
  return error
}
