/** What the switch does with calls. */
import { moduleOf } from '../../plugins/resources.ts'
import type { Report, Resource } from '../../rest/resource.ts'
import { inboundRoutes } from './routes/inbound.ts'
import { outboundRoutes } from './routes/outbound.ts'

export const resources: readonly (Resource | Report)[] = [inboundRoutes, outboundRoutes]

export default moduleOf('dialplans', resources)
