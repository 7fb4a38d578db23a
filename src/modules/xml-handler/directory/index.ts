/** The directory: who may register, what is known of them, and which domains there are. */
import { document } from '../../../freeswitch/xml/write.ts'
import type { RowReader } from '../../../rest/database.ts'
import type { Answerer, Question } from '../question.ts'
import { callGroups, domains, type Listed, namedUsers, networks } from './lists.ts'
import { findUser } from './user.ts'
import { reverseAuthXml, userXml } from './user-xml.ts'

export interface DirectoryOptions {
  /** Finds one user, as most questions ask; others wait behind it, so it is not for lists. */
  readonly rows: RowReader
  /** Whether switches may keep users for a while: only where they are told when one changes. */
  readonly cacheable: boolean
}

/** Answers of users are in the domain that the question names, and of nothing else. */
export function directory({ rows, cacheable }: DirectoryOptions): Answerer {
  return async (question, database) => {
    const domain = domainOf(question)
    const list = listOf(question)
    if (list) {
      const elements = await list(database, domain)
      return elements && document('directory', elements)
    }
    const user = await findUser(rows, domain, question.field('user'))
    if (!user) return undefined
    const isReverse = question.field('action') === 'reverse-auth-lookup'
    return document('directory', [isReverse ? reverseAuthXml(user) : userXml(user, cacheable)])
  }
}

/** The switch names the domain in what it looks for where it has no field for it. */
const domainOf = ({ field }: Question): string =>
  field('domain') || (field('tag_name') === 'domain' && field('key_name') === 'name' ? field('key_value') : '')

type List = (database: Parameters<Answerer>[1], domain: string) => Listed

/** What list is asked for; undefined: a user. The variables of a call may be fields, and say nothing of that. */
function listOf({ field }: Question): List | undefined {
  if (field('key') === 'id') return undefined
  const asker = field('Event-Calling-Function')
  if (field('purpose') === 'gateways' || asker === 'switch_xml_locate_domain') return domains
  if (field('purpose') === 'network-list' || asker === 'switch_load_network_lists') return networks
  if (field('action') === 'group_call') return callGroups
  if (asker === 'populate_database' && field('Event-Calling-File') === 'mod_directory.c') return namedUsers
  return undefined
}
