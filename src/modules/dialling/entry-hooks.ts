/** Hooks of a resource whose rows have a number: each row's dialplan entry is made, changed and removed with it. */

import type { Action } from '../../rest/asking.ts'
import type { Caller } from '../../rest/caller.ts'
import { ValidationError } from '../../rest/errors.ts'
import type { Row } from '../../rest/model/model.ts'
import type { Transaction } from '../../rest/write/transaction.ts'
import { domainOf, isNumber, NO_NUMBER, type Place } from './destinations.ts'
import { type Entry, keepEntry, removeEntry } from './entries.ts'

/** The models whose rows have a number and a dialplan entry. */
export type Reachable = 'RingGroup' | 'IvrMenus' | 'CallCentreQueues'

/** What is particular to one kind of thing; the row says the rest. */
type Particular = Pick<Entry, 'app_id' | 'category' | 'sequence' | 'conditions'> & Partial<Pick<Entry, 'context'>>

/** A row that was written, and what a check of it needs. */
export interface Change<M extends Reachable> {
  readonly row: Row<M>
  /** What it was; null: it is new. */
  readonly before: Row<M> | null
  /** The tenant it is in; none: no number of it can be dialled. */
  readonly domain: Place | undefined
  readonly context: Context
  /** Whether one of these is new. What was stored before is not asked again: what it names may have gone meanwhile. */
  changed(...columns: readonly (keyof Row<M>)[]): boolean
}

interface Parts<M extends Reachable> {
  /** Refuses what columns cannot see, as sentences by field. */
  check?(change: Change<M>): Promise<Readonly<Record<string, string | undefined>>>
  build(row: Row<M>, domain: Place, tx: Transaction): Promise<Particular>
}

type Context = { readonly tx: Transaction; readonly caller: Caller }

/**
 * `create`, `update` and `delete` are for `within`. `regenerate` makes the entries of these rows anew, for hooks of what
 * the entries are made of; the rows are locked first, so that of two changes at once neither is lost.
 */
export function entryHooks<M extends Reachable>(model: M, { check, build }: Parts<M>) {
  // What is known of every such model is said of one of them, as TypeScript cannot tell for any.
  const name = model as 'RingGroup'

  async function keep(tx: Transaction, row: Row<M>, domain: Place | undefined): Promise<void> {
    const { id, dialplan_id } = row
    if (domain === undefined) {
      await removeEntry(tx, dialplan_id)
      return
    }
    const entry: Entry = {
      context: domain.name,
      ...(await build(row, domain, tx)),
      domain_id: domain.id,
      name: row.name || row.extension,
      number: row.extension,
      enabled: row.enabled,
      description: row.description,
    }
    const kept = await keepEntry(tx, dialplan_id, entry)
    if (kept !== dialplan_id) await tx.update(name, { id }, { dialplan_id: kept })
  }

  /** What was in its own tenant's context is in that of the tenant it moves to. */
  async function inContextOf(domain: Place | undefined, row: Row<M>, before: Row<M>, tx: Transaction): Promise<Row<M>> {
    const left = await domainOf(tx, before.domain_id)
    if (!('context' in row) || left === undefined || row.context !== left.name) return row
    const context = domain?.name ?? null
    await tx.update(name, { id: row.id }, { context })
    return { ...row, context }
  }

  async function written(sent: Row<M>, before: Row<M> | null, { tx, caller }: Context): Promise<void> {
    const domain = await domainOf(tx, sent.domain_id)
    const moved = before?.domain_id !== sent.domain_id
    const row = before && moved ? await inContextOf(domain, sent, before, tx) : sent
    const changed = (...columns: readonly (keyof Row<M>)[]) =>
      before === null || moved || columns.some((column) => row[column] !== before[column])
    const wrong = {
      ...(changed('extension') && { extension: isNumber(row.extension) ? undefined : NO_NUMBER }),
      ...(await check?.({ row, before, domain, context: { tx, caller }, changed })),
    }
    const errors = Object.entries(wrong).flatMap(([field, error]) => (error === undefined ? [] : [[field, [error]]]))
    if (errors.length > 0) throw new ValidationError(Object.fromEntries(errors))
    await keep(tx, row, domain)
  }

  return {
    create: (row: Row<M>, context: Context): Promise<void> => written(row, null, context),
    update: (row: Row<M>, before: Row<M>, context: Context): Promise<void> => written(row, before, context),
    delete: (row: Row<M>, { tx }: Context): Promise<void> => removeEntry(tx, row.dialplan_id),
    async regenerate(tx: Transaction, ids: readonly string[]): Promise<void> {
      const rows = (await tx.find(name, { id: ids }, { lock: true })) as Row<M>[]
      for (const row of rows) await keep(tx, row, await domainOf(tx, row.domain_id))
    },
  }
}

/** What each check says of its column, where that has new text. */
export function textErrors<M extends Reachable>(
  { row, changed }: Change<M>,
  checks: { readonly [K in keyof Row<M>]?: (text: string) => string | undefined },
): Record<string, string | undefined> {
  const columns = Object.keys(checks) as (keyof Row<M>)[]
  const texts = columns.filter((column) => changed(column) && typeof row[column] === 'string' && row[column] !== '')
  return Object.fromEntries(texts.map((column) => [column, checks[column]!(row[column] as string)]))
}

/** Makes the row's entry anew, from what it is made of now. For resources whose `within` is {@link entryHooks}'. */
export const generateXml: Action = {
  on: 'row',
  methods: ['GET', 'POST'],
  roles: ['admin_api', 'minor_admin_api'],
  summary: "Makes the dialplan entry of the row's number anew and gives the row",
  run: ({ change }) => change({}),
}

/** Why text may not be the context of a row: administrators of one tenant stay in that of their own. */
export function contextError(context: string | null, domain: Place | undefined, { role }: Caller): string | undefined {
  if (!context || context === domain?.name) return undefined
  if (role !== 'admin_api') return domain && `The context of this domain is ${domain.name}.`
  return CONTEXT.test(context) ? undefined : 'A context has letters, digits and . _ - only.'
}

const CONTEXT = /^(?:[\w.-]+|\$\{domain_name\})$/
