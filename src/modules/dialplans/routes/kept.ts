/** What was asked for of a route, kept beside its dialplan, and what a write changes of it. */
import { isDeepStrictEqual } from 'node:util'
import { readDocument } from '../../../freeswitch/dialplan/document.ts'
import { type DialplanExtension, dialplanXml } from '../../../freeswitch/dialplan/extension.ts'
import type { Caller } from '../../../rest/caller.ts'
import { ValidationError } from '../../../rest/errors.ts'
import type { Row } from '../../../rest/model/model.ts'
import { Sql } from '../../../rest/sql.ts'
import type { Transaction } from '../../../rest/write/transaction.ts'
import { domainOf, type Place } from '../../dialling/destinations.ts'

type Values = Readonly<Record<string, unknown>>

/** What was sent and differs from what was kept. */
export function changesOf(kept: Values | undefined, inputs: Values): ReadonlySet<string> {
  const names = Object.keys(inputs).filter((name) => !isSame(kept?.[name], inputs[name]))
  return new Set(names)
}

const isSame = (one: unknown, other: unknown): boolean =>
  (isNone(one) && isNone(other)) || isDeepStrictEqual(one, other)

/** Whether a value says nothing. */
export const isNone = (value: unknown): boolean => value === null || value === undefined || value === ''

/** Fails with sentences of one field. */
export function refuse(field: string, ...sentences: string[]): never {
  throw new ValidationError({ [field]: sentences })
}

/** The tenant whose route it is; a route has one. */
export async function placeOf(tx: Transaction, domainId: string | null | undefined): Promise<Place> {
  return (await domainOf(tx, domainId)) ?? refuse('domain_id', 'This field may not be null.')
}

/** Who administers one tenant writes into its context; inbound routes go into that of calls from outside, too. */
export function checkContext(caller: Caller, place: Place, context: string, others: readonly string[]): void {
  if (caller.role === 'admin_api' || context === place.name || others.includes(context)) return
  const names = [place.name, ...others].join(' or ')
  refuse('context', `You may write dialplans of the context ${names} only.`)
}

/**
 * The context a route is in: that given, else the usual one, which is written. A route that goes to another tenant leaves
 * the context of the one it comes from.
 */
export async function keepContext(
  tx: Transaction,
  row: Row<'Dialplan'>,
  before: Row<'Dialplan'> | null,
  usual: string,
): Promise<string> {
  const moved = before !== null && before.domain_id !== row.domain_id && before.context === row.context
  const stays = !moved || (await domainOf(tx, before.domain_id))?.name !== row.context
  if (stays && !isNone(row.context)) return String(row.context)
  await keepRow(tx, row, { context: usual })
  return usual
}

/**
 * Sets what follows of a dialplan from what was asked for: a part of the write that is under way, and no other. The row
 * gets it too, for the audit log.
 */
export async function keepRow(
  tx: Transaction,
  row: Row<'Dialplan'>,
  values: { readonly context?: string; readonly name?: string; readonly xml?: string },
): Promise<void> {
  const sql = new Sql()
  const sets = Object.entries(values).map(([name, value]) => `"${name}" = ${sql.param(value)}`)
  await tx.run(sql.statement(`UPDATE "dialplans" SET ${sets.join(', ')} WHERE "id" = ${sql.param(row.id)}::uuid`))
  Object.assign(row, values)
}

/** The first and last place among the dialplans of a context that a route may have. */
export const sequenceErrors = (sequence: unknown): Record<string, string[]> =>
  boundErrors('sequence', sequence, 100, 999)

/** A number that is out of its bounds. */
export function boundErrors(name: string, value: unknown, least: number, most: number): Record<string, string[]> {
  if (isNone(value)) return {}
  if (Number(value) < least) return { [name]: [`Ensure this value is greater than or equal to ${least}.`] }
  if (Number(value) > most) return { [name]: [`Ensure this value is less than or equal to ${most}.`] }
  return {}
}

/** Columns a route cannot be without, though dialplans can. */
export function nullErrors(values: Values, names: readonly string[]): Record<string, string[]> {
  const nulls = names.filter((name) => values[name] === null || values[name] === '')
  return Object.fromEntries(
    nulls.map((name) => [
      name,
      [values[name] === null ? 'This field may not be null.' : 'This field may not be blank.'],
    ]),
  )
}

/** The dialplan of a route. Each text in it was looked at by itself; what is wrong with the whole is told all the same. */
export function routeXml(route: Omit<DialplanExtension, 'continue'>): string {
  // The switch puts its own variables in place of these wherever they stand.
  if (route.name.includes('${')) refuse('name', 'May not contain ${: the switch would put something else in its place.')
  const xml = dialplanXml({ ...route, continue: false })
  const { errors } = readDocument(xml, { trusted: true })
  if (errors.length > 0) refuse('non_field_errors', ...errors)
  return xml
}
