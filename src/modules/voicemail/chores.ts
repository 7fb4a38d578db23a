/** What has to be done to voicemail now and then: mails that are to be tried again, links that have expired. */
import type { Chore } from '../../plugins/chores.ts'
import type { Database } from '../../rest/database.ts'
import { removeExpired } from './mails/links.ts'
import type { Outbox } from './mails/outbox.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

export function choresOf(database: Database, outbox: Outbox): Chore[] {
  let started = false
  return [
    {
      name: 'voicemail mails',
      everyMs: MINUTE_MS,
      async run() {
        // No start of a server waits for mail servers.
        if (started) return outbox.run()
        started = true
        outbox.written()
      },
    },
    { name: 'expired voicemail links', everyMs: HOUR_MS, run: () => removeExpired(database) },
  ]
}
