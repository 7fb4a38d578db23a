/** What tells a request from another one of the same key. */
import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'

/** SHA-256 of method, URL and body, as it was read, with any file. */
export function digestOf({ method, url, body, table, upload }: FastifyRequest): string {
  const hash = createHash('sha256').update(`${method}\n${url}\n${upload?.draft.digest ?? ''}\n`)
  if (table) hash.update(table)
  return hash.update(JSON.stringify(body ?? null)).digest('hex')
}
