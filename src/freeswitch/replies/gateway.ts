import { sofiaRecords } from './sofia.ts'

/** A gateway as a switch has it. */
export interface GatewayState {
  /** Of its registration: NOREG (it does not register), REGED, TRYING, FAIL_WAIT …; NOT_LOADED: the switch has none. */
  readonly state: string
  /** UP or DOWN: whether calls are sent there. */
  readonly status?: string
  readonly ping_ms?: number
  readonly uptime_seconds?: number
  readonly calls_in?: number
  readonly calls_out?: number
  readonly failed_calls_in?: number
  readonly failed_calls_out?: number
  /** Until it registers again, where that failed. */
  readonly retry_seconds?: number
}

/** What `sofia xmlstatus gateway NAME` answers. */
export function readGateway(reply: string): GatewayState {
  const [found] = sofiaRecords(reply, 'gateway')
  if (!found) return { state: 'NOT_LOADED' }
  const { state = 'UNKNOWN', status = 'UNKNOWN', retry } = found
  return {
    state,
    status,
    ping_ms: numberOf(found.pingtime),
    uptime_seconds: Math.floor(numberOf(found['uptime-usec']) / 1_000_000),
    calls_in: numberOf(found['calls-in']),
    calls_out: numberOf(found['calls-out']),
    failed_calls_in: numberOf(found['failed-calls-in']),
    failed_calls_out: numberOf(found['failed-calls-out']),
    ...(retry !== undefined && { retry_seconds: numberOf(retry) }),
  }
}

/** `0.00`, `13s`; what is no number is 0. */
const numberOf = (text = ''): number => Number.parseFloat(text) || 0
