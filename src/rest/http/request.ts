/** What the engine's handlers need of the app and of a request. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type pg from 'pg'
import type { Exports } from '../../database/exports.ts'
import type { Lane } from '../../database/lane.ts'
import type { MediaStore } from '../../media/store.ts'
import type { Arriving, Upload } from '../../media/upload.ts'
import type { Caller } from '../caller.ts'
import { notFound } from '../errors.ts'
import { applied, type Preferences, readPreferences } from '../prefer.ts'
import type { Compiled } from '../registry.ts'
import type { Services } from '../services.ts'
import { readRowId } from '../values/identity.ts'
import type { BeforeCommit, Writer } from '../write/writer.ts'

/** What the app lends the engine. */
export interface Host {
  readonly pool: pg.Pool
  readonly lane: Lane
  readonly exports: Exports
  readonly services: Services
  readonly media: MediaStore
  /** The scheme and host of this request's URLs, without a slash at the end. */
  baseUrl(request: FastifyRequest): string
  caller(request: FastifyRequest): Caller
  /** Whether the request's token still lets its caller in, with the same rights as when it came. */
  stillCaller(request: FastifyRequest): Promise<boolean>
  /** Whether the request's body came from a form. */
  isForm(request: FastifyRequest): boolean
  /** The file that the request brought; only routes that take files have one. */
  upload(request: FastifyRequest): Upload | undefined
  /** What a write of this request does at the end of its transaction. */
  beforeCommit(request: FastifyRequest): BeforeCommit | undefined
  /** Takes in a file that is the request's body: it becomes its upload. */
  takeFile(request: FastifyRequest, reply: FastifyReply, file: Arriving): Promise<void>
}

/** What is known of a request once it is permitted. */
export interface Asked {
  readonly caller: Caller
  readonly baseUrl: string
  readonly apiUrl: string
  readonly prefer: Preferences
  /** Where the request came from. */
  readonly address: string
  readonly beforeCommit: BeforeCommit | undefined
}

/** Reads what every handler needs and tells which preferences were applied. */
export function asked(host: Host, request: FastifyRequest, reply: FastifyReply): Asked {
  const baseUrl = host.baseUrl(request)
  const prefer = readPreferences(request.headers.prefer)
  const preferences = applied(prefer)
  if (preferences) reply.header('Preference-Applied', preferences)
  const [caller, beforeCommit] = [host.caller(request), host.beforeCommit(request)]
  return { caller, baseUrl, apiUrl: `${baseUrl}/api/`, prefer, address: request.ip, beforeCommit }
}

/** Who writes, for the steps of a write. */
export const writer = (host: Host, { caller, apiUrl, address, beforeCommit }: Asked): Writer => ({
  pool: host.pool,
  services: host.services,
  media: host.media,
  caller,
  apiUrl,
  address,
  beforeCommit,
})

/** The id in the URL; text that cannot be one names no row. */
export function rowId(compiled: Compiled, request: FastifyRequest): string {
  const id = readRowId(compiled.model.primaryKey, (request.params as { id: string }).id)
  if (id === undefined) throw notFound()
  return id
}
