import { everything } from '../../../rest/access.ts'
import { resource } from '../../../rest/resource.ts'
import { nameError, textErrors, valueError } from '../switch-texts.ts'

/** What those in a conference can do with the keys of their telephones; a profile names one such group. */
export const conferenceControls = resource('ConferenceControls', {
  path: 'conferencecontrols',
  required: ['name'],
  order: ['name'],
  search: ['name', 'description'],
  access: { admin_api: everything },
  refuse: ({ values, before }) => textErrors(values, before, { name: nameError }),
})

/** A key, and what it does. */
export const conferenceControlDetails = resource('ConferenceControlDetails', {
  path: 'conferencecontroldetails',
  order: ['conf_ctrl_id', 'id'],
  search: ['conf_ctrl_id__name', 'digits', 'action', 'data'],
  access: { admin_api: everything },
  refuse: ({ values, before }) =>
    textErrors(values, before, { digits: digitsError, action: actionError, data: valueError }),
})

/** Keys as they are pressed. DjangoPBX writes `n` where an action has none. */
const digitsError = (text: string): string | undefined =>
  /^(?:[0-9*#A-D]+|n)$/.test(text) ? undefined : 'Keys are digits, * # and A to D; n stands for none.'

const actionError = (text: string): string | undefined =>
  /^[a-z][a-z_-]*(?: [a-z_-]+)*$/.test(text)
    ? undefined
    : 'Give what mod_conference can do, such as mute or vol talk up.'
