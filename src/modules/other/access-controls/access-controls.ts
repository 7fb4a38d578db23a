import { everything } from '../../../rest/access.ts'
import { resource } from '../../../rest/resource.ts'
import { nameError, textErrors } from '../switch-texts.ts'

/** Lists of addresses. A SIP profile names one to let calls in by address (`apply-inbound-acl`). */
export const accessControls = resource('AccessControl', {
  path: 'access_controls',
  order: ['name'],
  search: ['name', 'description'],
  access: { admin_api: everything },
  refuse: ({ values, before }) => textErrors(values, before, { name: nameError }),
})
