import { DateTime } from 'luxon'
import { everything, type Predicate, readRights } from '../../../rest/access.ts'
import type { Caller } from '../../../rest/caller.ts'
import { resource } from '../../../rest/resource.ts'
import { domainRows, inOwnDomain, ownExtensionRows } from '../../access.ts'

/** Calls that were recorded. What call it is of is said once, when it is stored. */
export const callRecordings = resource('CallRecording', {
  path: 'callrecordings',
  tenant: 'domain_id',
  media: { name: 'recording', fill: today },
  createOnly: ['call_uuid'],
  order: ['domain_id', 'name'],
  search: ['name', 'description', 'filename'],
  access: {
    admin_api: everything,
    minor_admin_api: inOwnDomain(),
    user_api: readRights(ofOwnCalls),
  },
})

/** A call's identity is the switch's, which may serve many tenants: the recording is of the caller's own, too. */
function ofOwnCalls(caller: Caller): Predicate[] {
  const where = ownExtensionRows('extension_id')(caller)
  return [
    ...domainRows('domain_id')(caller),
    { path: 'call_uuid', among: { model: 'XmlCdr', column: 'call_uuid', where } },
  ]
}

/** The day as the folders of recordings are named: 2026, Nov, 24. */
function today(zone: string) {
  const [year, month, day] = DateTime.now().setZone(zone).setLocale('en').toFormat('yyyy LLL dd').split(' ')
  return { year, month, day }
}
