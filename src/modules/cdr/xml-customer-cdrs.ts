import { readEverything, readRights } from '../../rest/access.ts'
import { resource } from '../../rest/resource.ts'
import { domainRows, ownExtensionRows } from '../access.ts'
import { LISTS } from './lists.ts'

/** Call records as customers see them: the guide's fields, and nothing of how the switch works. */
export const xmlCustomerCdrs = resource('XmlCdr', {
  path: 'xmlcustomercdrs',
  only: [
    'id',
    'call_uuid',
    'direction',
    'caller_id_name',
    'caller_id_number',
    'destination_number',
    'start_stamp',
    'answer_stamp',
    'end_stamp',
    'duration',
    'billsec',
    'hangup_cause',
    'status',
    'record_path',
  ],
  ...LISTS,
  filters: ['domain_id', 'extension_id', 'missed_call'],
  access: {
    admin_api: readEverything,
    minor_admin_api: readRights(domainRows('domain_id')),
    user_api: readRights(ownExtensionRows('extension_id')),
  },
})
