/** When a call began, was answered, was put through and ended. */
import type { CallRecord } from '../../../freeswitch/records/record.ts'
import { UnreadableRecord } from '../../../freeswitch/records/unreadable.ts'

/** In microseconds since 1970, undefined for what never happened. */
export interface CallTimes {
  readonly start: number
  readonly answer: number | undefined
  readonly bridge: number | undefined
  readonly end: number | undefined
}

/** Throws UnreadableRecord for a record that does not say when its call began. */
export function timesOf(record: CallRecord): CallTimes {
  const start = timeOf(record, 'start', 'created_time')
  if (start === undefined) throw new UnreadableRecord('The call record does not say when the call began.')
  return {
    start,
    answer: timeOf(record, 'answer', 'answered_time'),
    bridge: timeOf(record, 'bridge', 'bridged_time'),
    end: timeOf(record, 'end', 'hangup_time'),
  }
}

/** ISO text in UTC, to the microsecond. */
export function isoText(micros: number): string {
  const milliseconds = new Date(Math.floor(micros / 1000)).toISOString().slice(0, -1)
  return `${milliseconds}${String(micros % 1000).padStart(3, '0')}Z`
}

export const secondsOf = (micros: number): number => Math.floor(micros / 1_000_000)
export const millisecondsOf = (micros: number): number => Math.floor(micros / 1000)

/** Stamps are left alone: they are in the switch's time zone, which it does not tell. */
function timeOf(record: CallRecord, name: string, flowTime: string): number | undefined {
  return (
    positive(record.variable(`${name}_uepoch`)) ??
    record.callflows.map((callflow) => positive(record.time(callflow, flowTime))).find(Boolean) ??
    positive(record.variable(`${name}_epoch`), 1_000_000)
  )
}

/** FreeSWITCH writes 0 for what did not happen. */
function positive(text: string | undefined, factor = 1): number | undefined {
  const number = text !== undefined && /^\d+$/.test(text) ? Number(text) * factor : 0
  return number > 0 && Number.isSafeInteger(number) ? number : undefined
}
