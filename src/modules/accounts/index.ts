/** Telephones, who owns them, and the trunks they call through. */
import { moduleOf } from '../../plugins/resources.ts'
import type { Resource } from '../../rest/resource.ts'
import { bridges } from './bridges.ts'
import { customerExtensions } from './customer-extensions.ts'
import { extensionUsers } from './extension-users.ts'
import { extensions } from './extensions.ts'
import { followMeDestinations } from './follow-me-destinations.ts'
import { gateways } from './gateways.ts'

export const resources: readonly Resource[] = [
  extensions,
  customerExtensions,
  extensionUsers,
  followMeDestinations,
  gateways,
  bridges,
]

export default moduleOf('accounts', resources)
