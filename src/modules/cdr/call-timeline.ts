import { readEverything, readRights } from '../../rest/access.ts'
import { resource } from '../../rest/resource.ts'
import { domainRows } from '../access.ts'
import { story } from './story/action.ts'

/** The events of calls, as the switch told them. */
export const callTimeline = resource('CallTimeline', {
  path: 'calltimeline',
  hidden: ['hangup_cause', 'hangup_disposition'],
  order: ['event_epoch', 'event_sequence', 'domain_id'],
  search: ['caller_id_name', 'caller_id_number', 'caller_destination'],
  // Each leg of a call has a uuid of its own; one of them is the call's.
  also: { call_uuid: ['unique_id', 'other_leg_unique_id'] },
  long: true,
  narrow: ['event_epoch__gte', 'event_epoch__lt', 'call_uuid'],
  access: {
    admin_api: readEverything,
    minor_admin_api: readRights(domainRows('domain_id')),
  },
  actions: { story },
})
