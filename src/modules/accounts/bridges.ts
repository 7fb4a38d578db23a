import { everything } from '../../rest/access.ts'
import { resource } from '../../rest/resource.ts'
import { inOwnDomain } from '../access.ts'

/** Dial strings under a name. */
export const bridges = resource('Bridge', {
  path: 'bridges',
  tenant: 'domain_id',
  order: ['domain_id', 'name'],
  search: ['name', 'destination', 'description'],
  access: { admin_api: everything, minor_admin_api: inOwnDomain() },
})
