import { randomUUID } from 'node:crypto'
import { everything, rights } from '../../rest/access.ts'
import type { Row } from '../../rest/model/model.ts'
import { resource, type WriteContext } from '../../rest/resource.ts'
import { domainRows } from '../access.ts'

/** Tenants. */
export const domains = resource('Domain', {
  path: 'domains',
  tenant: 'id',
  order: ['name'],
  search: ['name', 'portal_name', 'description'],
  defaults: { portal_name: () => `${randomUUID()}.com` },
  access: {
    admin_api: everything,
    minor_admin_api: {
      ...rights(['list', 'retrieve', 'update'], domainRows('id')),
      reserved: ['name', 'enabled', 'home_switch'],
    },
  },
  within: { update: renameContexts },
  // A disabled or deleted domain ends the access of its users.
  after: { write: (_domain, { services }) => services.callers.settled() },
})

/** Extensions dial in the context of their domain's name, so they follow it; those with another stay in theirs. */
async function renameContexts(domain: Row<'Domain'>, before: Row<'Domain'>, { tx }: WriteContext): Promise<void> {
  if (domain.name === before.name) return
  const own = { domain_id: domain.id }
  await tx.update('Extension', { ...own, user_context: before.name }, { user_context: domain.name })
  const [code, oldCode] = [domain.name, before.name].map((name) => name.slice(0, 32)) as [string, string]
  await tx.update('Extension', { ...own, accountcode: oldCode }, { accountcode: code })
}
