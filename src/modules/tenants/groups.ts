import { everything, readEverything } from '../../rest/access.ts'
import { ROLES } from '../../rest/caller.ts'
import { resource } from '../../rest/resource.ts'

const NEEDED = `The groups ${ROLES.join(', ')} decide roles: they cannot be renamed or deleted.`

/** Permission groups. Three of them give the roles; others are for the use of clients. */
export const groups = resource('Group', {
  path: 'groups',
  order: ['name'],
  search: ['name'],
  access: { admin_api: everything, minor_admin_api: readEverything },
  refuse({ values, before }) {
    const needed = before !== null && (ROLES as readonly string[]).includes(before.name)
    const changed = values === null || (values.name !== undefined && values.name !== before?.name)
    return needed && changed ? { non_field_errors: [NEEDED] } : undefined
  },
  after: { write: (_group, { services }) => services.callers.settled() },
})
