import { isIP } from 'node:net'
import { everything } from '../../../rest/access.ts'
import { ValidationError } from '../../../rest/errors.ts'
import type { Row } from '../../../rest/model/model.ts'
import { resource, type WriteContext } from '../../../rest/resource.ts'
import { hostnameError, textErrors } from '../switch-texts.ts'

type Node = Row<'AccessControlNode'>

/** Addresses of an access list: a network, or the networks of a domain's users. */
export const accessControlNodes = resource('AccessControlNode', {
  path: 'access_control_nodes',
  order: ['description'],
  search: ['access_control_id__name', 'cidr', 'domain', 'description'],
  access: { admin_api: everything },
  refuse: ({ values, before }) =>
    textErrors(values, before, {
      cidr: cidrError,
      domain: (text) => (hostnameError(text) === undefined ? undefined : 'Give the name of a domain.'),
    }),
  within: { create: (row, context) => checkPlace(row, null, context), update: checkPlace },
})

/** A node has a network or a domain: the one that an update names takes the other's place. */
async function checkPlace(row: Node, before: Node | null, { tx }: WriteContext): Promise<void> {
  const { id, cidr, domain } = row
  if (Boolean(cidr) !== Boolean(domain)) return
  const named = (['cidr', 'domain'] as const).filter((name) => row[name] && row[name] !== before?.[name])
  if (before && named.length === 0 && cidr && domain) return
  if (before && named.length === 1) {
    await tx.update('AccessControlNode', { id }, named[0] === 'cidr' ? { domain: null } : { cidr: null })
    return
  }
  throw new ValidationError({ cidr: ['Give a network (cidr) or a domain, one of the two.'] })
}

function cidrError(text: string): string | undefined {
  const [, address = '', bits = ''] = /^([^/%]+)\/(\d{1,3})$/.exec(text) ?? []
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)]!
  return Number(bits) <= longest ? undefined : 'Give an address and the length of its prefix, such as 192.0.2.0/24.'
}
