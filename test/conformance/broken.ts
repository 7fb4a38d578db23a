/** Resources that break a promise each, on purpose, and one that breaks none. */
import { inOwnDomain, ofOwnExtensions } from '../../src/modules/access.ts'
import { bridges } from '../../src/modules/accounts/bridges.ts'
import { extensionUsers } from '../../src/modules/accounts/extension-users.ts'
import { extensions } from '../../src/modules/accounts/extensions.ts'
import { gateways } from '../../src/modules/accounts/gateways.ts'
import { moduleOf } from '../../src/plugins/resources.ts'
import { allRights, everything } from '../../src/rest/access.ts'
import type { Field } from '../../src/rest/fields.ts'
import type { Compiled } from '../../src/rest/registry.ts'
import type { Resource } from '../../src/rest/resource.ts'

const mine = inOwnDomain()
const users = extensions.access.user_api!
/** The same without the promise a key makes. */
function without<T extends object>(whole: T, key: keyof T): T {
  const { [key]: _left, ...rest } = whole
  return rest as T
}
const minor = (access: Resource['access']['minor_admin_api']): Resource['access'] => ({
  admin_api: everything,
  minor_admin_api: access,
})

const broken: readonly Resource[] = [
  // Definitions that are wrong.
  { ...bridges, path: 'bridges_of_all', access: minor({ ...mine, ...allRights(() => []) }) },
  {
    ...bridges,
    path: 'bridges_deleted_by_all',
    access: minor({ ...mine, rights: { ...mine.rights, delete: () => [] } }),
  },
  { ...bridges, path: 'bridges_not_created', access: minor({ ...mine, rights: without(mine.rights, 'create') }) },
  { ...bridges, path: 'bridges_of_users', access: { ...bridges.access, user_api: allRights(() => []) } },
  { ...bridges, path: 'bridges_by_destination', order: ['domain_id', 'destination'] },
  { ...bridges, path: 'bridges_hidden', hidden: ['description'] },
  { ...bridges, path: 'bridges_demanding', required: ['description'] },
  { ...gateways, path: 'gateways_not_systems', access: minor(mine) },
  { ...extensions, path: 'extensions_leaky', access: { ...extensions.access, user_api: { ...users, secrets: true } } },
  {
    ...extensions,
    path: 'extensions_free',
    access: { ...extensions.access, user_api: ofOwnExtensions('id', ['list', 'retrieve', 'update']) },
  },
  // Sound definitions, for an engine that is wrong about them: see `sabotages`.
  ...['unlimited', 'unordered', 'forgetful', 'misread', 'unfiltered'].map((how) => ({
    ...bridges,
    path: `bridges_${how}`,
  })),
]

/** In place of the accounts module. */
export default moduleOf('accounts', [extensions, extensionUsers, bridges, ...broken])

/** How the engine goes wrong, by the path of the resource: what it made of a field is replaced. */
const sabotages: Readonly<Record<string, [string, (field: Field) => Partial<Field>]>> = {
  bridges_unlimited: ['description', () => ({ parse: (input) => ({ ok: true, value: String(input).slice(0, 64) }) })],
  bridges_unordered: ['name', () => ({ expression: 'NULL::text' })],
  bridges_forgetful: ['description', () => ({ writable: false })],
  bridges_misread: ['enabled', () => ({ select: 'true' })],
  bridges_unfiltered: ['destination', () => ({ path: 'name' })],
}

/** Makes the engine go wrong about a resource, where its path says so. */
export function sabotage({ resource, fields, views }: Compiled): void {
  const [name, change] = sabotages[resource.path] ?? []
  if (!name || !change) return
  const field = fields.get(name)!
  const changed = { ...field, ...change(field) }
  for (const map of [fields, ...[...views.values()].map((view) => view.shown)]) {
    ;(map as Map<string, Field>).set(name, changed)
  }
}
