/** The dialplan of an inbound route. */
import { type Condition, exported, type Step, set, setInline } from '../../../freeswitch/dialplan/extension.ts'
import type { Destination, Place } from '../../dialling/destinations.ts'

export interface Inbound {
  readonly expression: string
  readonly place: Place
  readonly destination: Destination
  readonly callerIdNamePrefix: string
  readonly accountCode: string
  readonly record: boolean
}

/** One condition: the number called. What happens then is set up before the call goes to its destination. */
export function inboundConditions(route: Inbound): Condition[] {
  const { expression, place, destination, callerIdNamePrefix, accountCode, record } = route
  const steps: Step[] = [
    { ...exported('call_direction', 'inbound'), inline: true },
    setInline('domain_uuid', place.id),
    setInline('domain_name', place.name),
    set('hangup_after_bridge', 'true'),
    set('continue_on_fail', 'true'),
    ...(accountCode === '' ? [] : [set('accountcode', accountCode)]),
    ...(callerIdNamePrefix === '' ? [] : [set('effective_caller_id_name', `${callerIdNamePrefix}#\${caller_id_name}`)]),
    ...(record ? RECORD : []),
    destination,
  ]
  return [{ field: 'destination_number', expression, steps }]
}

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours */
const FOLDER = '${recordings_dir}/${domain_name}/archive/${strftime(%Y)}/${strftime(%b)}/${strftime(%d)}'
const RECORD: readonly Step[] = [
  setInline('record_path', FOLDER),
  setInline('record_name', '${uuid}.${record_ext}'),
  setInline('record_append', 'true'),
  setInline('record_in_progress', 'true'),
  setInline('recording_follow_transfer', 'true'),
  { application: 'record_session', data: '${record_path}/${record_name}' },
]
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: end */
