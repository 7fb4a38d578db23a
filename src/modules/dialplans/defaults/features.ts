// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
/** What is dialled for itself: feature codes, and the two names that keys pressed during a call lead to. */
import { type Step, set, setInline } from '../../../freeswitch/dialplan/extension.ts'
import { ANSWERED, always, type DefaultEntry, dialled, step, when, whenever } from './entry.ts'

const DIAL_TONE = 'tone_stream://%(10000,0,350,440)'

const clock = (number: string, sequence: number, kind: string, description: string): DefaultEntry => ({
  name: `talking clock ${kind.toLowerCase().replaceAll('_', ' ')}`,
  number: `*${number}`,
  sequence,
  description,
  conditions: [
    dialled(
      `^\\*${number}$`,
      ...ANSWERED,
      step('say', `\${default_language} CURRENT_${kind} pronounced \${strepoch()}`),
      step('hangup'),
    ),
  ],
})

/** A call that rings and is taken over by whoever dials for it. */
const intercepted = (key: string): Step[] => [
  set('intercept_unanswered_only', 'true'),
  step('intercept', `\${hash(select/\${domain_name}-${key})}`),
]

export const features: readonly DefaultEntry[] = [
  {
    name: 'intercept-ext',
    number: '**[ext]',
    sequence: 210,
    description: 'Takes a call that rings at an extension',
    conditions: [dialled('^\\*\\*(\\d+)$', ...intercepted('last_dial_ext/$1'))],
  },
  {
    name: 'group-intercept',
    number: '*8',
    sequence: 215,
    description: "Takes a call that rings in the caller's own call group",
    conditions: [dialled('^\\*8$'), when('${from_call_group}', '^([\\w ,:.-]+)$', ...intercepted('last_dial/$1'))],
  },
  {
    name: 'call_privacy',
    number: '*67[number]',
    sequence: 270,
    description: 'Calls the number without showing who calls',
    conditions: [
      dialled(
        '^\\*67(\\d+)$',
        step('privacy', 'full'),
        set('sip_h_Privacy', 'id'),
        set('privacy', 'yes'),
        step('transfer', '$1 XML ${context}'),
      ),
    ],
  },
  {
    name: 'call_return',
    number: '*69',
    sequence: 280,
    description: 'Calls back whoever called last',
    conditions: [
      dialled('^\\*69$'),
      when(
        '${hash(select/${domain_name}-call_return/${caller_id_number})}',
        '^(\\+?[0-9*#]+)$',
        step('transfer', '$1 XML ${context}'),
      ),
    ],
  },
  {
    name: 'dx',
    number: 'dx',
    sequence: 300,
    description: 'Where *1 leads: takes a number and transfers the other side to it',
    conditions: [
      dialled(
        '^dx$',
        step('answer'),
        step('read', `1 20 '${DIAL_TONE}' digits 10000 #`),
        step('transfer', '-bleg ${digits} XML ${context}'),
      ),
    ],
  },
  {
    name: 'att_xfer',
    number: 'att_xfer',
    sequence: 310,
    description: 'Where *4 leads: takes the number of an extension and rings it, # goes back',
    conditions: [
      dialled(
        '^att_xfer$',
        step('read', `2 20 '${DIAL_TONE}' digits 30000 #`),
        set('origination_cancel_key', '#'),
        step('att_xfer', 'user/${digits}@${domain_name}'),
      ),
    ],
  },
  {
    name: 'send_to_voicemail',
    number: '*99[ext]',
    sequence: 310,
    description: "Leaves a message in an extension's box without ringing it",
    conditions: [dialled('^\\*99(\\d+)$', ...ANSWERED, step('voicemail', 'default ${domain_name} $1'))],
  },
  {
    name: 'vmain_user',
    number: '*97',
    sequence: 330,
    description: "Listens to the caller's own box. A telephone that has signed in needs no PIN",
    conditions: [
      dialled('^\\*97$'),
      {
        // Not who the telephone says it is, but who it has proven to be.
        ...when('${sip_authorized}:${sip_auth_username}', '^true:([0-9A-Za-z._-]+)$'),
        steps: [...ANSWERED, set('voicemail_authorized', 'true'), step('voicemail', 'check default ${domain_name} $1')],
        break: 'on-true',
      },
      always(...ANSWERED, step('voicemail', 'check default ${domain_name}')),
    ],
  },
  {
    name: 'vmain',
    number: '*98, *98[ext]',
    sequence: 320,
    description: 'Listens to a box, after its number and its PIN',
    conditions: [
      {
        ...dialled('^(?:vmain|\\*4000|\\*98)$', ...ANSWERED, step('voicemail', 'check default ${domain_name}')),
        break: 'on-true',
      },
      dialled('^(?:vmain|\\*98)(\\d+)$', ...ANSWERED, step('voicemail', 'check default ${domain_name} $1')),
    ],
  },
  {
    name: 'delay_echo',
    number: '*9195',
    sequence: 340,
    description: 'Plays back what is said, five seconds later',
    conditions: [dialled('^\\*9195$', step('answer'), step('delay_echo', '5000'))],
  },
  {
    name: 'echo',
    number: '*9196',
    sequence: 350,
    description: 'Plays back what is said at once',
    conditions: [dialled('^\\*9196$', step('answer'), step('echo'))],
  },
  {
    name: 'milliwatt',
    number: '*9197',
    sequence: 360,
    description: 'A tone of 1004 Hz, to measure by',
    conditions: [dialled('^\\*9197$', step('answer'), step('playback', '{loops=-1}tone_stream://%(251,0,1004)'))],
  },
  {
    name: 'tone_stream',
    number: '*9198',
    sequence: 370,
    description: 'A melody of tones',
    conditions: [
      dialled('^\\*9198$', step('answer'), step('playback', '{loops=10}tone_stream://path=${conf_dir}/tetris.ttml')),
    ],
  },
  {
    name: 'hold_music',
    number: '*9664',
    sequence: 380,
    description: 'Music on hold',
    conditions: [dialled('^\\*9664$', step('answer'), step('playback', '${hold_music}'))],
  },
  {
    name: 'directory',
    number: '*411',
    sequence: 410,
    description: 'Finds an extension by the name of its user',
    conditions: [dialled('^\\*411$', ...ANSWERED, step('directory', 'default ${domain_name} ${context}'))],
  },
  {
    name: 'valet_park_in',
    number: '*5900',
    sequence: 470,
    description: 'Parks a call that is transferred here, and says where',
    conditions: [dialled('^(?:park\\+)?\\*5900$', step('valet_park', 'park@${domain_name} auto in 5901 5999'))],
  },
  {
    name: 'valet_park',
    number: '*5901-*5999',
    sequence: 475,
    description: 'Parks a call that is transferred here, or takes the one parked here; back after three minutes',
    conditions: [
      dialled('^(?:park\\+)?\\*(59[0-9]{2})$', setInline('park_lot', '$1')),
      whenever('${sip_h_Referred-By}', '^<?sips?:([0-9A-Za-z*#+._-]+)@', set('valet_parking_orbit_exten', '$1')),
      always(
        set('valet_parking_timeout', '180'),
        set('valet_hold_music', '${hold_music}'),
        step('valet_park', 'park@${domain_name} ${park_lot}'),
      ),
    ],
  },
  {
    name: 'operator',
    number: '0',
    sequence: 480,
    description: 'Rings the extensions of the call group operator',
    conditions: [
      dialled(
        '^(?:0|operator)$',
        set('hangup_after_bridge', 'true'),
        step('bridge', '${group_call(operator@${domain_name}+A)}'),
      ),
    ],
  },
  clock('9172', 530, 'DATE_TIME', 'Says the date and the time'),
  clock('9170', 540, 'TIME', 'Says the time'),
  clock('9171', 550, 'DATE', 'Says the date'),
]
