/** Rows that are told apart by several columns, of which some may be null: no constraint of PostgreSQL 14 holds them. */
import { ValidationError } from '../../rest/errors.ts'
import type { ModelName, Row } from '../../rest/model/model.ts'
import type { Transaction, Where } from '../../rest/write/transaction.ts'

/**
 * Refuses a row whose values in these columns another row has, of which the last is the one it is asked by. Such
 * questions of one name wait for each other, so that of two requests at once one comes first.
 */
export async function refuseSecond<M extends ModelName>(
  tx: Transaction,
  model: M,
  row: Row<M> & { readonly id: string },
  columns: readonly (keyof Row<M> & string)[],
): Promise<void> {
  const values = columns.map((column) => row[column])
  const lock = `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`
  await tx.run({ text: lock, values: [JSON.stringify([model, ...values])] })
  const where = Object.fromEntries(columns.map((column, index) => [column, values[index]])) as Where<M>
  const others = await tx.find(model, where)
  if (others.every((other) => (other as { id?: unknown }).id === row.id)) return
  throw new ValidationError({
    non_field_errors: [`The fields ${columns.join(', ')} must make a unique set.`],
    [columns.at(-1)!]: ['There is one of this name already.'],
  })
}
