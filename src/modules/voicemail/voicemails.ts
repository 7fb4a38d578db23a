import { addressesIn, splitAddresses } from '../../mail/addresses.ts'
import { everything } from '../../rest/access.ts'
import { resource } from '../../rest/resource.ts'
import { inOwnDomain, ofOwnExtensions } from '../access.ts'
import { counts } from './counts.ts'

/** What users may change of their own boxes. */
export const CHANGED_BY_USERS = [
  'password',
  'greeting_id',
  'alternate_greeting_id',
  'mail_to',
  'sms_to',
  'cc',
  'attach_file',
  'local_after_email',
] as const

/** Voicemail boxes, one an extension. */
export const voicemails = resource('Voicemail', {
  path: 'voicemails',
  tenant: 'extension_id__domain_id',
  required: ['extension_id'],
  order: ['extension_id'],
  search: ['extension_id__extension', 'mail_to', 'description'],
  access: {
    admin_api: everything,
    minor_admin_api: inOwnDomain('extension_id__domain_id'),
    user_api: ofOwnExtensions('extension_id', ['list', 'retrieve', 'update'], CHANGED_BY_USERS),
  },
  refuse({ values, before }) {
    const errors = (['mail_to', 'cc'] as const).flatMap((name): [string, string[]][] => {
      const sent = values?.[name]
      // One that was there already, perhaps from another system, stands in nobody's way.
      if (!sent || sent === before?.[name] || addressesIn(sent).length === splitAddresses(sent).length) return []
      return [[name, ['Enter e-mail addresses, separated by commas.']]]
    })
    return errors.length ? Object.fromEntries(errors) : undefined
  },
  within: {
    // The column is no relation in the database.
    async delete({ id }, { tx }) {
      await tx.delete('VoicemailDestinations', { voicemail_dest: id })
    },
  },
  actions: { counts },
})
