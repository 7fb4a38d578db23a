/**
 * What calls reach beside telephones: recordings, ring groups, menus, call centres; what switches are configured with;
 * and click-to-dial.
 */
import { moduleOf } from '../../plugins/resources.ts'
import type { Command, Report } from '../../rest/asking.ts'
import type { Resource } from '../../rest/resource.ts'
import { accessControlNodes } from './access-controls/access-control-nodes.ts'
import { accessControls } from './access-controls/access-controls.ts'
import { callCentreAgents } from './call-centre/agents.ts'
import { callCentreQueues } from './call-centre/queues.ts'
import { callCentreTiers } from './call-centre/tiers.ts'
import { clickToDial } from './click-to-dial/click-to-dial.ts'
import { forgetting } from './click-to-dial/state.ts'
import { conferenceControlDetails, conferenceControls } from './conferences/conference-controls.ts'
import { conferenceProfileParams, conferenceProfiles } from './conferences/conference-profiles.ts'
import { ivrMenuOptions } from './ivr-menus/ivr-menu-options.ts'
import { ivrMenus } from './ivr-menus/ivr-menus.ts'
import { activeCalls } from './live/active-calls.ts'
import { freeswitches } from './live/freeswitches.ts'
import { registrations } from './live/registrations.ts'
import { switchStatus } from './live/switch-status.ts'
import { musicOnHold } from './music-on-hold/music-on-hold.ts'
import { musicOnHoldFiles } from './music-on-hold/music-on-hold-files.ts'
import { phraseDetails } from './phrases/phrase-details.ts'
import { phrases } from './phrases/phrases.ts'
import { callRecordings } from './recordings/call-recordings.ts'
import { PromptFolders } from './recordings/prompt-folders.ts'
import { recordings } from './recordings/recordings.ts'
import { ringGroupDestinations } from './ring-groups/ring-group-destinations.ts'
import { ringGroupUsers } from './ring-groups/ring-group-users.ts'
import { ringGroups } from './ring-groups/ring-groups.ts'
import { sipProfileDomains } from './sip-profiles/sip-profile-domains.ts'
import { sipProfileSettings } from './sip-profiles/sip-profile-settings.ts'
import { sipProfiles } from './sip-profiles/sip-profiles.ts'
import { switchVariables } from './switch-variables/switch-variables.ts'

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
  sipProfiles,
  sipProfileSettings,
  sipProfileDomains,
  accessControls,
  accessControlNodes,
  switchVariables,
  musicOnHold,
  musicOnHoldFiles,
  conferenceProfiles,
  conferenceProfileParams,
  conferenceControls,
  conferenceControlDetails,
  phrases,
  phraseDetails,
  freeswitches,
  registrations,
  activeCalls,
  switchStatus,
]

export default moduleOf('other', resources, ({ switchRecordings }, { database, media }) => {
  const promptFolders = new PromptFolders(database, media, switchRecordings)
  return {
    services: { promptFolders },
    chores: [forgetting(database), ...promptFolders.chores()],
    close: () => promptFolders.close(),
  }
})
