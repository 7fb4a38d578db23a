/** Pages: which one is asked for, and the links to those beside it (contract section 3). */
import { invalidPage } from '../errors.ts'
import type { Cursor } from './cursor.ts'
import { type Query, withPage } from './query.ts'

export const PAGE_SIZE = 25
export const LARGEST_PAGE = 100

export interface Page {
  readonly number: number | 'last'
  readonly size: number
  /** Where the page before it ended, if that is known. */
  readonly cursor?: Cursor | undefined
}

/** `page` and `page_size`. A size that is no number counts as absent, as in DRF; a page that is none is a 404. */
export function readPage(query: Query): Page {
  const asked = query.get('page_size')
  const size = asked && /^\d{1,9}$/.test(asked) && Number(asked) > 0 ? Math.min(Number(asked), LARGEST_PAGE) : PAGE_SIZE
  const number = query.get('page')
  if (number === undefined || number === 'last') return { number: number ?? 1, size }
  if (!/^\d{1,12}$/.test(number) || Number(number) < 1) throw invalidPage()
  return { number: Number(number), size }
}

export const lastPage = (count: number, size: number): number => Math.max(1, Math.ceil(count / size))

/** The links of a page: `next` while rows follow, with the cursor of a long list, `previous` unless it is the first. */
export function links(
  baseUrl: string,
  url: string,
  { page, hasNext, cursor }: { page: number; hasNext: boolean; cursor: string | null },
): { next: string | null; previous: string | null } {
  const path = `${baseUrl}${withSlash(url.split('?', 1)[0]!)}`
  return {
    next: hasNext ? path + withPage(url, page + 1, cursor) : null,
    previous: page > 1 ? path + withPage(url, page - 1) : null,
  }
}

const withSlash = (path: string) => (path.endsWith('/') ? path : `${path}/`)
