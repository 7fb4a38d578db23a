/** What the switch played to a leg, and what was recorded of it. */
import { type Leg, partyOf, type StoryEvent } from './legs.ts'
import type { Told } from './shape.ts'
import { spoken } from './words.ts'

/** Applications whose playing is what they are for; of others (a mailbox, hold music) other steps tell. */
const PLAYERS = new Set([
  'playback',
  'loop_playback',
  'endless_playback',
  'play_and_get_digits',
  'read',
  'phrase',
  'say',
])

/** Sounds that follow each other within so many microseconds are one announcement. */
const PAUSE = 1_500_000

interface Announcement {
  readonly leg: string
  readonly start: number
  end: number | null
  readonly files: Set<string>
}

/** Announcements as steps with their lengths, and finished recordings. */
export function soundSteps(events: readonly StoryEvent[], legs: ReadonlyMap<string, Leg>): Told[] {
  const announcements: Announcement[] = []
  const recorded: Told[] = []
  for (const event of events) {
    const { unique_id: leg, event_name, event_epoch } = event
    if (leg === null) continue
    if (event_name === 'PLAYBACK_START' && PLAYERS.has(event.application ?? '')) play(announcements, leg, event)
    if (event_name === 'PLAYBACK_STOP') {
      const open = announcements.findLast((one) => one.leg === leg)
      if (open && open.end === null) open.end = event_epoch
    }
    if (event_name === 'RECORD_STOP' && event.application !== 'voicemail') recorded.push(recording(leg, event))
  }
  const played = announcements.map(({ leg, start, end, files }): Told => {
    const until = end ?? legs.get(leg)?.ended ?? null
    const length = until === null ? '' : ` for ${spoken((until - start) / 1e6)}`
    const [only] = files.size === 1 ? files : []
    return {
      type: 'played',
      leg,
      start,
      end: until,
      text: `${partyOf(legs.get(leg))} heard ${only || 'an announcement'}${length}`,
    }
  })
  return [...played, ...recorded]
}

function play(announcements: Announcement[], leg: string, { event_epoch, application_file_path }: StoryEvent): void {
  const file = application_file_path?.split('/').at(-1) ?? ''
  const before = announcements.findLast((one) => one.leg === leg)
  if (before && (before.end === null || event_epoch - before.end <= PAUSE)) {
    before.files.add(file)
    before.end = null
  } else {
    announcements.push({ leg, start: event_epoch, end: null, files: new Set([file]) })
  }
}

function recording(leg: string, { event_epoch: start, application_seconds: seconds }: StoryEvent): Told {
  const text = seconds === null ? 'the call was recorded' : `the call was recorded for ${spoken(Number(seconds))}`
  return { type: 'recorded', leg, start, text }
}
