import { randomUUID } from 'node:crypto'
import { everything, rights } from '../../rest/access.ts'
import type { Row } from '../../rest/model/model.ts'
import { resource, type WriteContext } from '../../rest/resource.ts'
import { domainRows } from '../access.ts'
import { insertDefaults } from '../dialplans/defaults/index.ts'

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
  // Its entries would stand in the context that calls from outside come in by.
  refuse: ({ values }) =>
    values?.name?.toLowerCase() === 'public'
      ? { name: ['"public" is the context of calls from outside, so no domain can have this name.'] }
      : undefined,
  within: {
    async createAll(created, { tx, caller }) {
      await tx.run(
        insertDefaults(
          created.map(({ row }) => row),
          caller.username,
        ),
      )
    },
    update: renameContexts,
  },
  // A disabled or deleted domain ends the access of its users.
  after: { write: (_domain, { services }) => services.callers.settled() },
})

/**
 * Extensions dial in the context of their domain's name, so they follow it, and with them what they find there; those
 * with another context stay in theirs. What XML says of the name stays as it is: the entries a domain begins with say
 * `${domain_name}` and `${context}`.
 */
async function renameContexts(domain: Row<'Domain'>, before: Row<'Domain'>, { tx }: WriteContext): Promise<void> {
  if (domain.name === before.name) return
  const own = { domain_id: domain.id }
  await tx.update('Extension', { ...own, user_context: before.name }, { user_context: domain.name })
  // An administrator may have put entries of no domain there.
  for (const domain_id of [domain.id, null]) {
    await tx.update('Dialplan', { domain_id, context: before.name }, { context: domain.name })
  }
  const [code, oldCode] = [domain.name, before.name].map((name) => name.slice(0, 32)) as [string, string]
  await tx.update('Extension', { ...own, accountcode: oldCode }, { accountcode: code })
}
