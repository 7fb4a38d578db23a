/** Many items in one transaction: what became of each, and how those that cannot be written are found. */
import { type Connection, inSavepoint } from '../database.ts'
import { ApiError, type FieldErrors, ValidationError } from '../errors.ts'
import { isConstraintError } from './constraints.ts'
import type { Step } from './writer.ts'

/** Why an item was not written. */
export interface Refused {
  /** What the status of a request with this item alone would have been. */
  readonly status: number
  readonly errors: FieldErrors
}

export type Outcome = { readonly step: Step } | { readonly refused: Refused }

/** As many rows are written by one statement: enough to be fast, and few enough for the time a statement may take. */
const MOST_TOGETHER = 500

/** Items in their order, as many together as one statement takes, or as `most` says, no two of one key. */
export function batchesOf<Item>(
  items: readonly Item[],
  keyOf?: (item: Item) => string,
  most = MOST_TOGETHER,
): Item[][] {
  const batches: Item[][] = []
  let keys = new Set<string>()
  for (const item of items) {
    const key = keyOf?.(item)
    const last = batches.at(-1)
    if (last && last.length < most && (key === undefined || !keys.has(key))) last.push(item)
    else {
      batches.push([item])
      keys = new Set()
    }
    if (key !== undefined) keys.add(key)
  }
  return batches
}

/**
 * Writes items together. Where one of them is refused, each half is written by itself, and so on until the one at fault
 * stands alone: whatever is written of the items before it is there when it is tried again.
 */
export async function divided<Item>(
  db: Connection,
  items: readonly Item[],
  together: (items: readonly Item[]) => Promise<Outcome[]>,
  explain: (item: Item, error: unknown) => Promise<unknown>,
): Promise<Outcome[]> {
  try {
    return await inSavepoint(db, () => together(items))
  } catch (error) {
    if (!isRefusal(error)) throw error
    if (items.length === 1) return [{ refused: refusedBy(await explain(items[0]!, error)) }]
    const middle = Math.ceil(items.length / 2)
    const first = await divided(db, items.slice(0, middle), together, explain)
    return [...first, ...(await divided(db, items.slice(middle), together, explain))]
  }
}

/** Whether an error is about what was to be written; any other is about the server. */
function isRefusal(error: unknown): boolean {
  return isConstraintError(error) || isUnreadable(error) || (error instanceof ApiError && error.status < 500)
}

const isUnreadable = (error: unknown) => /^22[0-9A-Z]{3}$/.test((error as { code?: string }).code ?? '')

/** What an item is told of an error; `field` is what it is about where the error does not say. */
export function refusedBy(error: unknown, field = 'non_field_errors'): Refused {
  if (error instanceof ValidationError) return { status: error.status, errors: error.fields }
  if (error instanceof ApiError && error.status < 500) {
    return { status: error.status, errors: { [field]: [error.message] } }
  }
  if (isUnreadable(error)) return { status: 400, errors: { [field]: ['A value is not one the database can take.'] } }
  throw error
}
