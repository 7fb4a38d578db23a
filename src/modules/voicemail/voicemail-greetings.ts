import { everything } from '../../rest/access.ts'
import { resource } from '../../rest/resource.ts'
import { inOwnDomain, ofOwnExtensions } from '../access.ts'

/** What boxes play to those who call them. */
export const voicemailGreetings = resource('VoicemailGreeting', {
  path: 'voicemail_greetings',
  tenant: 'voicemail_id__extension_id__domain_id',
  required: ['voicemail_id'],
  order: ['voicemail_id', 'name'],
  search: ['name', 'description'],
  media: { name: 'greeting' },
  access: {
    admin_api: everything,
    minor_admin_api: inOwnDomain('voicemail_id__extension_id__domain_id'),
    user_api: ofOwnExtensions('voicemail_id__extension_id', ['list', 'retrieve', 'create', 'update', 'delete']),
  },
})
