import { everything, rights } from '../../rest/access.ts'
import { resource } from '../../rest/resource.ts'
import { peopleOfOwnDomain } from '../access.ts'
import { keepAnAdministrator } from './administrators.ts'

/** A profile is made with its user, so its tenant's administrators have none to make. */
const { create: _create, ...touched } = peopleOfOwnDomain('domain_id', 'user_id').rights

/** What the telephone system knows of a user. One a user, and named as it is. */
export const profiles = resource('Profile', {
  path: 'profiles',
  tenant: 'domain_id',
  readOnly: ['username'],
  writeOnly: ['api_key'],
  createOnly: ['user_id'],
  fill: { username: 'user_id__username' },
  order: ['username'],
  search: ['username', 'email'],
  access: {
    admin_api: everything,
    minor_admin_api: { rights: touched, secrets: true, needs: ['domain_id'] },
    user_api: {
      ...rights(['list', 'retrieve', 'update'], (caller) => [{ path: 'id', lookup: 'exact', value: caller.profileId }]),
      changes: ['email', 'status', 'api_key'],
    },
  },
  within: {
    async update(profile, before, context) {
      if (before.enabled && !profile.enabled) await keepAnAdministrator(context)
    },
  },
  after: { write: (_profile, { services }) => services.callers.settled() },
})
