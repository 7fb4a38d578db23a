/**
 * Takes call records in: from switches that post them, from their spool, and again from those that were rejected.
 * Nothing is lost: a record is in xml_cdrs or in cdr_rejects before it is answered for, or the intake fails and the
 * switch keeps it.
 */
import type { Database } from '../../../rest/database.ts'
import { Batches } from './batches.ts'
import { type Prepared, prepare, type Received, UnreadableRecord } from './received.ts'
import { keepReject } from './rejects.ts'
import { MOST_ROWS, type Refused, type Stored, storeRecords } from './store.ts'

/** `dropped`: a b leg that nobody wants. */
export type Outcome = Stored | { readonly kind: 'dropped' }

export class Intake {
  private readonly database: Database
  private readonly bLegs: ReadonlySet<string>
  private readonly batches: Batches<Prepared, Stored>

  /** `bLegs` are the directions whose b legs are stored. */
  constructor(database: Database, bLegs: readonly string[]) {
    this.database = database
    this.bLegs = new Set(bLegs)
    this.batches = new Batches(MOST_ROWS, (records) => storeRecords(database, records))
  }

  /** Stores a record, or keeps it among the rejects; when this resolves it is committed. */
  async take(received: Received): Promise<Outcome> {
    const outcome = await this.store(received)
    if (outcome.kind === 'refused') await this.keep(received, outcome)
    return outcome
  }

  /** Keeps a record that `store` refused among the rejects. */
  keep(received: Received, refused: Refused): Promise<void> {
    return keepReject(this.database, received, refused)
  }

  /** Stores a record, or says why it cannot be. */
  async store(received: Received): Promise<Outcome> {
    const prepared = read(received)
    if (prepared.kind === 'refused') return prepared
    const { leg, columns } = prepared.record
    if (leg === 'b' && !this.bLegs.has(String(columns.direction))) return { kind: 'dropped' }
    return this.batches.add(prepared.record)
  }
}

function read(received: Received): Refused | { kind: 'read'; record: Prepared } {
  try {
    return { kind: 'read', record: prepare(received) }
  } catch (error) {
    if (error instanceof UnreadableRecord) return { kind: 'refused', reason: error.message, unreadable: true }
    throw error
  }
}
