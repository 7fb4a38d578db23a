import { everything } from '../../../rest/access.ts'
import { resource } from '../../../rest/resource.ts'
import { nameError, portError, textErrors, valueError } from '../switch-texts.ts'

/** Settings whose value is a port. */
const PORTS = new Set(['sip-port', 'tls-sip-port', 'ext-sip-port'])

/** What a SIP profile is set to. A name may stand several times, as mod_sofia takes some. */
export const sipProfileSettings = resource('SipProfileSetting', {
  path: 'sip_profile_settings',
  order: ['sip_profile_id', 'name'],
  search: ['sip_profile_id__name', 'name', 'value', 'description'],
  access: { admin_api: everything },
  refuse({ values, before }) {
    const name = values?.name ?? before?.name ?? ''
    const value = PORTS.has(name) ? portError : valueError
    return textErrors(values, before, { name: nameError, value })
  },
})
