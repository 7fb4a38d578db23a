import { readEverything, readRights } from '../../rest/access.ts'
import { resource } from '../../rest/resource.ts'
import { domainRows, ownExtensionRows } from '../access.ts'

/** An extension as the one who uses it may see it: no secrets, nothing of the switch's insides. */
export const customerExtensions = resource('Extension', {
  path: 'customerextensions',
  only: [
    'domain_id',
    'extension',
    'number_alias',
    'effective_caller_id_name',
    'effective_caller_id_number',
    'outbound_caller_id_name',
    'outbound_caller_id_number',
    'directory_first_name',
    'directory_last_name',
    'directory_visible',
    'call_timeout',
    'call_screen_enabled',
    'do_not_disturb',
    'forward_all_enabled',
    'forward_all_destination',
    'forward_busy_enabled',
    'forward_busy_destination',
    'forward_no_answer_enabled',
    'forward_no_answer_destination',
    'forward_user_not_registered_enabled',
    'forward_user_not_registered_destination',
    'follow_me_enabled',
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
