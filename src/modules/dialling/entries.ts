/** Dialplan entries that make the number of something reachable, kept in step with it in the same transaction. */
import { randomUUID } from 'node:crypto'
import { type Condition, dialplanXml } from '../../freeswitch/dialplan/extension.ts'
import type { Transaction } from '../../rest/write/transaction.ts'

/** What the entry of a thing is made of. */
export interface Entry {
  readonly domain_id: string | null
  /** DjangoPBX's id of the application that such entries belong to. */
  readonly app_id: string
  readonly category: string
  readonly name: string
  readonly number: string
  readonly context: string
  readonly sequence: number
  readonly enabled: boolean
  readonly description: string | null
  readonly conditions: readonly Condition[]
}

/** Makes the entry or, where `dialplanId` has one still, changes it. Gives its id. */
export async function keepEntry(tx: Transaction, dialplanId: string | null, entry: Entry): Promise<string> {
  const id = dialplanId ?? randomUUID()
  const { conditions, ...columns } = entry
  const xml = dialplanXml({ name: entry.name, continue: false, uuid: id, conditions })
  const values = { ...columns, xml, destination: false, dp_continue: false }
  if (dialplanId !== null && (await tx.update('Dialplan', { id }, values)) > 0) return id
  await tx.insert('Dialplan', { id, ...values })
  return id
}

/** Removes the entry of what is gone. */
export async function removeEntry(tx: Transaction, dialplanId: string | null): Promise<void> {
  if (dialplanId !== null) await tx.delete('Dialplan', { id: dialplanId })
}
