import { everything } from '../../../rest/access.ts'
import { ValidationError } from '../../../rest/errors.ts'
import type { Row } from '../../../rest/model/model.ts'
import { resource, type WriteContext } from '../../../rest/resource.ts'
import { inOwnDomain } from '../../access.ts'

type Tier = Row<'CallCentreTiers'>

/** Which agents answer which queues, level by level and within one by position. */
export const callCentreTiers = resource('CallCentreTiers', {
  path: 'callcentretiers',
  tenant: 'queue_id__domain_id',
  order: ['queue_id', 'agent_id'],
  search: ['queue_id__name', 'queue_id__extension', 'agent_id__name', 'agent_id__agent_id'],
  access: { admin_api: everything, minor_admin_api: inOwnDomain('queue_id__domain_id') },
  within: { create: checkPair, update: (row, _before, context) => checkPair(row, context) },
})

/** A queue has an agent of its own tenant, and has it once. */
async function checkPair(row: Tier, { tx }: WriteContext): Promise<void> {
  const { queue_id, agent_id } = row
  // Their locks make two requests for one pair take turns, and keep both where they are meanwhile.
  const [agent] = await tx.find('CallCentreAgents', { id: agent_id }, { lock: true })
  const [queue] = await tx.find('CallCentreQueues', { id: queue_id }, { lock: true })
  if (agent?.domain_id !== queue?.domain_id) {
    throw new ValidationError({ agent_id: ["The agent is not of the queue's domain."] })
  }
  const pairs = await tx.find('CallCentreTiers', { queue_id, agent_id })
  if (pairs.some(({ id }) => id !== row.id)) {
    const set = 'The fields queue_id, agent_id must make a unique set.'
    throw new ValidationError({ non_field_errors: [set], agent_id: ['The agent is in this queue already.'] })
  }
}
