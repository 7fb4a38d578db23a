/** What is asked of the directory as a whole: its domains, and the users of one that have something in common. */
import { unexpanded } from '../../../freeswitch/dialplan/expansion.ts'
import { element } from '../../../freeswitch/xml/write.ts'
import type { Connection, TextRow } from '../../../rest/database.ts'
import { pair, plainDomainXml, usersXml } from './domain-xml.ts'

/** Elements of the section `directory`; undefined: there is no such domain. */
export type Listed = Promise<readonly string[] | undefined>

/** Names of all tenants, which sofia takes as names of its profile. */
export async function domains(database: Connection): Listed {
  const text = 'SELECT "name" FROM "domains" WHERE "enabled" ORDER BY "name"'
  const rows = await database.runText({ name: 'directory-domains', text, values: [] })
  return rows.map(([name]) => plainDomainXml(name!))
}

/** Users that an access list lets in by their addresses. */
export async function networks(database: Connection, domain: string): Listed {
  const rows = await usersOf(database, 'directory-networks', NETWORKS, domain)
  return rows && withUsers(domain, rows, ([id, cidr]) => element('user', { id, cidr }))
}

/** Users by the names of their call groups, to ring all of one. */
export async function callGroups(database: Connection, domain: string): Listed {
  const rows = await usersOf(database, 'directory-groups', GROUPS, domain)
  if (!rows) return undefined
  const groups = new Map<string, string[]>()
  for (const [extension, names] of rows) {
    for (const name of names!.toLowerCase().replaceAll(' ', '').split(',')) {
      if (name !== '') groups.set(name, [...(groups.get(name) ?? []), extension!])
    }
  }
  const named = [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const elements = named.map(([name, extensions]) =>
    element(
      'group',
      { name: unexpanded(name) },
      extensions.map((id) => element('user', { id, type: 'pointer' })),
    ),
  )
  return [plainDomainXml(domain, [element('groups', {}, elements)])]
}

/** Users that mod_directory finds by their names. */
export async function namedUsers(database: Connection, domain: string): Listed {
  const rows = await usersOf(database, 'directory-names', NAMES, domain)
  return rows && withUsers(domain, rows, namedUser)
}

const USERS = (columns: string, condition: string) => `SELECT ${columns} FROM "domains" d
  LEFT JOIN "extensions" e ON e."domain_id" = d."id" AND e."enabled" AND (${condition})
  WHERE d."name" = $1 AND d."enabled" ORDER BY e."extension"`

const NETWORKS = USERS('e."extension", e."cidr"', `e."cidr" <> ''`)
const GROUPS = USERS('e."extension", e."call_group"', `e."call_group" <> ''`)
const NAMES = USERS(
  `e."extension", e."number_alias", e."directory_visible", e."directory_exten_visible",
   e."effective_caller_id_name", concat_ws(' ', nullif(e."directory_first_name", ''), nullif(e."directory_last_name", ''))`,
  'e."directory_visible" OR e."directory_exten_visible"',
)

/** Rows of users, of which a domain may have none. */
async function usersOf(
  database: Connection,
  name: string,
  text: string,
  domain: string,
): Promise<readonly TextRow[] | undefined> {
  if (domain === '') return undefined
  const rows = await database.runText({ name, text, values: [domain] })
  return rows.length > 0 ? rows.filter(([extension]) => extension !== null) : undefined
}

/** The domain with these users; a domain without any has no place in a list. */
function withUsers(domain: string, rows: readonly TextRow[], render: (row: TextRow) => string): string[] {
  return rows.length > 0 ? [plainDomainXml(domain, [usersXml(rows.map(render))])] : []
}

function namedUser([id, alias, isVisible, isExtensionVisible, callerName, fullName]: TextRow): string {
  const visible = [
    ['directory-visible', String(isVisible === 't')],
    ['directory-exten-visible', String(isExtensionVisible === 't')],
  ] as const
  const names = [
    ['effective_caller_id_name', callerName],
    ['directory_full_name', fullName],
  ] as const
  return element('user', { id, 'number-alias': alias || undefined }, [
    element(
      'params',
      {},
      visible.map(([name, value]) => pair('param', name, value)),
    ),
    element('variables', {}, [
      ...visible.map(([name, value]) => pair('variable', name, value)),
      ...names.flatMap(([name, value]) => (value ? [pair('variable', name, unexpanded(value))] : [])),
    ]),
  ])
}
