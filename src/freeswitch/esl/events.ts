import { percentDecoded } from '../records/percent.ts'
import { readHeaders } from './frames.ts'

/** What happened on a switch. */
export interface SocketEvent {
  /** Decoded. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** As it came. */
  readonly bytes: number
}

/** The body of a `text/event-plain` frame: percent-encoded headers, and a body where there is more. */
export function readEvent(frame: Buffer): SocketEvent {
  const end = frame.indexOf('\n\n')
  const head = end === -1 ? frame : frame.subarray(0, end)
  const headers = readHeaders(head.toString('utf8'), percentDecoded)
  const rest = end === -1 ? undefined : frame.subarray(end + 2)
  const length = Number(headers['Content-Length'] ?? 0)
  if (!rest || rest.length === 0 || !(length > 0)) return { headers, bytes: frame.length }
  return { headers, body: rest.toString('utf8', 0, Math.min(length, rest.length)), bytes: frame.length }
}
