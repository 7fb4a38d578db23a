/** What happens, told to those whom it concerns: streams of events, and webhooks. */
import { moduleOf } from '../../plugins/resources.ts'
import type { Feed, Resource } from '../../rest/resource.ts'
import { choresOf } from './chores.ts'
import { events } from './event-feed.ts'
import { Hub } from './stream/hub.ts'
import { Streams } from './stream/streams.ts'

declare module '../../rest/resource.ts' {
  interface Services {
    readonly eventStreams: Streams
  }
}

export const resources: readonly (Resource | Feed)[] = [events]

export default moduleOf('events', resources, (_config, { database, callers }) => {
  const hub = new Hub(database)
  const eventStreams = new Streams(hub, database, callers)
  return {
    services: { eventStreams },
    chores: choresOf(database),
    hearers: { pbx_events: hub.hearer },
    beforeClose: () => eventStreams.close(),
    close: () => hub.close(),
  }
})
