/** Writes of many rows: all or none in one transaction, or with `partial` what can be written. */
import type { Connection } from '../database.ts'
import { type FieldErrors, ItemsError } from '../errors.ts'
import type { Compiled } from '../registry.ts'
import { type Change, changeManyIn, removeManyIn } from './change-many.ts'
import { createManyIn } from './create-many.ts'
import type { Outcome, Refused } from './outcomes.ts'
import type { BodyInput } from './validate.ts'
import { announce, type Writer, writing } from './writer.ts'

export type { Change, Outcome }

/** What stays: everything or, where an item is refused, nothing; what can be written; nothing in any case. */
export type Keep = 'all or none' | 'what can be' | 'nothing'

/** An item that says too little to be tried. */
export type Item<T> = T | Refused

/** Creates rows, in order. */
export const createMany = (writer: Writer, compiled: Compiled, inputs: readonly BodyInput[], keep: Keep) =>
  written(writer, compiled, keep, (db) => createManyIn(db, writer, compiled, inputs))

/** Updates rows (PATCH), in order. */
export const changeMany = (writer: Writer, compiled: Compiled, items: readonly Item<Change>[], keep: Keep) =>
  written(writer, compiled, keep, (db) =>
    ofThoseTold(items, (changes: Change[]) => changeManyIn(db, writer, compiled, changes)),
  )

/** Deletes rows, in order. */
export const removeMany = (writer: Writer, compiled: Compiled, items: readonly Item<{ id: string }>[], keep: Keep) =>
  written(writer, compiled, keep, (db) =>
    ofThoseTold(items, (rows: { id: string }[]) => {
      const ids = rows.map(({ id }) => id)
      return removeManyIn(db, writer, compiled, ids)
    }),
  )

/** Runs the work in a transaction, keeps of it what is to be kept, and announces what was. */
async function written(
  writer: Writer,
  compiled: Compiled,
  keep: Keep,
  work: (db: Connection) => Promise<Outcome[]>,
): Promise<Outcome[]> {
  const outcomes = await writing(writer, async (db) => {
    const done = await work(db)
    if (keep === 'all or none') throwRefused(done)
    if (keep === 'nothing') throw new Undone(done)
    return done
  }).catch((error: unknown) => {
    if (error instanceof Undone) return error.outcomes
    throw error
  })
  if (keep === 'nothing') return outcomes
  for (const outcome of outcomes) if ('step' in outcome) await announce(writer, compiled, outcome.step.row)
  return outcomes
}

/** Undoes the transaction of an attempt that was to be one only. */
class Undone extends Error {
  readonly outcomes: Outcome[]

  constructor(outcomes: Outcome[]) {
    super('undone on purpose')
    this.outcomes = outcomes
  }
}

function throwRefused(outcomes: readonly Outcome[]): void {
  const items: Record<string, FieldErrors> = {}
  for (const [at, outcome] of outcomes.entries()) if ('refused' in outcome) items[at] = outcome.refused.errors
  if (Object.keys(items).length > 0) throw new ItemsError(items)
}

async function ofThoseTold<T extends object>(
  items: readonly Item<T>[],
  work: (told: T[]) => Promise<Outcome[]>,
): Promise<Outcome[]> {
  const isRefused = (item: Item<T>): item is Refused => 'errors' in item
  const done = (await work(items.filter((item): item is T => !isRefused(item)))).values()
  return items.map((item) => (isRefused(item) ? { refused: item } : done.next().value!))
}
