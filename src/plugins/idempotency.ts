/**
 * `Idempotency-Key` on a POST below /api/: whoever sends the same request with the same key again, because no answer
 * came, gets the answer that the first one had, and nothing is done twice.
 *
 * A key is claimed before the work (src/plugins/idempotency/answers.ts), and in its transaction it is noted that the work
 * is done. Only answers of what was done are kept, 2xx: an error has written nothing, so the key is free again, for a
 * body put right as well as for another try.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import { ApiError, errorBody, ValidationError } from '../rest/errors.ts'
import { Answers, type Claim, type Kept } from './idempotency/answers.ts'
import { digestOf } from './idempotency/digest.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The claim of the key that came with the request; null: there was none, or its answer is there already. */
    idempotencyClaim: Claim | null
  }
}

const HEADER = 'idempotency-key'
const LONGEST_KEY = 255
/** What of an answer's headers belongs to the answer, and not to the request that it is sent to. */
const KEPT_HEADERS = ['content-type', 'location', 'etag', 'preference-applied']
const HOUR_MS = 3_600_000

async function idempotency(app: FastifyInstance): Promise<void> {
  const answers = new Answers(app.pool)
  app.decorateRequest('idempotencyClaim', null)
  app.addChore({ name: 'old idempotency keys', everyMs: HOUR_MS, run: () => answers.dropOld() })
  app.addHook('onClose', async () => answers.close())

  // Bodies are read by now, and nothing has been done.
  app.addHook('preHandler', async (request, reply) => {
    if (request.method !== 'POST' || !request.routeOptions.url?.startsWith('/api/') || !request.caller) return undefined
    const key = keyOf(request)
    if (key === undefined) return undefined
    const found = await answers.claim(request.caller.userId, key, digestOf(request))
    if (found === 'busy') {
      throw new ApiError(409, 'A request with this Idempotency-Key is under way. Try again soon.', {
        'Retry-After': '1',
      })
    }
    if (found === 'done') throw new ApiError(409, DONE)
    if (found === 'other') {
      throw new ApiError(422, 'This Idempotency-Key was used for another request: send each with a key of its own.')
    }
    if ('status' in found) return replay(reply, found)
    request.idempotencyClaim = found
    return undefined
  })

  // Before the answer goes out: whoever has it must find it kept.
  app.addHook('onSend', async (request, reply, payload) => {
    const claim = request.idempotencyClaim
    if (!claim) return payload
    request.idempotencyClaim = null
    const answer = keptAnswer(reply, payload)
    await settle(answers, claim, answer).catch((error: unknown) => {
      request.log.error({ err: error }, 'the answer to a request with an idempotency key could not be kept')
    })
    return payload
  })
}

/** What is told where work was done and its answer is not known any more. */
const DONE = 'What this request asks for was done, and its answer was lost. Read what is there.'
const DONE_ANSWER: Kept = {
  status: 409,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(errorBody(409, DONE)),
}

/** Keeps the answer; an error makes the key free, unless it came after the commit of what was asked for. */
async function settle(answers: Answers, claim: Claim, answer: Kept | undefined): Promise<void> {
  if (answer) await answers.keep(claim, answer)
  else if (!(await answers.release(claim))) await answers.keep(claim, DONE_ANSWER)
}

function keyOf({ headers }: FastifyRequest): string | undefined {
  const sent = headers[HEADER]
  if (sent === undefined) return undefined
  const key = String(sent).trim()
  if (key !== '' && key.length <= LONGEST_KEY) return key
  throw new ValidationError({ 'Idempotency-Key': [`Ensure this header has 1 to ${LONGEST_KEY} characters.`] })
}

function keptAnswer(reply: FastifyReply, payload: unknown): Kept | undefined {
  const { statusCode: status } = reply
  if (status < 200 || status > 299) return undefined
  // What is no text is a stream, which cannot be sent twice.
  if (payload !== null && payload !== undefined && typeof payload !== 'string') return undefined
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = reply.getHeader(name)
    return value === undefined ? [] : [[name, String(value)]]
  })
  return { status, headers: Object.fromEntries(headers) as Record<string, string>, body: payload ?? null }
}

function replay(reply: FastifyReply, { status, headers, body }: Kept) {
  return reply
    .code(status)
    .headers(headers)
    .header('Idempotent-Replayed', 'true')
    .send(body ?? undefined)
}

export default plugin(idempotency, {
  name: 'idempotency',
  fastify: '5.x',
  dependencies: ['database', 'authentication', 'permissions', 'bodies', 'chores'],
})
