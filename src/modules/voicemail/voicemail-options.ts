import { everything } from '../../rest/access.ts'
import { resource } from '../../rest/resource.ts'
import { inOwnDomain } from '../access.ts'

/** Keys that callers of a box may press instead of leaving a message. */
export const voicemailOptions = resource('VoicemailOptions', {
  path: 'voicemail_options',
  tenant: 'voicemail_id__extension_id__domain_id',
  order: ['voicemail_id', 'option_digits'],
  search: ['option_digits', 'option_action', 'option_param', 'description'],
  access: {
    admin_api: everything,
    minor_admin_api: inOwnDomain('voicemail_id__extension_id__domain_id'),
  },
})
