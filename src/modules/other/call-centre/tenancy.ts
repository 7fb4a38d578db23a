/** Queues and agents that work together are of one tenant. */
import type { Transaction } from '../../../rest/write/transaction.ts'

/** Why a queue or an agent cannot go to another tenant: tiers hold it; undefined: none does. */
export async function staysWithTenant(
  tx: Transaction,
  column: 'queue_id' | 'agent_id',
  id: string,
): Promise<string | undefined> {
  const [tier] = await tx.find('CallCentreTiers', { [column]: id })
  return tier && 'It stays in its domain while tiers refer to it: delete those first.'
}
