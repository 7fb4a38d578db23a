import { everything } from '../../rest/access.ts'
import { resource } from '../../rest/resource.ts'
import { inOwnDomain } from '../access.ts'

/** Settings of one tenant; they override the system's. */
export const domainSettings = resource('DomainSetting', {
  path: 'domain_settings',
  tenant: 'domain_id',
  hidden: ['description'],
  readOnly: ['app_uuid'],
  order: ['domain_id', 'category', 'subcategory'],
  search: ['category', 'subcategory', 'value'],
  access: { admin_api: everything, minor_admin_api: inOwnDomain() },
})
