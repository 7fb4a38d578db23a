/** Rows that are told anew for each request (live.ts), as the engine gets them. */
import type { Services } from './services.ts'

/** What there is, as far as it could be found out. */
export interface LiveRows<Row = Readonly<Record<string, unknown>>> {
  readonly rows: readonly Row[]
  /** How many of those who know rows could not be asked. */
  readonly unreached: number
}

/** What the engine keeps of a live collection beside what every resource has. */
export interface Live {
  rows(services: Services, latest: boolean): Promise<LiveRows>
}
