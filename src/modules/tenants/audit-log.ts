import { readEverything, readRights } from '../../rest/access.ts'
import { resource } from '../../rest/resource.ts'
import { domainRows } from '../access.ts'

/** What was written through the API, by whom, when and from where. */
export const auditLog = resource('AuditLog', {
  path: 'audit_log',
  tenant: 'domain_id',
  order: ['-created', '-id'],
  search: ['username', 'resource', 'row_id'],
  long: true,
  narrow: ['created__gte'],
  access: { admin_api: readEverything, minor_admin_api: readRights(domainRows('domain_id')) },
})
