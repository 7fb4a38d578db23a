import { everything } from '../../rest/access.ts'
import { resource } from '../../rest/resource.ts'
import { inOwnDomain, ofOwnExtensions } from '../access.ts'
import { deliver } from './delivery.ts'
import { marks } from './marks.ts'

/** Messages that callers left. */
export const voicemailMessages = resource('VoicemailMessages', {
  path: 'voicemail_messages',
  tenant: 'voicemail_id__extension_id__domain_id',
  required: ['voicemail_id'],
  hidden: ['switch_name', 'switch_mailbox', 'switch_uuid', 'switch_path'],
  order: ['voicemail_id', 'created'],
  search: ['name', 'caller_id_name', 'caller_id_number', 'transcription'],
  access: {
    admin_api: everything,
    minor_admin_api: inOwnDomain('voicemail_id__extension_id__domain_id'),
    user_api: ofOwnExtensions('voicemail_id__extension_id', ['list', 'retrieve', 'delete']),
  },
  media: {
    name: 'message',
    elsewhere: {
      column: 'on_switch',
      sentence:
        'The audio of this message is on the telephone switch still: hear it with a telephone, or try again later.',
    },
  },
  within: {
    createAll: (created, { tx, services }) =>
      deliver(
        tx,
        services.media,
        created.map(({ row }) => row.id),
      ),
  },
  after: { write: (_row, { services }) => services.voicemailMails.written() },
  actions: marks,
})
