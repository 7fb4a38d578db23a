/** Where a ring group rings now: its destinations, or where it is forwarded to. */
import type { Row } from '../../../rest/model/model.ts'
import type { Transaction } from '../../../rest/write/transaction.ts'
import { isNumber } from '../../dialling/destinations.ts'
import type { Leg } from './legs.ts'

type Group = Row<'RingGroup'>

/** The group's legs, in the order of its destinations' numbers. */
export async function legsOf(tx: Transaction, group: Group): Promise<Leg[]> {
  if (!group.forward_enabled) return destinationLegs(tx, group)
  const leg = await forwardLeg(tx, group)
  return leg ? [leg] : []
}

/** Where an extension follows its user, its own legs ring in its place. */
async function destinationLegs(tx: Transaction, group: Group): Promise<Leg[]> {
  const destinations = (await tx.find('RingGroupDestination', { ring_group_id: group.id })).toSorted(
    (a, b) => compare(a.number, b.number) || compare(a.id, b.id),
  )
  const extensions = await extensionsOf(
    tx,
    group,
    destinations.map(({ number }) => number),
  )
  const following = group.follow_me_enabled
    ? [...extensions.values()].filter((extension) => extension.follow_me_enabled).map(({ id }) => id)
    : []
  const followed = following.length > 0 ? await tx.find('FollowMeDestination', { extension_id: following }) : []
  const beyond = await extensionsOf(
    tx,
    group,
    followed.map(({ destination }) => destination),
  )
  return destinations.flatMap(({ number, delay, timeout, destination_prompt }): Leg[] => {
    const extensionId = extensions.get(number)?.id
    const places = followed.filter(({ extension_id }) => extension_id !== null && extension_id === extensionId)
    if (places.length === 0) return [{ number, delay, timeout, confirm: destination_prompt === 1, extensionId }]
    return places
      .toSorted((a, b) => Number(a.sequence) - Number(b.sequence) || compare(a.id, b.id))
      .map((place) => ({
        number: place.destination,
        delay: Number(place.delay),
        timeout: Number(place.timeout),
        confirm: String(place.prompt) === '1',
        extensionId: beyond.get(place.destination)?.id,
      }))
  })
}

async function forwardLeg(tx: Transaction, group: Group): Promise<Leg | undefined> {
  const number = group.forward_destination?.trim() ?? ''
  if (!isNumber(number)) return undefined
  const extensions = await extensionsOf(tx, group, [number])
  const timeout = group.call_timeout || 30
  return { number, delay: 0, timeout, confirm: false, extensionId: extensions.get(number)?.id }
}

/** The tenant's extensions of these numbers that are in use. */
async function extensionsOf(tx: Transaction, { domain_id }: Group, numbers: readonly string[]) {
  if (numbers.length === 0) return new Map<string, Row<'Extension'>>()
  const found = await tx.find('Extension', { domain_id, extension: [...new Set(numbers)], enabled: true })
  return new Map(found.map((extension) => [extension.extension, extension]))
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
