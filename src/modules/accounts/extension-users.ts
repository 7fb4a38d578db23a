import { everything } from '../../rest/access.ts'
import type { Row } from '../../rest/model/model.ts'
import { resource, type WriteContext } from '../../rest/resource.ts'
import { inOwnDomain } from '../access.ts'

/** Which users own which extensions. The `default_user` one is what click-to-dial rings. */
export const extensionUsers = resource('ExtensionUser', {
  path: 'extensionuser',
  tenant: 'extension_id__domain_id',
  required: ['extension_id', 'user_uuid'],
  order: ['extension_id', 'default_user'],
  search: ['extension_id__extension', 'user_uuid__username'],
  access: { admin_api: everything, minor_admin_api: inOwnDomain('extension_id__domain_id') },
  within: { create: keepOneDefault, update: (row, _before, context) => keepOneDefault(row, context) },
})

/** A user has at most one default extension: the one made default last. */
async function keepOneDefault(row: Row<'ExtensionUser'>, { tx }: WriteContext): Promise<void> {
  if (!row.default_user || row.user_uuid === null) return
  // The profile's lock makes two requests for one user take turns.
  await tx.find('Profile', { user_uuid: row.user_uuid }, { lock: true })
  const others = await tx.find('ExtensionUser', { user_uuid: row.user_uuid, default_user: true })
  const ids = others.map((other) => other.id).filter((id) => id !== row.id)
  if (ids.length > 0) await tx.update('ExtensionUser', { id: ids }, { default_user: false })
}
