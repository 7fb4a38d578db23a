/** What switches tell: timelines of calls, what is announced of them, and the messages in their mailboxes. */
import { moduleOf } from '../../plugins/resources.ts'
import { Listening } from './listening.ts'
import { addMetrics } from './metrics.ts'

const MINUTE_MS = 60_000

export default moduleOf('switch-events', [], (config, services, log) => {
  const all = services.fleet.links.map(({ name }) => new Listening(name, services, config.switchStorage, log))
  if (all.length === 0) return {}
  addMetrics(services.metrics, all)
  return {
    chores: [
      {
        name: 'events that were shed',
        everyMs: MINUTE_MS,
        async run() {
          for (const listening of all) listening.tellOfShed()
        },
      },
    ],
    close: async () => {
      await Promise.all(all.map((listening) => listening.close()))
    },
  }
})
