/** A user as the switch's directory has it, in DjangoPBX's words and order. */
import { randomUUID } from 'node:crypto'
import { unexpanded, variablesError } from '../../../freeswitch/dialplan/expansion.ts'
import { escapeLiteral } from '../../../freeswitch/xml/escape.ts'
import { element } from '../../../freeswitch/xml/write.ts'
import { domainXml, pair, usersXml } from './domain-xml.ts'
import type { User } from './user.ts'

/**
 * All there is of a user: to register, to call and be called, and for its box. Asked for by its alias it is the same
 * user, which the switch finds by `number-alias`: so its box and its lamp are one. `cacheable`: the switch may keep it
 * for a minute, being told when it changes.
 */
export function userXml(user: User, cacheable: boolean): string {
  const attributes = {
    id: user.extension,
    cacheable: cacheable ? CACHED_MS : undefined,
    cidr: user.cidr || undefined,
    'number-alias': user.number_alias || undefined,
  }
  const shown = element('user', attributes, [
    element('params', {}, [secret('password', user.password), ...pairs('param', paramsOf(user))]),
    element('variables', {}, pairs('variable', variablesOf(user))),
  ])
  return domainXml(user.domain_name!, usersXml([shown]), settingsOf(user))
}

/** What the switch needs to sign in somewhere as the user. */
export function reverseAuthXml(user: User): string {
  const id = user.extension!
  const params = [pair('param', 'reverse-auth-user', unexpanded(id)), secret('reverse-auth-pass', user.password)]
  const shown = element('user', { id }, [element('params', {}, params)])
  return domainXml(user.domain_name!, usersXml([shown]), settingsOf(user))
}

/** As DjangoPBX has it. */
const CACHED_MS = 60_000

/** The switch takes any password where a user has none: such a user has one that nobody knows. */
const secret = (name: string, password: string | null): string =>
  `<param name="${name}" value="${escapeLiteral(password || randomUUID())}"/>`

type Values = Readonly<Record<string, string | null | undefined>>

/** Empty values are left out. */
const pairs = (tag: 'param' | 'variable', values: Values): string[] =>
  Object.entries(values).flatMap(([name, value]) => (value ? [pair(tag, name, value)] : []))

function paramsOf(user: User): Values {
  const { domain_name: domain, has_box, box_mail_to, mwi_account } = user
  const hasBox = flag(has_box)
  // A switch whose messages come here keeps them all and mails none: this server does.
  const mails = has_box === 't' && box_mail_to && user.box_is_followed !== 't'
  return {
    'vm-enabled': hasBox,
    'vm-password': text(user.box_password),
    ...(mails && {
      'vm-email-all-messages': 'true',
      'vm-attach-file': String(user.box_attach_file === 'true'),
      'vm-keep-local-after-email': flag(user.box_keeps),
      'vm-mailto': text(box_mail_to),
    }),
    // The lamp of a box of another tenant would tell of its messages.
    'MWI-Account':
      mwi_account?.replace(/^[^@]*@?/, '') === domain || !mwi_account?.includes('@') ? text(mwi_account) : null,
    'auth-acl': text(user.auth_acl),
    'dial-string': user.dial_string || dialString(user),
    'verto-context': domain,
    'verto-dialplan': 'XML',
  }
}

/**
 * The user's telephones, on whichever profile they are. An extension or a domain that is no word within a dial string has
 * none.
 */
function dialString({ extension, domain_name: domain }: User): string {
  if (!WORD.test(extension!) || !WORD.test(domain!)) return 'error/user_not_registered'
  return `{sip_invite_domain=${domain},presence_id=${extension}@${domain}}\${sofia_contact(*/${extension}@${domain})}`
}

/** Nothing in it ends a dial string, parts it or is expanded. */
const WORD = /^[0-9A-Za-z*#+._-]+$/

function variablesOf(user: User): Values {
  const { domain_name: domain, extension } = user
  const media = MEDIA[user.sip_bypass_media ?? '']
  const names = [user.directory_first_name, user.directory_last_name].filter((name) => name)
  return {
    domain_uuid: user.domain_id,
    domain_name: domain,
    extension_uuid: user.extension_id,
    user_uuid: user.user_uuid,
    user_name: text(user.username),
    call_timeout: user.call_timeout,
    caller_id_name: text(extension),
    caller_id_number: text(user.number_alias || extension),
    presence_id: text(`${extension}@${domain}`),
    voicemail_greeting_number: user.box_greeting,
    voicemail_alternate_greet_id: user.box_alternate_greeting,
    call_group: text(user.call_group),
    call_screen_enabled: flag(user.call_screen_enabled),
    user_record: text(user.user_record),
    hold_music: sound(user.hold_music),
    toll_allow: text(user.toll_allow),
    accountcode: text(user.accountcode),
    user_context: text(user.user_context),
    effective_caller_id_name: text(user.effective_caller_id_name),
    effective_caller_id_number: text(user.effective_caller_id_number),
    outbound_caller_id_name: text(user.outbound_caller_id_name),
    outbound_caller_id_number: text(user.outbound_caller_id_number),
    emergency_caller_id_name: text(user.emergency_caller_id_name),
    emergency_caller_id_number: text(user.emergency_caller_id_number),
    missed_call_app: text(user.missed_call_app),
    missed_call_data: text(user.missed_call_data),
    directory_full_name: text(names.join(' ')),
    'directory-visible': flag(user.directory_visible),
    'directory-exten-visible': flag(user.directory_exten_visible),
    limit_max: Number(user.limit_max) > 0 ? user.limit_max : DEFAULT_LIMIT,
    limit_destination: text(user.limit_destination),
    'sip-force-contact': text(user.sip_force_contact),
    'sip-force-expires': user.sip_force_expires,
    nibble_account: user.nibble_account,
    absolute_codec_string: text(user.absolute_codec_string),
    force_ping: flag(user.force_ping),
    ...(media && { [media]: 'true' }),
    forward_all_enabled: flag(user.forward_all_enabled),
    forward_all_destination: text(user.forward_all_destination),
    forward_busy_enabled: flag(user.forward_busy_enabled),
    forward_busy_destination: text(user.forward_busy_destination),
    forward_no_answer_enabled: flag(user.forward_no_answer_enabled),
    forward_no_answer_destination: text(user.forward_no_answer_destination),
    forward_user_not_registered_enabled: flag(user.forward_user_not_registered_enabled),
    forward_user_not_registered_destination: text(user.forward_user_not_registered_destination),
    forward_caller_id: text(user.forward_caller_id),
    follow_me_enabled: flag(user.follow_me_enabled),
    follow_me_destinations: text(user.follow_me_destinations),
    ...followed(user),
    do_not_disturb: flag(user.do_not_disturb),
    record_stereo: 'true',
    transfer_fallback_extension: 'operator',
    export_vars: 'domain_name',
  }
}

const DEFAULT_LIMIT = '5'

/** By what may be said of media in DjangoPBX's table. */
const MEDIA: Readonly<Record<string, string | undefined>> = {
  'bypass-media': 'bypass_media',
  'bypass-media-after-bridge': 'bypass_media_after_bridge',
  'proxy-media': 'proxy_media',
}

function followed({ followed: places }: User): Values {
  const each = places?.split('\n') ?? []
  return Object.fromEntries(each.map((place, index) => [`follow_me_${index + 1}`, text(place)]))
}

/** The settings that are variables of a tenant's users: what its dialplans ask for (docs/settings.md). */
const SETTINGS: ReadonlySet<string> = new Set([
  ...['max_calls', 'default_language', 'default_dialect', 'default_voice', 'record_ext'],
  ...['outbound', 'emergency'].flatMap((kind) => [
    `default_${kind}_caller_id_name`,
    `default_${kind}_caller_id_number`,
  ]),
])

function settingsOf({ settings }: User): string[] {
  if (!settings) return []
  const values = Object.entries(JSON.parse(settings) as Record<string, string | null>)
  return pairs(
    'variable',
    Object.fromEntries(values.filter(([name]) => SETTINGS.has(name)).map(([name, value]) => [name, text(value)])),
  )
}

const flag = (value: string | null): string => (value === 't' ? 'true' : 'false')

/** Text of people, which is a value and nothing else: when a call uses it, the switch would expand what is in it. */
const text = (value: string | null | undefined): string | null | undefined => value && unexpanded(value)

/** Variables may stand in the name of a sound, such as its directory. */
const sound = (value: string | null): string | null => (value && variablesError(value) ? unexpanded(value) : value)
