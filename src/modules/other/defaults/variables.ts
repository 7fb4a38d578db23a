// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
/** What the default SIP profiles and conference profiles speak of: name, value, and what it is for. */
type DefaultVariable = readonly [category: string, name: string, value: string, description: string]

export const SWITCH_VARIABLES: readonly DefaultVariable[] = [
  ['IP Address', 'local_ip_v4', 'auto', 'The address of a switch; auto: the one that it finds itself'],
  ['IP Address', 'external_sip_ip', '$${local_ip_v4}', 'The address that others are told for SIP, outside of NAT'],
  ['IP Address', 'external_rtp_ip', '$${local_ip_v4}', 'The address that others are told for speech, outside of NAT'],
  ['SIP Profile: Internal', 'internal_sip_port', '5060', 'The port of telephones'],
  ['SIP Profile: Internal', 'internal_tls_port', '5061', 'The same with TLS'],
  ['SIP Profile: Internal', 'internal_ssl_enable', 'false', 'Whether telephones may use TLS'],
  ['SIP Profile: Internal', 'internal_ssl_dir', '$${conf_dir}/tls', 'The folder of the certificate'],
  ['SIP Profile: External', 'external_sip_port', '5080', 'The port of trunks'],
  ['SIP Profile: External', 'external_tls_port', '5081', 'The same with TLS'],
  ['SIP Profile: External', 'external_ssl_enable', 'false', 'Whether trunks may use TLS'],
  ['SIP Profile: External', 'external_ssl_dir', '$${conf_dir}/tls', 'The folder of the certificate'],
  ['SIP', 'sip_tls_version', 'tlsv1.2', 'Versions of TLS that are spoken'],
  ['Codecs', 'global_codec_prefs', 'OPUS,G722,PCMU,PCMA', 'Codecs of telephones, the best first'],
  ['Codecs', 'outbound_codec_prefs', 'PCMU,PCMA', 'Codecs of trunks, the best first'],
  ['Music on Hold', 'hold_music', 'local_stream://default', 'What callers hear who wait'],
]
