// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
/** How a call reaches an extension, and where it goes when it does not. */
import { exported, type Step, set, setInline } from '../../../freeswitch/dialplan/extension.ts'
import {
  ANSWERED,
  always,
  type DefaultEntry,
  dialled,
  NUMBER,
  ofExtension,
  step,
  when,
  whenAll,
  whenever,
} from './entry.ts'

/** As many as DjangoPBX's telephones could enter; the directory serves them as follow_me_1, follow_me_2, … */
const FOLLOWED = [1, 2, 3, 4, 5]

/** What the legs of follow-me are to know of the call. */
const EXPORTED = ['domain_name', 'toll_allow', 'outbound_caller_id_name', 'outbound_caller_id_number']

/** Where calls go that an extension did not take, with why in originate_disposition. */
const UNANSWERED = 'unanswered'
const unanswered = step('transfer', `${UNANSWERED} XML \${context}`)

/** Bridging goes on after a failure, and ends with the call. */
const BRIDGING: readonly Step[] = [set('hangup_after_bridge', 'true'), set('continue_on_fail', 'true')]

/** Calls that an extension forwards to the outside show its own number there. */
const callerIdOf = (extension: string) => [
  ofExtension(extension, 'outbound_caller_id_number', '^(\\+?\\d+)$'),
  ofExtension(extension, 'outbound_caller_id_name', '^([^{}<>"$]+)$'),
]

/** Forwards a call that failed for one of these reasons, where the extension says so. */
const forwarded = (reason: string, causes: string) =>
  whenAll(
    {
      '${originate_disposition}': `^(?:${causes})$`,
      [`\${forward_${reason}_enabled}`]: '^true$',
      [`\${forward_${reason}_destination}`]: NUMBER,
    },
    step('transfer', '$1 XML ${context}'),
  )

export const reaching: readonly DefaultEntry[] = [
  {
    name: 'call_screen',
    sequence: 495,
    continue: true,
    description: 'Has callers from outside say their name, which the extension hears before it takes the call with 1',
    conditions: [
      when('${user_exists}', '^true$'),
      when('${call_screen_enabled}', '^true$'),
      // Nobody is asked for a name that nobody will hear.
      when('${do_not_disturb},${forward_all_enabled}', '^(?!.*true)'),
      when(
        '${call_direction}',
        '^inbound$',
        set('call_screen_file', '${temp_dir}/screen-${domain_name}-${destination_number}.wav'),
        ...ANSWERED,
        step('phrase', 'voicemail_record_name'),
        step('playback', 'tone_stream://%(500,0,640)'),
        set('playback_terminators', '#*0123456789'),
        step('record', '${call_screen_file} 7 200 2'),
        set('group_confirm_key', '1'),
        set('fail_on_single_reject', 'true'),
        set('group_confirm_file', '${call_screen_file}'),
      ),
    ],
  },
  {
    name: 'do-not-disturb',
    sequence: 503,
    description: 'An extension that is not to be disturbed is busy',
    conditions: [
      when('${user_exists}', '^true$'),
      when('${do_not_disturb}', '^true$', set('originate_disposition', 'USER_BUSY'), unanswered),
    ],
  },
  {
    name: 'call forward all',
    sequence: 505,
    description: 'Forwards all calls of an extension that has it so',
    conditions: [
      when('${user_exists}', '^true$'),
      when('${forward_all_enabled}', '^true$'),
      ...callerIdOf('destination_number'),
      when('${forward_all_destination}', NUMBER, step('transfer', '$1 XML ${context}')),
    ],
  },
  {
    name: 'call forward not registered',
    sequence: 507,
    description: 'Forwards calls of an extension that has no telephone signed in',
    conditions: [
      when('${user_exists}', '^true$'),
      when('${forward_user_not_registered_enabled}', '^true$'),
      when('${sofia_contact */${destination_number}@${domain_name}}', '^error/user_not_registered$'),
      ...callerIdOf('destination_number'),
      when('${forward_user_not_registered_destination}', NUMBER, step('transfer', '$1 XML ${context}')),
    ],
  },
  {
    name: 'follow-me-destinations',
    sequence: 520,
    description: "Rings an extension's follow-me destinations, each after its delay",
    conditions: [
      when('${user_exists}', '^true$'),
      // A leg of it may be the extension itself.
      when('${loopback_leg}', '^(?!B$)'),
      when('${follow_me_enabled}', '^true$', setInline('follow_me_legs', '')),
      ...callerIdOf('destination_number'),
      ...FOLLOWED.map((n) =>
        whenever(
          `\${user_data \${destination_number}@\${domain_name} var follow_me_${n}}`,
          '^([0-9A-Za-z*#+._-]+),(\\d+),(\\d+)$',
          setInline(
            'follow_me_legs',
            `${n === 1 ? '' : '${follow_me_legs},'}[leg_delay_start=$2,leg_timeout=$3]loopback/$1/\${context}`,
          ),
        ),
      ),
      when(
        '${follow_me_legs}',
        '^\\[',
        ...BRIDGING,
        set('ignore_early_media', 'true'),
        step('unset', 'call_timeout'),
        ...EXPORTED.map((name) => exported(name, `\${${name}}`)),
        exported('loopback_export', EXPORTED.join(',')),
        step('bridge', '${follow_me_legs}'),
        unanswered,
      ),
    ],
  },
  {
    name: 'clear_sip_auto_answer',
    sequence: 530,
    continue: true,
    description: 'Of a click-to-dial call only the telephone of whoever clicked answers by itself',
    conditions: [
      when('${click_to_call}', '^true$'),
      when('${sip_h_Call-Info}', 'answer-after=0', step('unset', 'sip_h_Call-Info')),
    ],
  },
  {
    name: 'local_extension',
    number: '[ext]',
    sequence: 890,
    description: 'Rings the dialled extension',
    conditions: [
      when('${user_exists}', '^true$', exported('dialed_extension', '${destination_number}')),
      whenever(
        '${limit_max}',
        '^(\\d+)$',
        // Over the limit is busy.
        set('originate_disposition', 'USER_BUSY'),
        step('limit', `hash \${domain_name} \${destination_number} $1 ${UNANSWERED} XML \${context}`),
      ),
      whenever('${call_group}', '^([\\w ,:.-]+)$', step('hash', 'insert/${domain_name}-last_dial/$1/${uuid}')),
      always(
        ...BRIDGING,
        step('hash', 'insert/${domain_name}-call_return/${dialed_extension}/${caller_id_number}'),
        step('hash', 'insert/${domain_name}-last_dial_ext/${dialed_extension}/${uuid}'),
        exported('domain_name', '${domain_name}'),
        step('bridge', 'user/${dialed_extension}@${domain_name}'),
        unanswered,
      ),
    ],
  },
  {
    name: 'voicemail',
    sequence: 900,
    description: 'Where calls go that an extension did not take: forwarded, else to its box',
    conditions: [
      dialled(`^${UNANSWERED}$`),
      when('${dialed_extension}', NUMBER),
      ...callerIdOf('dialed_extension'),
      forwarded('busy', 'USER_BUSY|CALL_REJECTED'),
      forwarded('user_not_registered', 'USER_NOT_REGISTERED|SUBSCRIBER_ABSENT'),
      forwarded('no_answer', 'NO_ANSWER|NO_USER_RESPONSE|ALLOTTED_TIMEOUT'),
      // A follow-me leg must not be answered by a box, and not every extension has one.
      whenAll({ '${loopback_leg}': '^B$' }, step('hangup', '${originate_disposition}')),
      whenAll(
        { '${user_data ${dialed_extension}@${domain_name} param vm-enabled}': '^(?!true$)' },
        step('hangup', '${originate_disposition}'),
      ),
      always(...ANSWERED, step('voicemail', 'default ${domain_name} ${dialed_extension}')),
    ],
  },
]
