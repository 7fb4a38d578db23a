/** What every switch is to be told, written down in the transaction of what has happened. */
import type { Connection } from '../../rest/database.ts'
import type { TaskKind } from './kinds.ts'

/** Every switch is told after the commit, again and again until it has heard. Triggers on tables do the same. */
export async function tellSwitches(db: Connection, kind: TaskKind, ...subject: readonly string[]): Promise<void> {
  await db.run({ text: 'SELECT pbx_tell_switches($1, VARIADIC $2::text[])', values: [kind, subject] })
}
