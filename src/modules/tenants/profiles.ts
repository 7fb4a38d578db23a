import { everything, rights } from '../../rest/access.ts'
import { resource } from '../../rest/resource.ts'
import { domainRows, inOwnDomain, notAdministrators } from '../access.ts'

const ofDomain = domainRows('domain_id')

/** What the telephone system knows of a user. Made with the user; one a user. */
export const profiles = resource('Profile', {
  path: 'profiles',
  writeOnly: ['api_key'],
  createOnly: ['user_id'],
  order: ['username'],
  search: ['username', 'email'],
  access: {
    admin_api: everything,
    minor_admin_api: {
      ...inOwnDomain(),
      rights: {
        list: ofDomain,
        retrieve: ofDomain,
        create: ofDomain,
        update: (caller) => [...ofDomain(caller), ...notAdministrators('user_id')],
        delete: (caller) => [...ofDomain(caller), ...notAdministrators('user_id')],
      },
    },
    user_api: {
      ...rights(['list', 'retrieve', 'update'], (caller) => [{ path: 'id', lookup: 'exact', value: caller.profileId }]),
      changes: ['email', 'status', 'api_key'],
    },
  },
  after: { write: (_profile, { services }) => services.callers.settled() },
})
