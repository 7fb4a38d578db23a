import { addressOf, oneOf, uuid as uuidOf } from './arguments.ts'
import { quick } from './command.ts'

/** Mailboxes of mod_voicemail; what changes one lights the lamp of the telephone anew. */
export const voicemailCommands = {
  voicemailRead: (user: string, domain: string, uuid: string, state: 'read' | 'unread' = 'read') =>
    quick('vm_read', addressOf(user, domain), oneOf(['read', 'unread'], state), uuidOf(uuid)),
  voicemailDelete: (user: string, domain: string, uuid: string) =>
    quick('vm_delete', addressOf(user, domain), uuidOf(uuid)),
  /** XML. */
  voicemailList: (user: string, domain: string) => quick('vm_list', addressOf(user, domain), 'xml'),
  /** `new:saved:new urgent:saved urgent`. */
  voicemailCounts: (user: string, domain: string) => quick('vm_boxcount', `${addressOf(user, domain)}|all`),
}
