/** What has to be done about events now and then: those that nobody can come back for any more are removed. */
import type { Chore } from '../../plugins/chores.ts'
import type { Database } from '../../rest/database.ts'

/** How far back a reader that was cut off finds what it missed. */
export const HISTORY_MINUTES = 60
const MINUTE_MS = 60_000

/** The last event stays, so that numbers go on after it. One without a number has yet to be told. */
const REMOVE = `DELETE FROM "events" WHERE "created" < now() - make_interval(mins => $1)
  AND "position" < (SELECT max("position") FROM "events")`

export function choresOf(database: Database): Chore[] {
  return [
    {
      name: 'old events',
      everyMs: MINUTE_MS,
      async run() {
        await database.run({ text: REMOVE, values: [HISTORY_MINUTES] })
      },
    },
  ]
}
