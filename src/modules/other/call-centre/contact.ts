/** Where an agent is called: a dial string of FreeSWITCH, which can do far more than ring a telephone. */
import { variablesError } from '../../../freeswitch/dialplan/expansion.ts'
import type { Role } from '../../../rest/caller.ts'
import type { Connection } from '../../../rest/database.ts'
import { isNumber, type Place } from '../../dialling/destinations.ts'
import { dialledBy } from '../../dialling/numbers.ts'

const NUMBER = '[0-9A-Za-z*#+._-]{1,64}'
const USER = new RegExp(`^user/${NUMBER}@([^@/\\s]+)$`)
const LOOPBACK = new RegExp(`^loopback/${NUMBER}/([^@/\\s]+)$`)

/**
 * The dial string that text stands for. An extension of the tenant is dialled as a user; who administers one tenant may
 * write users and loopbacks of that tenant only, where nothing sets variables, adds a leg or names another endpoint.
 */
export async function readContact(
  db: Pick<Connection, 'run'>,
  domain: Place | undefined,
  text: string,
  role: Role,
): Promise<{ contact: string } | { error: string }> {
  if (isNumber(text)) return ofExtension(db, domain, text)
  const [, name] = USER.exec(text) ?? LOOPBACK.exec(text) ?? []
  if (name !== undefined && name === domain?.name) return { contact: text }
  if (role === 'admin_api') {
    const error = variablesError(text)
    return error === undefined ? { contact: text } : { error }
  }
  const own = domain?.name ?? 'DOMAIN'
  return { error: `Give an extension of this domain, user/NUMBER@${own} or loopback/NUMBER/${own}.` }
}

async function ofExtension(db: Pick<Connection, 'run'>, domain: Place | undefined, number: string) {
  const [found] = domain ? await dialledBy(db, domain.id, [number]) : []
  if (domain && (found?.kind === 'extension' || found?.kind === 'alias')) {
    return { contact: `user/${number}@${domain.name}` }
  }
  return { error: `There is no extension ${number} in this domain.` }
}
