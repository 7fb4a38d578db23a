import { everything } from '../../rest/access.ts'
import { resource } from '../../rest/resource.ts'
import { inOwnDomain, ofOwnExtensions } from '../access.ts'

/** Where an extension's follow-me rings, by sequence. */
export const followMeDestinations = resource('FollowMeDestination', {
  path: 'follow_me_destinations',
  tenant: 'extension_id__domain_id',
  order: ['extension_id', 'destination'],
  search: ['destination', 'extension_id__extension'],
  access: {
    admin_api: everything,
    minor_admin_api: inOwnDomain('extension_id__domain_id'),
    user_api: ofOwnExtensions('extension_id', ['list', 'retrieve', 'create', 'update', 'delete']),
  },
})
