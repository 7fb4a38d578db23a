/** Where a request finds the rows of a resource: in the database, or told anew by who knows them. */
import type { FastifyReply } from 'fastify'
import { connection, rowReader } from '../database.ts'
import { withRows } from '../live.ts'
import type { Rows } from '../read/read.ts'
import type { Compiled } from '../registry.ts'
import type { Host } from './request.ts'

/** How many switches could not be asked, where a list has therefore fewer rows than there are. */
const INCOMPLETE = 'Switches-Unreached'

/**
 * Opens the rows of a resource, for one request. `latest`: as they are from now on, not as they were told to somebody
 * else a moment ago.
 */
export function rowsOf(host: Host, compiled: Compiled): (reply: FastifyReply, latest?: boolean) => Promise<Rows> {
  const db = connection(host.pool)
  const { live } = compiled.resource
  if (!live) {
    const kept = Promise.resolve({ db, one: rowReader(host.lane) })
    return () => kept
  }
  return async (reply, latest = false) => {
    const { rows, unreached } = await live.rows(host.services, latest)
    if (unreached > 0) reply.header(INCOMPLETE, String(unreached))
    const told = withRows(db, compiled.model, rows)
    return { db: told, one: told }
  }
}
