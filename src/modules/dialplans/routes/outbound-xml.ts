/** The dialplan of an outbound route. */
import { type Condition, exported, type Step, set } from '../../../freeswitch/dialplan/extension.ts'
import { quoted } from './numbers.ts'

export interface Outbound {
  readonly expression: string
  readonly emergency: boolean
  readonly tollAllow: string
  readonly accountCode: string
  readonly prefix: string
  /** The most calls at a time; 0: any number. */
  readonly limit: number
  /** What callers must enter; 'database': what a script of the switch knows. */
  readonly pin: string | 'database' | null
  /** What is tried, in order. */
  readonly lines: readonly Step[]
}

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours */

/** Calls that no extension of the tenant takes, from callers who may, to such numbers. */
export function outboundConditions(route: Outbound): Condition[] {
  const { expression, tollAllow } = route
  return [
    { field: '${user_exists}', expression: 'false', steps: [] },
    ...(tollAllow === '' ? [] : [{ field: '${toll_allow}', expression: `^${quoted(tollAllow)}$`, steps: [] }]),
    { field: 'destination_number', expression, steps: outboundSteps(route) },
  ]
}

function outboundSteps({ emergency, accountCode, prefix, limit, pin, lines }: Outbound): Step[] {
  const caller = emergency ? 'emergency' : 'outbound'
  const leaves = lines[0]?.application !== 'transfer'
  return [
    { ...exported('call_direction', 'outbound'), inline: true },
    { application: 'unset', data: 'call_timeout' },
    ...(leaves ? legSteps(caller, accountCode || '${accountcode}') : []),
    ...(limit > 0 ? [{ application: 'limit', data: `hash \${domain_name} outbound ${limit} !USER_BUSY` }] : []),
    ...(prefix === '' ? [] : [set('outbound_prefix', prefix)]),
    ...(pin === null ? [] : pin === 'database' ? SCRIPT : pinSteps(pin)),
    { application: 'sleep', data: '${sleep}' },
    ...lines,
  ]
}

/** What a call that leaves the system is sent with; one that is transferred within is not sent yet. */
const legSteps = (caller: string, accountCode: string): Step[] => [
  set('sip_h_X-accountcode', accountCode),
  set('hangup_after_bridge', 'true'),
  set('effective_caller_id_name', `\${${caller}_caller_id_name}`),
  set('effective_caller_id_number', `\${${caller}_caller_id_number}`),
  set('inherit_codec', 'true'),
  set('ignore_display_updates', 'true'),
  set('callee_id_number', '$1'),
  set('continue_on_fail', 'true'),
]

/** The switch's own list of PINs, which a script there asks for. */
const SCRIPT: readonly Step[] = [set('pin_number', 'database'), { application: 'python', data: 'pin_number' }]

/** Three tries of five seconds; who does not know it is hung up on. */
const pinSteps = (pin: string): Step[] => [
  { application: 'answer' },
  {
    application: 'play_and_get_digits',
    data: `${pin.length} ${pin.length} 3 5000 # ${ASK} ${WRONG} entered_pin ^${pin} 3000 'hangup:CALL_REJECTED inline'`,
  },
  // Variables of a call end up in its record.
  { application: 'unset', data: 'entered_pin' },
]
const ASK = 'ivr/ivr-please_enter_pin_followed_by_pound.wav'
const WRONG = 'ivr/ivr-that_was_an_invalid_entry.wav'
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: end */
