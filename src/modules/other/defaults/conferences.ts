// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
/** Conference profiles and the keys of those in a conference, as DjangoPBX has them. */

type Params = Readonly<Record<string, string>>

/** What every profile has, and what it sounds like. */
const BASE: Params = { 'comfort-noise': 'true', interval: '20', rate: '8000' }
const KEYS: Params = { 'caller-controls': 'default', 'moderator-controls': 'moderator' }
const SOUNDS: Params = Object.fromEntries(
  ['is-locked', 'is-unlocked', 'kicked', 'locked', 'muted', 'unmuted'].map((name) => [
    `${name}-sound`,
    `conference/conf-${name}.wav`,
  ]),
)
const ROOM: Params = {
  ...BASE,
  ...KEYS,
  ...SOUNDS,
  'alone-sound': 'conference/conf-alone.wav',
  'auto-gain-level': '0',
  'bad-pin-sound': 'conference/conf-bad-pin.wav',
  'energy-level': '15',
  'enter-sound': 'tone_stream://%(200,0,500,600,700)',
  'exit-sound': 'tone_stream://%(500,0,300,200,100,50,25)',
  'moh-sound': '$${hold_music}',
  'pin-sound': 'conference/conf-pin.wav',
}

/** Profiles: what they are for, and their params. */
export const CONFERENCE_PROFILES: Readonly<Record<string, { readonly description: string; readonly params: Params }>> =
  {
    default: { description: 'Conferences of telephones', params: ROOM },
    wideband: { description: 'The same in wideband quality', params: { ...ROOM, rate: '16000' } },
    ultrawideband: { description: 'The same in the quality of video calls', params: { ...ROOM, rate: '32000' } },
    cdquality: { description: 'The same in the quality of music', params: { ...ROOM, rate: '48000', interval: '10' } },
    'wait-mod': {
      description: 'Music until the moderator comes',
      params: { ...ROOM, 'conference-flags': 'wait-mod' },
    },
    page: {
      description: 'Announcements to many telephones',
      params: { ...BASE, ...KEYS, ...SOUNDS, 'caller-controls': 'page', 'energy-level': '300' },
    },
    sla: {
      description: 'Lines that several telephones share',
      params: { ...BASE, rate: '16000', 'caller-controls': 'none', 'energy-level': '200', 'moh-sound': 'silence' },
    },
  }

type Keys = readonly (readonly [digits: string, action: string])[]

const VOLUME: Keys = [
  ['1', 'vol talk dn'],
  ['2', 'vol talk zero'],
  ['3', 'vol talk up'],
  ['4', 'vol listen dn'],
  ['5', 'vol listen zero'],
  ['6', 'vol listen up'],
  ['7', 'energy dn'],
  ['8', 'energy equ'],
  ['9', 'energy up'],
]
const MUTE: Keys = [['0', 'mute']]
const DEAF_MUTE: Keys = [['*', 'deaf mute']]

/** Groups of keys: what they are for, and what each does. */
export const CONFERENCE_CONTROLS: Readonly<Record<string, { readonly description: string; readonly keys: Keys }>> = {
  default: { description: 'Those in a conference', keys: [...MUTE, ...VOLUME, ...DEAF_MUTE] },
  moderator: { description: 'Those who lead one', keys: [...MUTE, ...VOLUME, ...DEAF_MUTE, ['#', 'lock']] },
  page: { description: 'Those who are spoken to', keys: [...MUTE, ...VOLUME] },
}
