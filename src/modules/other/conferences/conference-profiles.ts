import { everything } from '../../../rest/access.ts'
import { resource } from '../../../rest/resource.ts'
import { nameError, textErrors, valueError } from '../switch-texts.ts'

/** How conferences behave and sound. `conference NAME@PROFILE` in a dialplan names one. */
export const conferenceProfiles = resource('ConferenceProfiles', {
  path: 'conferenceprofiles',
  required: ['name'],
  order: ['name'],
  search: ['name', 'description'],
  access: { admin_api: everything },
  refuse: ({ values, before }) => textErrors(values, before, { name: nameError }),
})

/** What a conference profile is set to. */
export const conferenceProfileParams = resource('ConferenceProfileParams', {
  path: 'conferenceprofileparams',
  required: ['name'],
  order: ['conf_profile_id', 'id'],
  search: ['conf_profile_id__name', 'name', 'value', 'description'],
  access: { admin_api: everything },
  refuse: ({ values, before }) => textErrors(values, before, { name: nameError, value: valueError }),
})
