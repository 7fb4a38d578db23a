import { everything, rights } from '../../rest/access.ts'
import { resource } from '../../rest/resource.ts'
import { inOwnDomain, peopleOfOwnDomain } from '../access.ts'

/** What the telephone system knows of a user. Made with the user; one a user. */
export const profiles = resource('Profile', {
  path: 'profiles',
  writeOnly: ['api_key'],
  createOnly: ['user_id'],
  order: ['username'],
  search: ['username', 'email'],
  access: {
    admin_api: everything,
    minor_admin_api: { ...inOwnDomain(), ...peopleOfOwnDomain('domain_id', 'user_id') },
    user_api: {
      ...rights(['list', 'retrieve', 'update'], (caller) => [{ path: 'id', lookup: 'exact', value: caller.profileId }]),
      changes: ['email', 'status', 'api_key'],
    },
  },
  after: { write: (_profile, { services }) => services.callers.settled() },
})
