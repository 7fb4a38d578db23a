/** What the switch does with calls. */
import { moduleOf } from '../../plugins/resources.ts'
import type { Report } from '../../rest/asking.ts'
import type { Resource } from '../../rest/resource.ts'
import { dialplanDetails } from './dialplan-details.ts'
import { dialplans } from './dialplans.ts'
import { inboundRoutes } from './routes/inbound.ts'
import { outboundRoutes } from './routes/outbound.ts'
import { timeConditions } from './routes/time-conditions.ts'

/** `dialplans` comes first: it answers for the rows that others refer to. */
export const resources: readonly (Resource | Report)[] = [
  dialplans,
  dialplanDetails,
  inboundRoutes,
  outboundRoutes,
  timeConditions,
]

export default moduleOf('dialplans', resources)
