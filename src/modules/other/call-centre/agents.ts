import { randomInt } from 'node:crypto'
import { everything } from '../../../rest/access.ts'
import { ValidationError } from '../../../rest/errors.ts'
import type { Row } from '../../../rest/model/model.ts'
import { resource, type WriteContext } from '../../../rest/resource.ts'
import { inOwnDomain } from '../../access.ts'
import { domainOf } from '../../dialling/destinations.ts'
import { readContact } from './contact.ts'
import { staysWithTenant } from './tenancy.ts'

type Agent = Row<'CallCentreAgents'>

/** As long as DjangoPBX makes them. */
const PIN_DIGITS = 5

/** People who answer queues. */
export const callCentreAgents = resource('CallCentreAgents', {
  path: 'callcentreagents',
  tenant: 'domain_id',
  hidden: ['data'],
  required: ['domain_id', 'agent_id'],
  order: ['domain_id', 'user_uuid', 'name'],
  search: ['name', 'agent_id', 'contact'],
  defaults: { agent_pin: () => String(randomInt(10 ** PIN_DIGITS)).padStart(PIN_DIGITS, '0') },
  access: { admin_api: everything, minor_admin_api: inOwnDomain() },
  within: { create: (row, context) => settle(row, null, context), update: settle },
})

/** Refuses what no column can see, and writes a contact that is an extension as what dials it. */
async function settle(row: Agent, before: Agent | null, { tx, caller }: WriteContext): Promise<void> {
  const moved = before !== null && before.domain_id !== row.domain_id
  const asked = (name: keyof Agent) => before === null || moved || before[name] !== row[name]
  const errors: Record<string, string[]> = {}
  const say = (name: string, sentence: string | undefined) => {
    if (sentence !== undefined) errors[name] = [sentence]
  }
  say('domain_id', moved ? await staysWithTenant(tx, 'agent_id', row.id) : undefined)
  say('user_uuid', asked('user_uuid') ? await userError(tx, row) : undefined)
  let contact = row.contact
  if (contact && asked('contact')) {
    const read = await readContact(tx, await domainOf(tx, row.domain_id), contact, caller.role!)
    if ('error' in read) say('contact', read.error)
    else contact = read.contact
  }
  if (Object.keys(errors).length > 0) throw new ValidationError(errors)
  if (contact !== row.contact) await tx.update('CallCentreAgents', { id: row.id }, { contact })
}

async function userError(tx: WriteContext['tx'], { user_uuid, domain_id }: Agent): Promise<string | undefined> {
  if (user_uuid === null) return undefined
  const [profile] = await tx.find('Profile', { user_uuid })
  return profile?.domain_id === domain_id ? undefined : "The user is not of the agent's domain."
}
