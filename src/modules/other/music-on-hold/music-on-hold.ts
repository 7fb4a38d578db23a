import { everything } from '../../../rest/access.ts'
import { ValidationError } from '../../../rest/errors.ts'
import type { Row } from '../../../rest/model/model.ts'
import { resource, type WriteContext } from '../../../rest/resource.ts'
import { inOwnDomain, ofNoDomain } from '../../access.ts'
import { domainOf } from '../../dialling/destinations.ts'
import { soundError } from '../../dialling/texts.ts'
import { refuseSecond } from '../only-one.ts'
import { nameError, textErrors } from '../switch-texts.ts'
import { pathError } from './path.ts'

type Music = Row<'MusicOnHold'>

/**
 * Streams of music, of one domain or shared by all. The rows of one name are one music at several rates, which the
 * switch chooses among: `local_stream://NAME`, or `local_stream://DOMAIN/NAME` where it is a domain's.
 */
export const musicOnHold = resource('MusicOnHold', {
  path: 'music_on_hold',
  tenant: 'domain_id',
  required: ['name'],
  order: ['domain_id', 'name'],
  search: ['name', 'path'],
  access: { admin_api: everything, minor_admin_api: { ...inOwnDomain(), systemWide: ofNoDomain } },
  refuse: ({ values, before }) => textErrors(values, before, { name: streamNameError, timer_name: nameError }),
  within: { create: (row, context) => check(row, null, context), update: check },
})

async function check(row: Music, before: Music | null, { tx, caller }: WriteContext): Promise<void> {
  const moved = before === null || row.domain_id !== before.domain_id
  if (moved || row.name !== before.name || row.rate !== before.rate) {
    await refuseSecond(tx, 'MusicOnHold', row, ['domain_id', 'rate', 'name'])
  }
  const domain = await domainOf(tx, row.domain_id)
  const chimes = (text: string) =>
    text
      .split(',')
      .map((sound) => soundError(sound.trim(), domain, caller))
      .find((error) => error !== undefined)
  const errors = textErrors(row, moved ? null : before, {
    path: (text) => pathError(text, domain, caller),
    chime_list: chimes,
  })
  if (errors) throw new ValidationError(errors)
}

/** A name that can stand in `local_stream://NAME`, where a slash would begin the rate. */
const streamNameError = (text: string): string | undefined =>
  /^[\w-]+$/.test(text) ? undefined : 'A name has letters, digits, _ and - only.'
