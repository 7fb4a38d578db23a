import { everything } from '../../../rest/access.ts'
import { resource } from '../../../rest/resource.ts'
import { hostnameError, textErrors } from '../switch-texts.ts'

/** Which domains of the directory a SIP profile is for: `all`, or one by its name. */
export const sipProfileDomains = resource('SipProfileDomain', {
  path: 'sip_profile_domains',
  order: ['sip_profile_id', 'name'],
  search: ['sip_profile_id__name', 'name'],
  access: { admin_api: everything },
  refuse: ({ values, before }) =>
    textErrors(values, before, {
      name: (text) => (hostnameError(text) === undefined ? undefined : 'Give the name of a domain, or all.'),
    }),
})
