/** Tenants, the people in them, and settings. */
import { moduleOf } from '../../plugins/resources.ts'
import type { Resource } from '../../rest/resource.ts'
import { auditLog } from './audit-log.ts'
import { choresOf } from './chores.ts'
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
  auditLog,
]

export default moduleOf('tenants', resources, ({ auditRetentionDays }, { database }) => ({
  chores: choresOf(database, auditRetentionDays),
}))
