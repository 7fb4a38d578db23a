/** What the switch itself did with a call: queue, conference, menu, voicemail, parking, and the keys that were pressed. */
import { type Leg, partyOf, type StoryEvent } from './legs.ts'
import type { StepType, Told } from './shape.ts'
import { soundSteps } from './sounds.ts'
import { causeWords, spoken } from './words.ts'

type Legs = ReadonlyMap<string, Leg>

/** Keys that follow each other within so many microseconds are told as one. */
const TYPING = 5_000_000

interface Stay {
  readonly type: StepType
  readonly leg: string
  readonly start: number
  end: number | null
  readonly text: string
  /** What played was all that told of it: it lasts as long as the leg is seen in this application. */
  readonly seenIn?: string
}

/** The steps in which the switch, not somebody else, had the call. */
export function applicationSteps(events: readonly StoryEvent[], legs: Legs): Told[] {
  const stays: Stay[] = []
  const moments: Told[] = []
  for (const event of events) {
    if (event.unique_id === null) continue
    const who = partyOf(legs.get(event.unique_id))
    const opened = beginning(event, who)
    if (opened) begin(stays, event, opened)
    else finish(stays, event)
    moments.push(...agentSteps(event), ...messageSteps(event, who))
  }
  const steps = stays.map((stay): Told => {
    const end = stay.end ?? legs.get(stay.leg)?.ended ?? null
    const length = end === null ? '' : ` for ${spoken((end - stay.start) / 1e6)}`
    return { type: stay.type, leg: stay.leg, start: stay.start, end, text: `${stay.text}${length}` }
  })
  return [...steps, ...moments, ...soundSteps(events, legs), ...keySteps(events, legs)]
}

interface Beginning {
  readonly type: StepType
  readonly text: string
}

function beginning(event: StoryEvent, who: string): Beginning | undefined {
  const { event_name, application, application_data, cc_action, cf_action, cf_name } = event
  const [first = '', , third = ''] = (application_data ?? '').split(' ')
  if (cc_action === 'member-queue-start')
    return { type: 'queued', text: `${who} waited in the queue ${queueOf(event)}` }
  if (cf_action === 'add-member')
    return { type: 'conference', text: `${who} was in the conference ${cf_name ?? ''}`.trim() }
  if (event_name === 'CHANNEL_PARK') return { type: 'parked', text: `${who} was parked` }
  if (event.application_name === 'valet_parking' && event.application_action === 'hold') {
    return { type: 'parked', text: `${who} was parked${application_data ? ` on ${application_data}` : ''}` }
  }
  const plays = event_name === 'PLAYBACK_START' && (application === 'voicemail' || application === 'ivr')
  if (event_name !== 'CHANNEL_EXECUTE' && !plays) return undefined
  if (application === 'callcenter') return { type: 'queued', text: `${who} waited in the queue ${first}` }
  if (application === 'conference') {
    return { type: 'conference', text: `${who} was in the conference ${first.split('@', 1)[0]}` }
  }
  if (application === 'ivr') return { type: 'menu', text: `${who} was in the menu ${first}` }
  if (application !== 'voicemail') return undefined
  if (/^(check|auth)/.test(first)) return { type: 'voicemail', text: `${who} listened to voicemail` }
  return { type: 'voicemail', text: `the call went to the voicemail${third && ` of ${third}`}` }
}

/** The same stay is told by the application, by its module, and by all that is played in it. */
function begin(stays: Stay[], event: StoryEvent, { type, text }: Beginning): void {
  const { unique_id: leg, event_epoch: start, application } = event
  if (stays.some((stay) => stay.leg === leg && stay.type === type && (stay.end === null || stay.text === text))) return
  const seenIn = event.event_name === 'PLAYBACK_START' ? { seenIn: application! } : {}
  stays.push({ type, leg: leg!, start, end: null, text, ...seenIn })
}

const FINISHED_BY: readonly [test: (event: StoryEvent) => boolean, type: StepType][] = [
  [(event) => event.cc_action === 'bridge-agent-start' || event.cc_action === 'member-queue-end', 'queued'],
  [(event) => event.cf_action === 'del-member', 'conference'],
  [(event) => event.event_name === 'CHANNEL_UNPARK', 'parked'],
  [(event) => event.application_name === 'valet_parking' && event.application_action !== 'hold', 'parked'],
  [(event) => isComplete(event, 'callcenter'), 'queued'],
  [(event) => isComplete(event, 'conference'), 'conference'],
  [(event) => isComplete(event, 'ivr'), 'menu'],
  [(event) => isComplete(event, 'voicemail'), 'voicemail'],
]

const isComplete = ({ event_name, application }: StoryEvent, name: string) =>
  event_name === 'CHANNEL_EXECUTE_COMPLETE' && application === name

function finish(stays: Stay[], event: StoryEvent): void {
  const types = FINISHED_BY.filter(([test]) => test(event)).map(([, type]) => type)
  for (const stay of stays) {
    if (stay.leg !== event.unique_id) continue
    if (stay.end === null && types.includes(stay.type)) stay.end = event.event_epoch
    if (stay.seenIn !== undefined && stay.seenIn === event.application) stay.end = event.event_epoch
  }
}

function messageSteps(event: StoryEvent, who: string): Told[] {
  const { application_name, application_action, application_data, application_seconds, event_epoch } = event
  if (application_name !== 'voicemail' || application_action !== 'leave-message') return []
  const length = application_seconds === null ? '' : ` of ${spoken(Number(application_seconds))}`
  const text = `${who} left a message${length}${application_data ? ` for ${application_data}` : ''}`
  return [{ type: 'voicemail', leg: event.unique_id!, start: event_epoch, text }]
}

/** A queue of DjangoPBX is known by its uuid; the application says the name. */
const queueOf = ({ application_data, cc_queue }: StoryEvent) => application_data?.split(' ', 1)[0] || cc_queue || ''

function agentSteps(event: StoryEvent): Told[] {
  const { unique_id, event_epoch: start, cc_action, cc_agent, cc_cause, cc_cancel_reason } = event
  const base = { type: 'agent', leg: unique_id!, start } as const
  const agent = cc_agent ?? 'an agent'
  if (cc_action === 'agent-offering') return [{ ...base, text: `the call was offered to ${agent}` }]
  if (cc_action === 'bridge-agent-start') return [{ ...base, text: `${agent} took the call` }]
  if (cc_action !== 'member-queue-end' || cc_cause !== 'Cancel') return []
  const reason = cc_cancel_reason && cc_cancel_reason !== 'NONE' ? `: ${causeWords(cc_cancel_reason)}` : ''
  return [{ ...base, text: `the call left the queue without an agent${reason}` }]
}

function keySteps(events: readonly StoryEvent[], legs: Legs): Told[] {
  const typed: { leg: string; start: number; last: number; keys: string }[] = []
  for (const { event_name, event_epoch, unique_id, dtmf_digit } of events) {
    if (event_name !== 'DTMF' || unique_id === null || !dtmf_digit) continue
    const open = typed.findLast((one) => one.leg === unique_id)
    if (open && event_epoch - open.last <= TYPING) {
      open.keys += dtmf_digit
      open.last = event_epoch
    } else {
      typed.push({ leg: unique_id, start: event_epoch, last: event_epoch, keys: dtmf_digit })
    }
  }
  return typed.map(({ leg, start, keys }) => ({
    type: 'pressed',
    leg,
    start,
    text: `${partyOf(legs.get(leg))} pressed ${keysInWords(keys)}`,
  }))
}

/** One who chooses from a menu presses a key or two; more may be a PIN or a card's number, and are told by their count. */
const keysInWords = (keys: string): string => (keys.length <= MOST_KEYS_TOLD ? keys : `${keys.length} keys`)
const MOST_KEYS_TOLD = 3
