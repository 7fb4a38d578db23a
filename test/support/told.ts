/** What switches tell in tests of live collections: answers in FreeSWITCH's forms, of rows that a test needs. */

/** The answer to `show … as json`. */
export const rowsTold = (rows: readonly object[]): string =>
  rows.length === 0 ? '{"row_count": 0}\n' : JSON.stringify({ row_count: rows.length, rows })

/** A registration, as a switch has it. */
export const registrationTold = (user: string, realm: string, values: object = {}) => ({
  reg_user: user,
  realm,
  token: `call-${user}@${realm}`,
  url: `sofia/internal/sip:${user}@192.0.2.7:5070`,
  expires: '1795469908',
  network_ip: '192.0.2.7',
  network_port: '5074',
  network_proto: 'udp',
  hostname: 'fs-test',
  metadata: '',
  ...values,
})

/** A channel that a telephone of `user@domain` made. */
export const channelTold = (uuid: string, user: string, domain: string, values: object = {}) => ({
  uuid,
  direction: 'inbound',
  created: '2026-11-23 21:30:42',
  created_epoch: '1795469442',
  name: `sofia/internal/${user}@${domain}`,
  state: 'CS_EXECUTE',
  cid_name: `Ext ${user}`,
  cid_num: user,
  ip_addr: '192.0.2.7',
  dest: '1002',
  application: 'bridge',
  application_data: 'user/1002',
  dialplan: 'XML',
  context: domain,
  read_codec: 'PCMU',
  read_rate: '8000',
  write_codec: 'PCMA',
  write_rate: '8000',
  secure: '',
  hostname: 'fs-test',
  presence_id: `${user}@${domain}`,
  accountcode: domain,
  callstate: 'ACTIVE',
  call_uuid: uuid,
  initial_context: domain,
  ...values,
})
