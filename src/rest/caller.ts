/** Who asks. Sign-in makes callers; the engine reads them to decide what may be done and which rows there are. */

/** Roles from most to least powerful; each is also the name of the group that gives it (contract section 6). */
export const ROLES = ['admin_api', 'minor_admin_api', 'user_api'] as const
export type Role = (typeof ROLES)[number]

export interface Caller {
  readonly userId: number
  readonly username: string
  /** null: signed in, but in none of the groups that give a role. */
  readonly role: Role | null
  readonly groups: readonly string[]
  /** The tenant of the caller's profile. */
  readonly domainId: string | null
  /** The profile's `user_uuid`, by which extensions know their users. */
  readonly userUuid: string | null
  readonly profileId: number | null
  readonly tokenId: number
}

export type Right = 'list' | 'retrieve' | 'create' | 'update' | 'delete'

/** The highest role that membership of these groups, or being superuser, gives. */
export function roleOf(groups: readonly string[], isSuperuser: boolean): Role | null {
  if (isSuperuser) return 'admin_api'
  return ROLES.find((role) => groups.includes(role)) ?? null
}
