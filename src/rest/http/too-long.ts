/** What is told of a query that PostgreSQL stopped because it took too long. */
import { unavailable } from '../errors.ts'
import type { Compiled } from '../registry.ts'

const STATEMENT_TIMEOUT = '57014'

/** For `catch`: names what makes the query a smaller one, where its resource knows; other errors pass. */
export function tooLong({ resource: { narrow } }: Compiled) {
  return (error: unknown): never => {
    if (!narrow || (error as { code?: string }).code !== STATEMENT_TIMEOUT) throw error
    throw unavailable(`The query took too long and was stopped. Narrow it with ${narrow.join(', ')}.`)
  }
}
