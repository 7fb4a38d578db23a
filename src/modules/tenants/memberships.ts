/** The groups of a user, as a body names them. */

import type { Input } from '../../rest/asking.ts'
import type { Caller } from '../../rest/caller.ts'
import { ValidationError } from '../../rest/errors.ts'
import type { Row } from '../../rest/model/model.ts'
import type { Transaction } from '../../rest/write/transaction.ts'

/** The groups a minor administrator may give and take; never more than it is itself. */
const GIVEN_BY_MINOR_ADMINISTRATORS = ['user_api', 'minor_admin_api']

/** Ids or names, also as the objects that a read gives; text from a form is a comma-separated list. */
export const groupsInput: Input = {
  description: 'Ids or names of groups.',
  logged: true,
  schema: { type: 'array', items: { oneOf: [{ type: 'integer' }, { type: 'string' }] } },
  check(value) {
    const list = typeof value === 'string' ? value.split(',').filter(Boolean) : value
    if (!Array.isArray(list)) return { errors: ['Expected a list of ids or names of groups.'] }
    const named = list.map((item) => (isObject(item) ? (item.id ?? item.name) : item))
    if (!named.every((item) => typeof item === 'string' || Number.isInteger(item))) {
      return { errors: ['Expected a list of ids or names of groups.'] }
    }
    return { value: named }
  },
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Makes these the groups of a user, as far as the caller may; those that stay are nobody's business. */
export async function writeGroups(
  tx: Transaction,
  caller: Caller,
  userId: number,
  wanted: readonly (number | string)[],
): Promise<void> {
  const groups = await readGroups(tx, wanted)
  const memberships = await tx.find('UserGroup', { user_id: userId })
  const had = await tx.find('Group', { id: memberships.map(({ group_id }) => group_id) })
  const given = groups.filter(({ id }) => !had.some((group) => group.id === id))
  const taken = had.filter(({ id }) => !groups.some((group) => group.id === id))
  if (caller.role !== 'admin_api') {
    const errors = [...sentences('give', given), ...sentences('take away', taken)]
    if (errors.length > 0) throw new ValidationError({ groups: errors })
  }
  if (taken.length > 0) await tx.delete('UserGroup', { user_id: userId, group_id: taken.map(({ id }) => id) })
  for (const { id } of given) await tx.insert('UserGroup', { user_id: userId, group_id: id })
}

const sentences = (verb: string, groups: readonly Row<'Group'>[]): string[] =>
  groups
    .filter(({ name }) => !GIVEN_BY_MINOR_ADMINISTRATORS.includes(name))
    .map(({ name }) => `You may not ${verb} the group ${name}.`)

/** The groups of these ids or names; one that is not there is an error of the field `groups`. */
async function readGroups(tx: Transaction, wanted: readonly (number | string)[]): Promise<Row<'Group'>[]> {
  if (wanted.length === 0) return []
  const text = wanted.map((one) => String(one).trim())
  const ids = text.filter((one) => /^\d{1,9}$/.test(one)).map(Number)
  const found = [
    ...(await tx.find('Group', { name: text.filter((one) => !one.includes('\0')) })),
    ...(ids.length > 0 ? await tx.find('Group', { id: ids }) : []),
  ]
  const missing = text.filter((one) => !found.some((group) => group.name === one || String(group.id) === one))
  if (missing.length > 0) {
    throw new ValidationError({ groups: missing.map((one) => `Invalid pk "${one}" - object does not exist.`) })
  }
  return [...new Map(found.map((group) => [group.id, group])).values()]
}
