/** Who a user is: what sign-in and every request read of it, and whether it may come in at all. */
import { type Caller, roleOf } from '../rest/caller.ts'

/** A row of `SELECT ${ACCOUNT_COLUMNS} FROM ${ACCOUNT_TABLES}`. */
export interface Account {
  readonly userId: number
  readonly username: string
  readonly isActive: boolean
  readonly isSuperuser: boolean
  readonly groups: string[]
  readonly profileId: number | null
  readonly profileEnabled: boolean | null
  readonly userUuid: string | null
  readonly domainId: string | null
  readonly domainEnabled: boolean | null
}

export const ACCOUNT_TABLES = `users AS u
  LEFT JOIN profiles AS p ON p.user_id = u.id
  LEFT JOIN domains AS d ON d.id = p.domain_id`

export const ACCOUNT_COLUMNS = `u.id AS "userId", u.username, u.is_active AS "isActive",
  u.is_superuser AS "isSuperuser",
  ARRAY(SELECT g.name::text FROM user_groups AS ug JOIN groups AS g ON g.id = ug.group_id
        WHERE ug.user_id = u.id ORDER BY g.name) AS groups,
  p.id AS "profileId", p.enabled AS "profileEnabled", p.user_uuid AS "userUuid",
  p.domain_id AS "domainId", d.enabled AS "domainEnabled"`

/** Whether the user, its profile or (but for administrators of the whole system) its tenant is disabled. */
export function isShutOut(account: Account): boolean {
  if (!account.isActive || account.profileEnabled === false) return true
  return account.domainEnabled === false && roleOf(account.groups, account.isSuperuser) !== 'admin_api'
}

export function callerOf(account: Account, tokenId: number): Caller {
  return Object.freeze({
    userId: account.userId,
    username: account.username,
    role: roleOf(account.groups, account.isSuperuser),
    groups: account.groups,
    domainId: account.domainId,
    userUuid: account.userUuid,
    profileId: account.profileId,
    tokenId,
  })
}
