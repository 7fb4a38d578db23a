/** What a FreeSWITCH 1.11 asks when a telephone registers. */
import type { BenchDatabase } from '../support/data.ts'

/** The path and the forms: one of each extension that is enabled, no two of a tenant after each other. */
export const PATH = '/xmlhandler/directory/'

export async function registrations({ pool }: BenchDatabase): Promise<string[]> {
  const { rows } = await pool.query<{ user: string; domain: string }>(
    `SELECT e.extension AS "user", d.name AS "domain" FROM extensions e JOIN domains d ON d.id = e.domain_id
     WHERE e.enabled ORDER BY e.extension, d.name`,
  )
  return rows.map(({ user, domain }) => form(fieldsOf(user, domain)))
}

const fieldsOf = (user: string, domain: string): Record<string, string> => ({
  hostname: 'switch1',
  section: 'directory',
  tag_name: 'domain',
  key_name: 'name',
  key_value: domain,
  'Event-Name': 'REQUEST_PARAMS',
  'Core-UUID': 'a55c6725-a94e-4c90-8f87-06eec1910df1',
  'FreeSWITCH-Hostname': 'switch1',
  'FreeSWITCH-Switchname': 'switch1',
  'FreeSWITCH-IPv4': '192.0.2.2',
  'FreeSWITCH-IPv6': 'fd00::2',
  'Event-Date-Local': '2026-11-23 21:30:42',
  'Event-Date-GMT': 'Mon, 23 Nov 2026 21:30:42 GMT',
  'Event-Date-Timestamp': '1795469442606890',
  'Event-Calling-File': 'sofia_reg.c',
  'Event-Calling-Function': 'sofia_reg_parse_auth',
  'Event-Calling-Line-Number': '3124',
  'Event-Sequence': '557',
  action: 'sip_auth',
  sip_profile: 'internal',
  sip_user_agent: 'Yealink SIP-T54W 96.86.0.100',
  sip_auth_username: user,
  sip_auth_realm: domain,
  sip_auth_nonce: '61c48524-d384-4b4b-88f3-cfcdbe346c77',
  sip_auth_uri: `sip:${domain}`,
  sip_contact_user: user,
  sip_contact_host: '198.51.100.7',
  sip_to_user: user,
  sip_to_host: domain,
  sip_via_protocol: 'udp',
  sip_from_user: user,
  sip_from_host: domain,
  sip_call_id: `0_${user}@198.51.100.7`,
  sip_request_host: domain,
  sip_auth_qop: 'auth',
  sip_auth_cnonce: '6b8b4567',
  sip_auth_nc: '00000001',
  sip_auth_response: '4959df0473d1447f1cd0e9a5fdce5b9c',
  sip_auth_method: 'REGISTER',
  client_port: '5060',
  key: 'id',
  user,
  domain,
  ip: '198.51.100.7',
})

const form = (fields: Record<string, string>): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
