/** The events there are, each with what its data hold (docs/events.md). */
export const EVENT_TYPES = [
  'call.ringing',
  'call.answered',
  'call.held',
  'call.resumed',
  'call.ended',
  'registration.registered',
  'registration.unregistered',
  'voicemail.counts',
  'cdr.created',
] as const

export type EventType = (typeof EVENT_TYPES)[number]
