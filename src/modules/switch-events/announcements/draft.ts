/** What an event announces before it is known which tenant and which extension it is about. */
import type { EventType } from '../../events/types.ts'

export interface Draft {
  readonly type: EventType
  readonly tenantId: string | null
  /** The surest first. */
  readonly tenantNames: readonly string[]
  /** Whose telephone it is: a number, and the domain it is of. */
  readonly user: string | null
  readonly userDomain: string | null
  readonly data: Readonly<Record<string, unknown>>
}
