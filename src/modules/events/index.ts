/** What happens, told to those whom it concerns: streams of events, and webhooks. */
import { moduleOf } from '../../plugins/resources.ts'
import type { Feed } from '../../rest/asking.ts'
import type { Resource } from '../../rest/resource.ts'
import { choresOf } from './chores.ts'
import { events } from './event-feed.ts'
import { Hub } from './stream/hub.ts'
import { Streams } from './stream/streams.ts'
import { webhookDeliveries } from './webhook-deliveries.ts'
import { Courier } from './webhooks/courier.ts'
import { Targets } from './webhooks/targets.ts'
import { webhooks } from './webhooks.ts'

declare module '../../rest/services.ts' {
  interface Services {
    readonly eventStreams: Streams
    readonly webhookCourier: Courier
  }
}

export const resources: readonly (Resource | Feed)[] = [events, webhooks, webhookDeliveries]

export default moduleOf('events', resources, (config, { database, callers }) => {
  const hub = new Hub(database)
  const eventStreams = new Streams(hub, database, callers)
  const webhookCourier = new Courier(database, new Targets(config.webhookAllowedNetworks))
  return {
    services: { eventStreams, webhookCourier },
    chores: choresOf(database, webhookCourier),
    hearers: { pbx_events: hub.hearer, pbx_webhooks: webhookCourier.hearer },
    beforeClose: () => eventStreams.close(),
    async close() {
      await Promise.all([hub.close(), webhookCourier.close()])
    },
  }
})
