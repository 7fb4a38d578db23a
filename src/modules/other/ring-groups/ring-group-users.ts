import { everything } from '../../../rest/access.ts'
import { ValidationError } from '../../../rest/errors.ts'
import type { Row } from '../../../rest/model/model.ts'
import { resource, type WriteContext } from '../../../rest/resource.ts'
import { noSuchRow } from '../../../rest/values/identity.ts'
import { inOwnDomain } from '../../access.ts'

/** Users to whom a ring group belongs; they are of its tenant. */
export const ringGroupUsers = resource('RingGroupUser', {
  path: 'ringgroupusers',
  tenant: 'ring_group_id__domain_id',
  order: ['ring_group_id', 'user_uuid'],
  search: ['ring_group_id__name', 'user_uuid__username'],
  access: { admin_api: everything, minor_admin_api: inOwnDomain('ring_group_id__domain_id') },
  within: { create: sameTenant, update: (row, _before, context) => sameTenant(row, context) },
})

/** The scope of administrators of the system holds users of every tenant. */
async function sameTenant(row: Row<'RingGroupUser'>, { tx }: WriteContext): Promise<void> {
  if (row.user_uuid === null) return
  const [group] = await tx.find('RingGroup', { id: row.ring_group_id })
  const [profile] = await tx.find('Profile', { user_uuid: row.user_uuid })
  if (group?.domain_id === profile?.domain_id) return
  throw new ValidationError({ user_uuid: [noSuchRow(row.user_uuid)] })
}
