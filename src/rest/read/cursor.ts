/**
 * Where a page of a long list ended: the values its last row is ordered by. `next` carries them beside the page number,
 * and the following page begins after that row by the index, however many rows are before it.
 */
import type { Predicate } from '../access.ts'
import { notFound } from '../errors.ts'
import { columnAt, type Model } from '../model/model.ts'
import type { Resource } from '../resource.ts'
import type { Order } from './ordering.ts'
import type { Query } from './query.ts'

/** The texts of the order's columns in the last row. */
export type Cursor = readonly (string | null)[]

const signature = (order: readonly Order[]) => order.map(({ name, descending }) => (descending ? `-${name}` : name))

/** The cursor as `next` carries it; it names the order it belongs to. */
export const cursorText = (order: readonly Order[], values: Cursor): string =>
  Buffer.from(JSON.stringify([signature(order), values])).toString('base64url')

/** The cursor of a query; one that is none, or of another order, is a 404, as a page that is not there. */
export function readCursor(resource: Resource, order: readonly Order[], query: Query): Cursor | undefined {
  const text = resource.long ? query.get('cursor') : undefined
  if (!text) return undefined
  try {
    const [names, values] = JSON.parse(Buffer.from(text, 'base64url').toString()) as [unknown, unknown]
    if (JSON.stringify(names) === JSON.stringify(signature(order)) && isCursor(values, order)) return values
  } catch {
    // not JSON
  }
  throw invalidCursor()
}

export const invalidCursor = () => notFound('Invalid cursor.')

const isCursor = (values: unknown, order: readonly Order[]): values is Cursor =>
  Array.isArray(values) &&
  values.length === order.length &&
  values.every((value) => value === null || (typeof value === 'string' && !value.includes('\0')))

/**
 * The rows after a cursor, as branches that exclude each other, in their order: equal in all columns but the last two
 * and beyond in those, equal in all but the last three …. Each is a range of one index, and hardly ever are more than
 * the first needed for a page. PostgreSQL has null after all else, and before it where the order descends.
 */
export function branchesAfter(model: Model, order: readonly Order[], cursor: Cursor): Predicate[][] {
  return order
    .flatMap((_, index) => {
      const equal = order.slice(0, index).map(({ name }, at) => equals(name, cursor[at]!))
      return branchesOf(model, order, cursor, index).map((last) => [...equal, ...last])
    })
    .reverse()
}

/** What is beyond the cursor in one column, the farthest first; the key, which comes last, is seen to with the one before. */
function branchesOf(model: Model, order: readonly Order[], cursor: Cursor, index: number): Predicate[][] {
  const [term, value, key] = [order[index]!, cursor[index]!, order[index + 1]]
  const isLast = index === order.length - 1
  const isNextToLast = index === order.length - 2
  if (isLast && order.length > 1 && cursor[index - 1] !== null) return []
  const branches = beyond(model, term, value)
    .map((one) => [one])
    .reverse()
  if (!isNextToLast || value === null) return branches
  // `start <= $1 AND (start < $1 OR id > $2)`: one range of the index, where ties are rare.
  const strict = branches.pop()!
  const from: Predicate = { path: term.name, lookup: term.descending ? 'lte' : 'gte', value }
  return [...branches, [from, { any: [...strict, ...beyond(model, key!, cursor[index + 1]!)] }]]
}

function equals(path: string, value: string | null): Predicate {
  return value === null ? { path, lookup: 'isnull', value: true } : { path, lookup: 'exact', value }
}

/** What follows a value in a column, the nearest first. */
function beyond(model: Model, { name: path, descending }: Order, value: string | null): Predicate[] {
  if (descending) {
    return [value === null ? { path, lookup: 'isnull', value: false } : { path, lookup: 'lt', value }]
  }
  if (value === null) return []
  const nulls: Predicate[] = columnAt(model, path).nullable ? [{ path, lookup: 'isnull', value: true }] : []
  return [{ path, lookup: 'gt', value }, ...nulls]
}
