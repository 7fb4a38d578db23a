/** Rows that are JSON text already, into answers; they are taken apart only where that cannot be avoided. */
import type { ListResult } from '../../read/read.ts'

export const JSON_TYPE = 'application/json; charset=utf-8'

/** The envelope of a list around its rows. */
export function renderList(result: ListResult, links: { next: string | null; previous: string | null }): string {
  const { next, previous } = links
  return `{"count":${result.count},"next":${JSON.stringify(next)},"previous":${JSON.stringify(previous)},"results":${result.rows}}`
}

/** The same JSON with line ends and `indent` spaces a level. */
export const indented = (json: string, indent: number): string =>
  indent > 0 ? JSON.stringify(JSON.parse(json), null, indent) : json
