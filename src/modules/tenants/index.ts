/** Tenants, the people in them, and settings. */
import { moduleOf } from '../../plugins/resources.ts'
import type { Resource } from '../../rest/resource.ts'
import { defaultSettings, timeConditionPresets } from './default-settings.ts'
import { domainSettings } from './domain-settings.ts'
import { domains } from './domains.ts'
import { groups } from './groups.ts'
import { profileSettings } from './profile-settings.ts'
import { profiles } from './profiles.ts'
import { users } from './users.ts'

export const resources: readonly Resource[] = [
  users,
  groups,
  domains,
  profiles,
  defaultSettings,
  domainSettings,
  profileSettings,
  timeConditionPresets,
]

export default moduleOf('tenants', resources)
