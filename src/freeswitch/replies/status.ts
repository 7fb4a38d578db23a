/** What a switch answers to `status`: eight lines for people. */

export interface SwitchStatus {
  readonly uptime_seconds: number | null
  readonly version: string | null
  /** Whether it takes calls. */
  readonly ready: boolean
  readonly sessions: number | null
  readonly sessions_peak: number | null
  readonly sessions_peak_5min: number | null
  readonly sessions_since_startup: number | null
  readonly sessions_max: number | null
  readonly sessions_per_second: number | null
  readonly sessions_per_second_max: number | null
  readonly cpu_idle_percent: number | null
}

/** Each value by itself: a line that is missing or worded otherwise leaves null. */
export function readStatus(text: string): SwitchStatus {
  const number = (pattern: RegExp) => {
    const match = pattern.exec(text)?.[1]
    return match === undefined ? null : Number(match)
  }
  return {
    uptime_seconds: uptimeOf(text),
    version: /^FreeSWITCH \(Version (\S{1,64})/m.exec(text)?.[1] ?? null,
    ready: /^FreeSWITCH .{0,200}\bis ready$/m.test(text),
    sessions: number(/^(\d{1,9}) session\(s\) - peak/m),
    sessions_peak: number(/^\d{1,9} session\(s\) - peak (\d{1,9})/m),
    sessions_peak_5min: number(/^\d{1,9} session\(s\) - peak \d{1,9}, last 5min (\d{1,9})/m),
    sessions_since_startup: number(/^(\d{1,15}) session\(s\) since startup/m),
    sessions_max: number(/^(\d{1,9}) session\(s\) max/m),
    sessions_per_second: number(/^(\d{1,9}) session\(s\) per Sec/m),
    sessions_per_second_max: number(/^\d{1,9} session\(s\) per Sec out of max (\d{1,9})/m),
    cpu_idle_percent: number(/^min idle cpu \d{1,3}(?:\.\d{1,6})?\/(\d{1,3}(?:\.\d{1,6})?)/m),
  }
}

const UNITS = { year: 31_536_000, day: 86_400, hour: 3600, minute: 60, second: 1 }

function uptimeOf(text: string): number | null {
  const line = /^UP (\d{1,6} years?, .{0,200})$/m.exec(text)?.[1]
  if (line === undefined) return null
  let seconds = 0
  for (const [unit, length] of Object.entries(UNITS)) {
    seconds += Number(new RegExp(`\\b(\\d{1,6}) ${unit}s?\\b`).exec(line)?.[1] ?? 0) * length
  }
  return seconds
}
