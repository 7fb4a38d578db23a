/** How long a connection to a switch waits, and how much it holds. */

export interface Bounds {
  /** From the first packet to the end of the sign-in. */
  readonly signInMs: number
  /** Of silence, after which the switch is asked for a sign of life. */
  readonly quietMs: number
  /** For that sign. */
  readonly signMs: number
  /** For a reply that is overdue; then the connection counts as dead. */
  readonly graceMs: number
  /** Until the first new try; doubled with every failure. */
  readonly firstTryMs: number
  readonly lastTryMs: number
  /** After a wrong password or a rejection, so that the switch's log and its ban list stay short. */
  readonly refusedMs: number
  /** A connection that lasted as long makes failures before it forgotten. */
  readonly stableMs: number
  /** Commands that wait for their turn. */
  readonly waiting: number
  /** Commands that the switch works on in the background. */
  readonly jobs: number
  readonly headerBytes: number
  readonly bodyBytes: number
  /** Events that wait for their handler. */
  readonly events: number
  readonly eventBytes: number
}

export const BOUNDS: Bounds = {
  signInMs: 10_000,
  quietMs: 3_000,
  signMs: 3_000,
  graceMs: 2_000,
  firstTryMs: 250,
  lastTryMs: 15_000,
  refusedMs: 30_000,
  stableMs: 10_000,
  waiting: 256,
  jobs: 256,
  headerBytes: 65_536,
  bodyBytes: 16 * 2 ** 20,
  events: 2_000,
  eventBytes: 16 * 2 ** 20,
}
