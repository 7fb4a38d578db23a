// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
/** The SIP profiles of a fresh system: one for its own telephones, one for trunks. Settings are DjangoPBX's, by name. */

export interface DefaultProfile {
  readonly name: string
  readonly description: string
  readonly settings: readonly DefaultSetting[]
  readonly domains: readonly { readonly name: string; readonly alias: string; readonly parse: string }[]
}

export interface DefaultSetting {
  readonly name: string
  readonly value: string
  readonly enabled: boolean
  readonly description?: string
}

const on = (values: Readonly<Record<string, string>>): DefaultSetting[] =>
  Object.entries(values).map(([name, value]) => ({ name, value, enabled: true }))

const off = (name: string, value: string, description: string): DefaultSetting => ({
  name,
  value,
  enabled: false,
  description,
})

/** What both have; `kind` is in the names of their variables. */
const common = (kind: 'internal' | 'external') =>
  on({
    'apply-nat-acl': 'nat.auto',
    'auth-subscriptions': 'true',
    context: 'public',
    debug: '0',
    dialplan: 'XML',
    'dtmf-duration': '2000',
    'dtmf-type': 'rfc2833',
    'enable-compact-headers': 'true',
    'ext-rtp-ip': '$${external_rtp_ip}',
    'ext-sip-ip': '$${external_sip_ip}',
    'hold-music': '$${hold_music}',
    'inbound-codec-negotiation': 'generous',
    'inbound-codec-prefs': '$${global_codec_prefs}',
    'local-network-acl': 'localnet.auto',
    'nonce-ttl': '60',
    'rfc2833-pt': '101',
    'rtp-hold-timeout-sec': '1800',
    'rtp-ip': '$${local_ip_v4}',
    'rtp-timeout-sec': '300',
    'rtp-timer-name': 'soft',
    'sip-capture': 'no',
    'sip-ip': '$${local_ip_v4}',
    'sip-port': `$\${${kind}_sip_port}`,
    'sip-trace': 'no',
    tls: `$\${${kind}_ssl_enable}`,
    'tls-bind-params': 'transport=tls',
    'tls-cert-dir': `$\${${kind}_ssl_dir}`,
    'tls-only': 'false',
    'tls-sip-port': `$\${${kind}_tls_port}`,
    'tls-verify-date': 'true',
    'tls-verify-depth': '2',
    'tls-version': '$${sip_tls_version}',
    'track-calls': 'false',
    'user-agent-string': 'FreeSWITCH',
    username: 'FreeSWITCH',
  })

export const SIP_PROFILES: readonly DefaultProfile[] = [
  {
    name: 'internal',
    description: 'Telephones of the domains: they register and prove who they are. Port 5060.',
    domains: [{ name: 'all', alias: 'true', parse: 'false' }],
    settings: [
      ...common('internal'),
      ...on({
        'NDLB-force-rport': 'safe',
        'aggressive-nat-detection': 'true',
        'apply-inbound-acl': 'domains',
        'auth-all-packets': 'false',
        'auth-calls': 'true',
        'challenge-realm': 'auto_to',
        'forward-unsolicited-mwi-notify': 'false',
        'inbound-reg-force-matching-username': 'true',
        'log-auth-failures': 'true',
        'manage-presence': 'true',
        'manage-shared-appearance': 'true',
        'outbound-codec-prefs': '$${global_codec_prefs}',
        'presence-probe-on-register': 'true',
        'record-path': '$${recordings_dir}',
        'record-template':
          '${domain_name}/archive/${strftime(%Y)}/${strftime(%b)}/${strftime(%d)}/${uuid}.${record_ext}',
        'watchdog-enabled': 'no',
        'watchdog-event-timeout': '30000',
        'watchdog-step-timeout': '30000',
      }),
      off('apply-register-acl', 'domains', 'Addresses of this list register without a password.'),
      off('multiple-registrations', 'contact', 'Several telephones may register as one extension.'),
      off('nat-options-ping', 'true', 'Telephones behind NAT are asked again and again whether they are there.'),
      off('unregister-on-options-fail', 'true', 'A telephone that does not answer those is no longer registered.'),
      off('sip-force-expires', '1800', 'Seconds after which every telephone registers anew.'),
      off('wss-binding', ':7443', 'Browsers, by WebSocket with TLS.'),
      off('odbc-dsn', '$${dsn}', 'Registrations are kept in this database.'),
    ],
  },
  {
    name: 'external',
    description: 'Trunks and calls from anywhere: they begin in the context public. Port 5080.',
    domains: [{ name: 'all', alias: 'false', parse: 'false' }],
    settings: [
      ...common('external'),
      ...on({
        'auth-calls': 'false',
        'manage-presence': 'false',
        'outbound-codec-prefs': '$${outbound_codec_prefs}',
        'zrtp-passthru': 'true',
      }),
      off('apply-inbound-acl', 'domains', 'Calls come in from addresses of this list only.'),
      off('odbc-dsn', '$${dsn}', 'Registrations are kept in this database.'),
    ],
  },
]
