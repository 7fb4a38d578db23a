/** The groups of a user, as a body names them. */
import { ValidationError } from '../../rest/errors.ts'
import type { Row } from '../../rest/model/model.ts'
import type { Input } from '../../rest/resource.ts'
import type { Transaction } from '../../rest/write/transaction.ts'

/** The groups a minor administrator may give; never more than it is itself. */
export const GIVEN_BY_MINOR_ADMINISTRATORS = ['user_api', 'minor_admin_api']

/** Ids or names, also as the objects that a read gives; text from a form is a comma-separated list. */
export const groupsInput: Input = {
  description: 'Ids or names of groups.',
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

/** The groups of these ids or names; one that is not there is an error of the field `groups`. */
export async function readGroups(tx: Transaction, wanted: readonly (number | string)[]): Promise<Row<'Group'>[]> {
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
