/** What has to be done about events now and then: old ones are removed, and deliveries that failed are tried again. */
import type { Chore } from '../../plugins/chores.ts'
import type { Database } from '../../rest/database.ts'
import type { Courier } from './webhooks/courier.ts'

/** How far back a reader that was cut off finds what it missed. */
export const HISTORY_MINUTES = 60
/** How long it can be seen what was delivered. */
const DELIVERY_DAYS = 7
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const RETRIES_MS = 15_000

/** The last event stays, so that numbers go on after it. One without a number has yet to be told. */
const REMOVE = `DELETE FROM "events" WHERE "created" < now() - make_interval(mins => $1)
  AND "position" < (SELECT max("position") FROM "events")`

const REMOVE_DELIVERIES = `DELETE FROM "webhook_deliveries" WHERE "created" < now() - make_interval(days => $1)
  AND "updated" < now() - make_interval(days => $1)`

export function choresOf(database: Database, courier: Courier): Chore[] {
  let started = false
  return [
    {
      name: 'old events',
      everyMs: MINUTE_MS,
      async run() {
        await database.run({ text: REMOVE, values: [HISTORY_MINUTES] })
      },
    },
    {
      name: 'old webhook deliveries',
      everyMs: HOUR_MS,
      async run() {
        await database.run({ text: REMOVE_DELIVERIES, values: [DELIVERY_DAYS] })
      },
    },
    {
      name: 'webhook deliveries',
      everyMs: RETRIES_MS,
      async run() {
        // No start of a server waits for receivers.
        if (started) return courier.run()
        started = true
        courier.begin()
      },
    },
  ]
}
