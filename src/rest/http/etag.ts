/**
 * `ETag` of a row, and what requests say of it (RFC 9110, sections 8.8.3 and 13). It is made of the values that the
 * caller sees, whatever the host, so a tag from any server's answer holds against any other's. Only whole rows have
 * one: with `fields`, `omit` or a flag there is none that a later If-Match could misread.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Expectation } from '../write/writer.ts'

/** Tells the tag of the row that is answered. */
export function sendTag(reply: FastifyReply, tag: string | undefined): void {
  if (tag !== undefined) reply.header('ETag', `"${tag}"`)
}

/** Whether a GET needs no answer, since the client has this very row. Weak tags serve here as well. */
export function isKnown({ headers }: FastifyRequest, tag: string | undefined): boolean {
  const header = headers['if-none-match']
  if (header === undefined || tag === undefined) return false
  return header.trim() === '*' || tagsIn(header).some((one) => one.replace(/^W\//, '') === `"${tag}"`)
}

/** What `If-Match` asks of the row that is to be written. Weak tags, and what is no tag, match nothing. */
export function expectation({ headers }: FastifyRequest): Expectation | undefined {
  const header = headers['if-match']
  if (header === undefined || header.trim() === '*') return undefined
  const tags = new Set(tagsIn(header))
  return (tag) => tags.has(`"${tag}"`)
}

/** The tags of a list; commas may stand inside one. */
const tagsIn = (header: string): string[] => header.match(/(?:W\/)?"[^"]*"/g) ?? []
