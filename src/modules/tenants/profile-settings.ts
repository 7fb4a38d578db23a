import { allRights, everything } from '../../rest/access.ts'
import { resource } from '../../rest/resource.ts'
import { peopleOfOwnDomain } from '../access.ts'

/** Settings of one user; they override its domain's. `user_id` is the profile. */
export const profileSettings = resource('ProfileSetting', {
  path: 'profile_settings',
  tenant: 'user_id__domain_id',
  hidden: ['description'],
  order: ['user_id', 'category', 'subcategory'],
  search: ['category', 'subcategory', 'value'],
  access: {
    admin_api: everything,
    minor_admin_api: { ...peopleOfOwnDomain('user_id__domain_id', 'user_id__user_id'), needs: ['user_id'] },
    user_api: {
      ...allRights((caller) => [{ path: 'user_id', lookup: 'exact', value: caller.profileId }]),
      own: { user_id: (caller) => caller.profileId },
      needs: ['user_id'],
    },
  },
})
