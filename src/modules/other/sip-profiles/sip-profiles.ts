import { everything } from '../../../rest/access.ts'
import { resource } from '../../../rest/resource.ts'
import { hostnameError, nameError, textErrors } from '../switch-texts.ts'

/** SIP user agents of the switches, each with ports of its own. mod_sofia reads them as its configuration. */
export const sipProfiles = resource('SipProfile', {
  path: 'sip_profiles',
  order: ['name'],
  search: ['name', 'hostname', 'description'],
  access: { admin_api: everything },
  refuse: ({ values, before }) => textErrors(values, before, { name: nameError, hostname: hostnameError }),
})
