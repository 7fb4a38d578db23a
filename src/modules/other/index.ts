/** What calls reach beside telephones: recordings, ring groups, menus, call centres; and click-to-dial. */
import { moduleOf } from '../../plugins/resources.ts'
import type { Command, Report, Resource } from '../../rest/resource.ts'
import { callCentreAgents } from './call-centre/agents.ts'
import { callCentreQueues } from './call-centre/queues.ts'
import { callCentreTiers } from './call-centre/tiers.ts'
import { clickToDial } from './click-to-dial/click-to-dial.ts'
import { ivrMenuOptions } from './ivr-menus/ivr-menu-options.ts'
import { ivrMenus } from './ivr-menus/ivr-menus.ts'
import { callRecordings } from './recordings/call-recordings.ts'
import { recordings } from './recordings/recordings.ts'
import { ringGroupDestinations } from './ring-groups/ring-group-destinations.ts'
import { ringGroupUsers } from './ring-groups/ring-group-users.ts'
import { ringGroups } from './ring-groups/ring-groups.ts'

export const resources: readonly (Resource | Report | Command)[] = [
  clickToDial,
  recordings,
  callRecordings,
  callCentreQueues,
  callCentreAgents,
  callCentreTiers,
  ringGroups,
  ringGroupDestinations,
  ringGroupUsers,
  ivrMenus,
  ivrMenuOptions,
]

export default moduleOf('other', resources)
