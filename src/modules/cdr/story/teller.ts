/** Tells a call from its events: who was called, who rang, answered, talked and held, where it went, and how it ended. */
import { applicationSteps } from './applications.ts'
import { bridgesOf, talkSteps } from './bridges.ts'
import { type Leg, legsOf, partyOf, type StoryEvent } from './legs.ts'
import { type Facts, type Story, storyOf, type Told } from './shape.ts'
import { transferSteps } from './transfers.ts'
import { causeWords, spoken, unansweredWords } from './words.ts'

/** Microseconds within which two things happened together. */
const TOGETHER = 2_000_000

/** The story of a call whose events are given in order; undefined where none of them is of a leg. */
export function tellStory(asked: string, events: readonly StoryEvent[]): Story | undefined {
  const legs = legsOf(events)
  const all = [...legs.values()]
  const [origin] = all
  if (!origin) return undefined
  const ended = all.every((leg) => leg.ended !== null) ? Math.max(...all.map((leg) => leg.ended!)) : null
  const called = all.filter((leg) => leg !== origin && leg.direction === 'outbound' && leg.answered !== null)
  const answers =
    called.length > 0 ? called.map((leg) => leg.answered!) : origin.answered === null ? [] : [origin.answered]
  const applications = applicationSteps(events, legs)
  const told: Told[] = [
    begun(origin),
    ...all.filter((leg) => leg.direction === 'outbound').flatMap((leg) => rungSteps(leg, leg === origin)),
    ...switchAnswered(origin, called, applications),
    ...applications,
    ...transferSteps(events, legs, origin),
    ...talkSteps(bridgesOf(events, legs), events, legs),
    ...endings(all, origin, ended),
  ]
  const facts: Omit<Facts, 'callUuid'> = {
    legs: all,
    started: origin.created,
    answered: answers.length === 0 ? null : Math.min(...answers),
    ended,
    told,
  }
  return storyOf({ callUuid: uuidOf(asked, events), ...facts })
}

/** A leg's uuid finds its call, whose uuid may be another. */
function uuidOf(asked: string, events: readonly StoryEvent[]): string {
  if (events.some((event) => event.call_uuid === asked)) return asked
  return events.find((event) => event.call_uuid !== null)?.call_uuid ?? asked
}

function begun(origin: Leg): Told {
  const base = { type: 'called', leg: origin.uuid, start: origin.created } as const
  if (origin.direction === 'outbound') return { ...base, text: `the switch called ${partyOf(origin)}` }
  const name = origin.name && origin.name !== origin.number ? `${origin.name} (${partyOf(origin)})` : partyOf(origin)
  return { ...base, text: origin.dialed ? `${name} called ${origin.dialed}` : `${name} called` }
}

/** How a leg that was called rang, and what came of it. */
function rungSteps(leg: Leg, isOrigin: boolean): Told[] {
  const who = partyOf(leg)
  const base = { leg: leg.uuid }
  if (leg.answered !== null) {
    const start = Math.min(leg.rang ?? leg.created, leg.answered)
    const text = `${who} rang for ${lasting(start, leg.answered)}`
    return [
      { ...base, type: 'ringing', start, end: leg.answered, text },
      { ...base, type: 'answered', start: leg.answered, text: `${who} answered` },
    ]
  }
  if (leg.ended === null) {
    return [{ ...base, type: 'ringing', start: leg.rang ?? leg.created, end: null, text: `${who} is ringing` }]
  }
  if (leg.rang === null) {
    const cause = leg.cause ? `: ${causeWords(leg.cause)}` : ''
    return [{ ...base, type: 'failed', start: leg.ended, text: `${who} was not reached${cause}` }]
  }
  const words = isOrigin && leg.cause === 'ORIGINATOR_CANCEL' ? ' and did not answer' : unansweredWords(leg.cause)
  const text = `${who} rang for ${lasting(leg.rang, leg.ended)}${words}`
  return [{ ...base, type: 'ringing', start: leg.rang, end: leg.ended, text }]
}

/** A caller is answered by the switch where nobody else answers, and where what answers does not tell its own step. */
function switchAnswered(origin: Leg, called: readonly Leg[], applications: readonly Told[]): Told[] {
  const { answered, direction, uuid } = origin
  if (answered === null || direction === 'outbound') return []
  const together = [...called.map((leg) => leg.answered!), ...applications.map((step) => step.start)]
  if (together.some((time) => Math.abs(time - answered) <= TOGETHER)) return []
  return [{ type: 'answered', leg: uuid, start: answered, text: 'the switch answered' }]
}

/** Who left before the end, and who ended the call. */
function endings(all: readonly Leg[], origin: Leg, ended: number | null): Told[] {
  const gone = all.filter((leg) => leg.ended !== null && leg.answered !== null)
  const last = ended === null ? [] : all.filter((leg) => ended - leg.ended! <= TOGETHER)
  const left = gone
    .filter((leg) => !last.includes(leg) && leg.cause !== 'LOSE_RACE')
    .map((leg): Told => ({ type: 'left', leg: leg.uuid, start: leg.ended!, text: `${partyOf(leg)} left the call` }))
  if (ended === null) return left
  const leg = enderOf(last)
  const of = leg ?? (last.includes(origin) ? origin : last[0]!)
  const cause = of.cause ? `: ${causeWords(of.cause)}` : ''
  const text = `${leg ? `${partyOf(leg)} hung up` : `the switch ended the call`}${cause}`
  return [...left, { type: 'hung_up', leg: of.uuid, start: ended, text }]
}

/** The leg whose party hung up; undefined where the switch did, for whatever reason. */
function enderOf(last: readonly Leg[]): Leg | undefined {
  const told = last.find((leg) => leg.disposition === 'recv_bye' || leg.disposition === 'recv_cancel')
  if (told) return told
  // Legs that are no SIP do not tell: of two that ended normally it was the first.
  const normal = last.every((leg) => leg.disposition === null && leg.cause === 'NORMAL_CLEARING')
  return normal && last.length > 1 ? [...last].sort((a, b) => a.ended! - b.ended!)[0] : undefined
}

const lasting = (from: number, to: number) => spoken((to - from) / 1e6)
