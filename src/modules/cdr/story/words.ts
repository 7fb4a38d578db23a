/** What a story says in words: lengths of time, and why a call ended. */

/** Seconds as people say them. */
export function spoken(seconds: number): string {
  if (seconds < 0.95) return 'less than a second'
  // By way of milliseconds, which is what programs are told.
  const whole = Math.round(Math.round(seconds * 1000) / 1000)
  if (whole < 60) return `${whole} s`
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`
  return rest > 0 ? `${minutes} min ${rest} s` : `${minutes} min`
}

const CAUSES: Readonly<Record<string, string>> = {
  NORMAL_CLEARING: 'the call ended normally',
  ORIGINATOR_CANCEL: 'the caller gave up before anybody answered',
  NO_ANSWER: 'nobody answered',
  NO_USER_RESPONSE: 'the phone did not respond',
  ALLOTTED_TIMEOUT: 'nobody answered in the time allowed',
  USER_BUSY: 'the line was busy',
  CALL_REJECTED: 'the call was declined',
  LOSE_RACE: 'another phone answered',
  PICKED_OFF: 'another phone picked the call up',
  USER_NOT_REGISTERED: 'the phone was not registered',
  SUBSCRIBER_ABSENT: 'there was no such user, or it was away',
  UNALLOCATED_NUMBER: 'there was no such number',
  NO_ROUTE_DESTINATION: 'there was no route to the number',
  INVALID_NUMBER_FORMAT: 'the number was incomplete or wrong',
  INVALID_GATEWAY: 'the gateway was not known',
  GATEWAY_DOWN: 'the gateway was down',
  DESTINATION_OUT_OF_ORDER: 'the destination was out of order',
  NETWORK_OUT_OF_ORDER: 'the network was out of order',
  NORMAL_TEMPORARY_FAILURE: 'the network failed for a moment',
  NORMAL_UNSPECIFIED: 'no reason was given',
  RECOVERY_ON_TIMER_EXPIRE: 'an answer from the other side did not come in time',
  MEDIA_TIMEOUT: 'no sound came any more',
  INCOMPATIBLE_DESTINATION: 'the two sides had no codec in common',
  BEARERCAPABILITY_NOTAUTH: 'the call was not allowed',
  OUTGOING_CALL_BARRED: 'outgoing calls were barred',
  INCOMING_CALL_BARRED: 'incoming calls were barred',
  SERVICE_UNAVAILABLE: 'the service was not available',
  MANAGER_REQUEST: 'an administrator or a program asked for it',
  BLIND_TRANSFER: 'the call was transferred',
  ATTENDED_TRANSFER: 'the call was transferred',
  SYSTEM_SHUTDOWN: 'the switch was shut down',
  EXCHANGE_ROUTING_ERROR: 'the call could not be routed',
}

/** Why a call ended; a cause that has no words here is told as the switch writes it. */
export const causeWords = (cause: string): string => CAUSES[cause] ?? cause.toLowerCase().replaceAll('_', ' ')

/** Causes with which nobody takes a call that rang, as the end of a sentence. */
const UNANSWERED: Readonly<Record<string, string>> = {
  LOSE_RACE: ', until another phone answered',
  PICKED_OFF: ', until another phone picked the call up',
  ORIGINATOR_CANCEL: ', until the caller gave up',
  CALL_REJECTED: ' and declined',
  USER_BUSY: ' and was busy',
}

export const unansweredWords = (cause: string | null): string => UNANSWERED[cause ?? ''] ?? ' and did not answer'
