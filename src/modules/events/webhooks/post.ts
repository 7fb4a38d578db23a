/** One delivery over HTTP: signed, to an address that was checked, never redirected, and not for long. */
import { createHmac } from 'node:crypto'
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import { hostOf, readTarget, TargetError, type Targets } from './targets.ts'

export interface Letter {
  readonly id: string
  readonly type: string
  /** JSON. */
  readonly body: string
  readonly targetUrl: string
  readonly secret: string
}

export interface Outcome {
  /** null: there was no answer. */
  readonly status: number | null
  /** How the answer began. */
  readonly answer: string | null
  /** Why it was not delivered; null: it was. */
  readonly error: string | null
}

const TIMEOUT_MS = 10_000
/** What is kept of an answer. */
const MOST_ANSWER_BYTES = 1024

/** What receivers compute too, over the bytes they got. */
export const signatureOf = (secret: string, timestamp: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`

/** Posts it; whatever happens is an outcome. `signal` breaks it off, as does its time. */
export async function post(letter: Letter, targets: Targets, signal: AbortSignal): Promise<Outcome> {
  try {
    const answer = await send(letter, targets, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]))
    const { status } = answer
    if (status >= 200 && status < 300) return { ...answer, error: null }
    return { ...answer, error: `The receiver answered ${status}.` }
  } catch (error) {
    return { status: null, answer: null, error: explain(error as Error & { code?: string }) }
  }
}

async function send(
  letter: Letter,
  targets: Targets,
  signal: AbortSignal,
): Promise<{ status: number; answer: string }> {
  const url = readTarget(letter.targetUrl)
  if (typeof url === 'string') throw new TargetError(url)
  // A name is checked when it is looked up to be connected to; an address is not looked up.
  await targets.check(url)
  const timestamp = String(Math.floor(Date.now() / 1000))
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(letter.body),
    'User-Agent': 'pbx-api',
    'X-Pbx-Event': letter.type,
    'X-Pbx-Delivery': letter.id,
    'X-Pbx-Timestamp': timestamp,
    'X-Pbx-Signature': signatureOf(letter.secret, timestamp, letter.body),
  }
  const { request } = url.protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers, signal, agent: false, lookup: lookupOf(targets, hostOf(url)) }
    request(url, options, (response) => {
      readStart(response).then((answer) => resolve({ status: response.statusCode!, answer }), reject)
    })
      .on('error', reject)
      .end(letter.body)
  })
}

/** Gives what was checked in the same breath, so that a name cannot have another address by then. */
const lookupOf =
  (targets: Targets, host: string): LookupFunction =>
  (_name, options, callback) => {
    targets.addressesOf(host).then(
      (addresses) => {
        if (options.all) callback(null, [...addresses])
        else callback(null, addresses[0]!.address, addresses[0]!.family)
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    )
  }

async function readStart(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= MOST_ANSWER_BYTES) break
  }
  const text = Buffer.concat(chunks).subarray(0, MOST_ANSWER_BYTES).toString()
  return text.replaceAll('\0', '')
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The connection was refused.',
  ECONNRESET: 'The connection was broken off.',
  EPIPE: 'The connection was broken off.',
  EHOSTUNREACH: 'The receiver cannot be reached.',
  ENETUNREACH: 'The receiver cannot be reached.',
  ETIMEDOUT: 'The receiver cannot be reached.',
  ABORT_ERR: `There was no answer within ${TIMEOUT_MS / 1000} seconds.`,
}

function explain(error: Error & { code?: string; errors?: readonly (Error & { code?: string })[] }): string {
  if (error instanceof TargetError) return error.message.slice(0, 256)
  // Of several addresses each has its own error.
  const code = error.code ?? error.errors?.[0]?.code ?? ''
  if (REASONS[code]) return REASONS[code]
  if (error.name === 'TimeoutError') return REASONS.ABORT_ERR!
  const reason = /CERT|SSL|TLS|ERR_TLS|SELF_SIGNED|UNABLE_TO/.test(code)
    ? 'Its certificate was not accepted'
    : 'It failed'
  return `${reason}: ${code || error.name}.`.slice(0, 256)
}
