/** What is done with a message once it is heard. */
import type { Action } from '../../rest/asking.ts'

type Status = 'new' | 'read' | 'saved' | 'deleted'

/** Asked for with POST; DjangoPBX's clients ask with GET. */
function mark(status: Status, summary: string): Action {
  return {
    on: 'row',
    methods: ['GET', 'POST'],
    roles: ['admin_api', 'minor_admin_api', 'user_api'],
    summary,
    answer: { type: 'object', description: 'The message as it is now.' },
    run: ({ change }, row) => change({ status, ...readWhen(status, row.read) }),
  }
}

/** A message that is saved has been heard; what was heard first is when it was read. */
function readWhen(status: Status, read: unknown): Record<string, unknown> {
  if (status === 'new') return { read: null }
  if (status === 'deleted' || read !== null) return {}
  return { read: new Date().toISOString() }
}

export const marks = {
  mark_read: mark('read', 'The message has been heard'),
  mark_unread: mark('new', 'The message is as if it had not been heard'),
  mark_saved: mark('saved', 'The message has been heard and is to be kept'),
  mark_deleted: mark('deleted', 'The message is no longer wanted; it is kept and counts nowhere'),
}
