/** The words in which resources say whose rows they are (contract section 6). */
import type { Access, Predicate } from '../rest/access.ts'
import { allRights, rights } from '../rest/access.ts'
import type { Caller, Right } from '../rest/caller.ts'

/** The rows of the caller's tenant, which stands at the end of `path`. */
export const domainRows =
  (path: string) =>
  (caller: Caller): Predicate[] => [{ path, lookup: 'exact', value: caller.domainId }]

/**
 * Every right on the rows of the caller's own tenant, as a minor administrator has it. What hangs directly on a tenant
 * becomes the caller's when it names none; what hangs on another row must name that.
 */
export function inOwnDomain(path = 'domain_id'): Access {
  const access: Access = { ...allRights(domainRows(path)), secrets: true, needs: [path.split('__', 1)[0]!] }
  return path === 'domain_id' ? { ...access, own: { domain_id: (caller) => caller.domainId } } : access
}

/** The rows of no tenant: shared by all, for the system's administrators only. */
export const ofNoDomain: Predicate[] = [{ path: 'domain_id', lookup: 'isnull', value: true }]

/** The rows of the extensions that are the caller's, named at the end of `path`. */
export const ownExtensionRows =
  (path: string) =>
  (caller: Caller): Predicate[] => [
    {
      path,
      among: {
        model: 'ExtensionUser',
        column: 'extension_id',
        where: [{ path: 'user_uuid', lookup: 'exact', value: caller.userUuid }],
      },
    },
  ]

/** These rights on what belongs to the caller's own extensions; `changes` are the columns an update may change. */
export function ofOwnExtensions(path: string, names: readonly Right[], changes?: readonly string[]): Access {
  const access = rights(names, ownExtensionRows(path))
  return { ...access, needs: path === 'id' ? [] : [path.split('__', 1)[0]!], ...(changes && { changes }) }
}

/**
 * What a minor administrator may do with the people of its own tenant, and what hangs on them: everything, but those
 * who are more than it may only be seen. `userPath` ends at the id of the user.
 */
export function peopleOfOwnDomain(domainPath: string, userPath: string): Access {
  const seen = domainRows(domainPath)
  const touched = (caller: Caller): Predicate[] => [...seen(caller), ...notAdministrators(userPath)]
  return { rights: { list: seen, retrieve: seen, create: touched, update: touched, delete: touched } }
}

function notAdministrators(userPath: string): Predicate[] {
  const administrators: Predicate[] = [{ path: 'group_id__name', lookup: 'exact', value: 'admin_api' }]
  const superusers: Predicate[] = [{ path: 'is_superuser', lookup: 'exact', value: true }]
  return [
    { path: userPath, among: { model: 'UserGroup', column: 'user_id', where: administrators }, not: true },
    { path: userPath, among: { model: 'User', column: 'id', where: superusers }, not: true },
  ]
}
