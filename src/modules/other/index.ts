/** What calls reach beside telephones: recordings, ring groups, menus, call centres; and click-to-dial. */
import { moduleOf } from '../../plugins/resources.ts'
import type { Command, Report, Resource } from '../../rest/resource.ts'
import { callCentreAgents } from './call-centre/agents.ts'
import { callCentreQueues } from './call-centre/queues.ts'
import { callCentreTiers } from './call-centre/tiers.ts'
import { clickToDial } from './click-to-dial/click-to-dial.ts'

export const resources: readonly (Resource | Report | Command)[] = [
  clickToDial,
  callCentreQueues,
  callCentreAgents,
  callCentreTiers,
]

export default moduleOf('other', resources)
