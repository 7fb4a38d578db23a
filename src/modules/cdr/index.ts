/** Calls that were: their records, what happened in them, and what they come to. */
import { moduleOf } from '../../plugins/resources.ts'
import type { Report } from '../../rest/asking.ts'
import type { Resource } from '../../rest/resource.ts'
import { callTimeline } from './call-timeline.ts'
import { cdrRejects } from './cdr-rejects.ts'
import { choresOf } from './chores.ts'
import { Intake } from './intake/intake.ts'
import { xmlCdrBasicStatistics } from './statistics/report.ts'
import { switchRoutesOf } from './switch-routes.ts'
import { xmlCdrs } from './xml-cdrs.ts'
import { xmlCustomerCdrs } from './xml-customer-cdrs.ts'

declare module '../../rest/services.ts' {
  interface Services {
    readonly callRecords: Intake
  }
}

export const resources: readonly (Resource | Report)[] = [
  xmlCdrs,
  xmlCustomerCdrs,
  xmlCdrBasicStatistics,
  callTimeline,
  cdrRejects,
]

export default moduleOf('cdr', resources, ({ cdr }, { database }) => {
  const callRecords = new Intake(database, cdr.bLegs)
  return {
    services: { callRecords },
    chores: choresOf(database, cdr.retentionDays),
    switchRoutes: switchRoutesOf(callRecords),
  }
})
