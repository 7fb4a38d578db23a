// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
/**
 * What every call of a domain goes through first. Values that people can set are taken through a regular expression,
 * never by `${user_data …}` in an action: the switch would expand what stands in them, and run it.
 */
import { exported, setInline } from '../../../freeswitch/dialplan/extension.ts'
import { always, type DefaultEntry, dialled, NUMBER, ofExtension, step, when, whenever } from './entry.ts'

const FLAG = '^(true|false)$'
const DIGITS = '^(\\d+)$'
const WORDS = '^([\\w ,:.-]+)$'

/** What later entries ask of the extension that is dialled, and what values it may have. */
const EXTENSION: Readonly<Record<string, string>> = {
  extension_uuid: '^([0-9a-f-]{36})$',
  call_timeout: DIGITS,
  limit_max: DIGITS,
  call_group: WORDS,
  toll_allow: WORDS,
  user_record: '^(\\w+)$',
  hold_music: '^([\\w:/.-]+)$',
  call_screen_enabled: FLAG,
  do_not_disturb: FLAG,
  follow_me_enabled: FLAG,
  ...Object.fromEntries(
    ['all', 'busy', 'no_answer', 'user_not_registered'].flatMap((reason) => [
      [`forward_${reason}_enabled`, FLAG],
      [`forward_${reason}_destination`, NUMBER],
    ]),
  ),
}

/** Whose keys are listened to: those of callers from outside are not. */
const KEYS = whenever('${sip_authorized}', '^true$', setInline('bind_target', 'both'), {
  ...setInline('bind_target', 'peer'),
  anti: true,
})

const recordPath = '${recordings_dir}/${domain_name}/archive/${strftime(%Y)}/${strftime(%b)}/${strftime(%d)}'

export const beginning: readonly DefaultEntry[] = [
  {
    name: 'user_exists',
    sequence: 10,
    continue: true,
    description: 'Looks up the dialled extension and what is set for it',
    conditions: [
      // The other half of a channel to itself, as follow-me makes them, comes without a domain.
      whenever('${domain_name}', '^$', setInline('domain_name', '${context}')),
      // The caller's own, before those of the dialled extension take their names.
      whenever(
        '${caller_destination}',
        '^$',
        setInline('from_user_record', '${user_record}'),
        setInline('from_call_group', '${call_group}'),
      ),
      { ...always(setInline('user_exists', 'false')), break: 'never' },
      dialled(NUMBER, setInline('user_exists', '${user_exists id $1 ${domain_name}}')),
      when('${user_exists}', '^true$', setInline('dialed_extension', '${destination_number}')),
      ...Object.entries(EXTENSION).map(([name, expression]) =>
        ofExtension('destination_number', name, expression, { ...setInline(name, ''), anti: true }),
      ),
    ],
  },
  {
    name: 'caller-details',
    sequence: 15,
    continue: true,
    description: 'Keeps what was dialled and who called, before a transfer changes it',
    conditions: [
      whenever(
        '${caller_destination}',
        '^$',
        setInline('caller_destination', '${destination_number}'),
        setInline('caller_id_name', '${caller_id_name}'),
        setInline('caller_id_number', '${caller_id_number}'),
      ),
    ],
  },
  {
    name: 'domain-variables',
    sequence: 20,
    continue: true,
    description: 'Language, music on hold and file type of recordings, where nothing else says them',
    conditions: [
      whenever('${default_language}', '^$', setInline('default_language', 'en')),
      whenever('${hold_music}', '^$', setInline('hold_music', 'local_stream://default')),
      whenever('${record_ext}', '^(?!wav$|mp3$)', setInline('record_ext', 'wav')),
      always(exported('origination_callee_id_name', '${destination_number}')),
    ],
  },
  {
    name: 'call-direction',
    sequence: 20,
    continue: true,
    description: 'A call that no route has called inbound or outbound is local',
    conditions: [
      {
        ...whenever('${call_direction}', '^(inbound|outbound|local)$'),
        steps: [{ ...exported('call_direction', 'local'), inline: true, anti: true }],
      },
    ],
  },
  {
    name: 'call-limit',
    sequence: 25,
    continue: true,
    description: 'As many calls from and to the outside as max_calls of the domain allows',
    conditions: [
      when('${call_direction}', '^(inbound|outbound)$'),
      when('${max_calls}', DIGITS, step('limit', 'hash ${domain_name} outside $1 !USER_BUSY')),
    ],
  },
  {
    name: 'call_recording_on_demand',
    number: '*2',
    sequence: 45,
    continue: true,
    description: 'Pressing *2 during a call records it from then on',
    conditions: [
      KEYS,
      always(
        step('bind_digit_action', `local,*2,exec:record_session,${recordPath}/\${uuid}.\${record_ext},\${bind_target}`),
        step('digit_action_set_realm', 'local'),
      ),
    ],
  },
  {
    name: 'user_record',
    sequence: 50,
    continue: true,
    description: "Records calls as the extension's user_record says; *5 and *6 mask and unmask what is said",
    conditions: [
      whenever('${user_record},${call_direction}', '^(?:all,\\w+|(\\w+),\\1)$', setInline('record_session', 'true')),
      whenever(
        '${from_user_record},${call_direction}',
        '^(?:all,\\w+|(\\w+),\\1)$',
        setInline('record_session', 'true'),
      ),
      when('${record_session}', '^true$'),
      when('${record_in_progress}', '^(?!true$)'),
      dialled(
        '^(?:[^*]|\\*\\*|\\*8$|\\*67|\\*69|\\*59)',
        setInline('record_path', recordPath),
        setInline('record_name', '${uuid}.${record_ext}'),
        setInline('recording_follow_transfer', 'true'),
        setInline('record_append', 'true'),
        setInline('record_in_progress', 'true'),
        setInline('RECORD_ANSWER_REQ', 'true'),
        step('mkdir', '${record_path}'),
        step('bind_digit_action', 'local,*5,exec:record_session_mask,${record_path}/${record_name},both,self'),
        step('bind_digit_action', 'local,*6,exec:record_session_unmask,${record_path}/${record_name},both,self'),
        step('record_session', '${record_path}/${record_name}'),
      ),
    ],
  },
  {
    name: 'redial',
    number: '*870',
    sequence: 60,
    continue: true,
    description: 'Calls the number again that was called last',
    conditions: [
      whenever('destination_number', '^(?:redial|\\*870)$', setInline('redialling', 'true')),
      {
        ...when('${redialling}:${hash(select/${domain_name}-last_dial/${caller_id_number})}', '^true:([0-9*#+]+)$'),
        steps: [setInline('redialling', 'false'), step('transfer', '$1 XML ${context}')],
        break: 'on-true',
      },
      when('${call_direction}', '^local$'),
      when('${sip_authorized}', '^true$'),
      dialled('^((?!\\*870$)[0-9*#+]{2,})$', step('hash', 'insert/${domain_name}-last_dial/${caller_id_number}/$1')),
    ],
  },
  {
    name: 'default_caller_id',
    sequence: 80,
    continue: true,
    description: "The domain's caller ids, for extensions that have none of their own",
    conditions: ['emergency', 'outbound'].map((kind) =>
      whenever(
        `\${${kind}_caller_id_number}`,
        '^$',
        setInline(`${kind}_caller_id_name`, `\${default_${kind}_caller_id_name}`),
        setInline(`${kind}_caller_id_number`, `\${default_${kind}_caller_id_number}`),
      ),
    ),
  },
  {
    name: 'bind_digit_action',
    number: '*1, *4',
    sequence: 85,
    continue: true,
    description: 'Pressing *1 during a call transfers it, *4 transfers it after a talk with whom it goes to',
    conditions: [
      KEYS,
      always(
        step('bind_digit_action', 'local,*1,exec:execute_extension,dx XML ${context},${bind_target}'),
        step('bind_digit_action', 'local,*4,exec:execute_extension,att_xfer XML ${context},${bind_target}'),
        step('digit_action_set_realm', 'local'),
      ),
    ],
  },
]
