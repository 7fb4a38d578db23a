/** The kinds of things that switches are told of; the triggers of prisma/migrations/…_switch_tasks name them too. */
export const TASK_KINDS = [
  'user',
  'domains',
  'access lists',
  'gateway',
  'profile',
  'queue',
  'agent',
  'tier',
  'voicemail_read',
  'voicemail_delete',
] as const

export type TaskKind = (typeof TASK_KINDS)[number]
