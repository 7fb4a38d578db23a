import { readEverything, readRights } from '../../rest/access.ts'
import { resource } from '../../rest/resource.ts'
import { domainRows, ownExtensionRows } from '../access.ts'
import { CHANGED_BY_USERS } from './extensions.ts'

/** An extension as the one who uses it may see it: no secrets, nothing of the switch's insides. */
export const customerExtensions = resource('Extension', {
  path: 'customerextensions',
  tenant: 'domain_id',
  only: [
    'domain_id',
    'extension',
    'number_alias',
    'effective_caller_id_number',
    'outbound_caller_id_name',
    'outbound_caller_id_number',
    'directory_first_name',
    'directory_last_name',
    'directory_visible',
    'call_timeout',
    ...CHANGED_BY_USERS,
    'enabled',
    'description',
    'created',
    'updated',
  ],
  order: ['domain_id', 'extension'],
  search: ['extension', 'number_alias', 'effective_caller_id_name', 'effective_caller_id_number', 'description'],
  access: {
    admin_api: readEverything,
    minor_admin_api: readRights(domainRows('domain_id')),
    user_api: readRights(ownExtensionRows('id')),
  },
})
