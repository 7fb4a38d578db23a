/**
 * Writes: validate → in one transaction relations through the caller's scope, the row, what hangs on it, the audit log,
 * read back → commit → announce. A refusal by the database becomes errors of fields.
 */
import { connection } from '../database.ts'
import type { Compiled } from '../registry.ts'
import { explainRefusal, isConstraintError } from './constraints.ts'
import { createIn } from './create.ts'
import { giving } from './media.ts'
import { changeIn, removeIn, updateIn } from './update.ts'
import type { BodyInput, Mode } from './validate.ts'
import { type Attempt, announce, type Expectation, type Writer, type Written, writing } from './writer.ts'

export type { Writer, Written }

/** Creates a row. */
export async function create(writer: Writer, compiled: Compiled, input: BodyInput): Promise<Written> {
  const attempt: Attempt = {}
  const { row, ...written } = await explained(writer, compiled, attempt, undefined, () =>
    giving(input.upload, () => writing(writer, (db) => createIn(db, writer, compiled, input, attempt))),
  )
  await announce(writer, compiled, row)
  return written
}

/**
 * Replaces (PUT) or updates (PATCH) a row: what is not sent stays as it is. A row that is not as expected is a 412.
 */
export async function update(
  writer: Writer,
  compiled: Compiled,
  id: string,
  input: BodyInput,
  mode: Exclude<Mode, 'create'>,
  expected?: Expectation,
): Promise<Written> {
  const attempt: Attempt = {}
  const { row, ...written } = await explained(writer, compiled, attempt, id, () =>
    giving(input.upload, () =>
      writing(writer, (db) => updateIn(db, writer, compiled, id, input, mode, attempt, expected)),
    ),
  )
  await announce(writer, compiled, row)
  return written
}

/** Sets columns of a row for an action on it. */
export async function change(
  writer: Writer,
  compiled: Compiled,
  id: string,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  const row = await writing(writer, (db) => changeIn(db, writer, compiled, id, values))
  await announce(writer, compiled, row)
}

/** Deletes a row and, as the schema says, what hangs on it. A row that is not as expected is a 412. */
export async function remove(writer: Writer, compiled: Compiled, id: string, expected?: Expectation): Promise<void> {
  const row = await writing(writer, (db) => removeIn(db, writer, compiled, id, expected))
  await announce(writer, compiled, row)
}

/** Does the work; what a constraint refuses is thrown as what is wrong with the values of the attempt. */
export async function explained<T>(
  writer: Writer,
  compiled: Compiled,
  attempt: Attempt,
  id: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isConstraintError(error) || !attempt.valid) throw error
    throw await explainRefusal(connection(writer.pool), compiled, writer.caller, attempt.valid, id, error)
  }
}
