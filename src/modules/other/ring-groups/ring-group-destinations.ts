import { everything } from '../../../rest/access.ts'
import { ValidationError } from '../../../rest/errors.ts'
import type { Row } from '../../../rest/model/model.ts'
import { resource } from '../../../rest/resource.ts'
import type { Transaction } from '../../../rest/write/transaction.ts'
import { inOwnDomain } from '../../access.ts'
import { dialledBy } from '../../dialling/numbers.ts'
import { numberTextError } from '../../dialling/texts.ts'
import { CIRCLE, ringsItself } from './circles.ts'
import { groupEntries } from './ring-groups.ts'

type Place = Row<'RingGroupDestination'>

/** Where a ring group rings. The group's dialplan entry follows every change. */
export const ringGroupDestinations = resource('RingGroupDestination', {
  path: 'ringgroupdestinations',
  tenant: 'ring_group_id__domain_id',
  order: ['ring_group_id', 'number'],
  search: ['number', 'ring_group_id__name'],
  access: { admin_api: everything, minor_admin_api: inOwnDomain('ring_group_id__domain_id') },
  refuse({ values, before }) {
    // What is stored already is not asked again.
    const number = values?.number
    if (number === undefined || number === before?.number) return undefined
    const error = numberTextError(number)
    return error === undefined ? undefined : { number: [error] }
  },
  within: {
    async createAll(created, { tx }) {
      for (const { row } of created) await refuseCircle(tx, row)
      await groupEntries.regenerate(
        tx,
        created.map(({ row }) => row.ring_group_id),
      )
    },
    async update(place, before, { tx }) {
      if (place.number !== before.number || place.ring_group_id !== before.ring_group_id) await refuseCircle(tx, place)
      await groupEntries.regenerate(tx, [place.ring_group_id, before.ring_group_id])
    },
    delete: (place, { tx }) => groupEntries.regenerate(tx, [place.ring_group_id]),
  },
})

async function refuseCircle(tx: Transaction, { ring_group_id, number }: Place): Promise<void> {
  const [group] = await tx.find('RingGroup', { id: ring_group_id })
  if (!group?.domain_id) return
  const [other] = await dialledBy(tx, group.domain_id, [number])
  if (other?.kind !== 'ring group') return
  if (await ringsItself(tx, group)) throw new ValidationError({ number: [CIRCLE] })
}
