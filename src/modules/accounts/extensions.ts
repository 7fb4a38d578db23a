import { everything } from '../../rest/access.ts'
import type { Action } from '../../rest/asking.ts'
import { type Created, resource, type WriteContext } from '../../rest/resource.ts'
import { Sql } from '../../rest/sql.ts'
import { inOwnDomain, ofOwnExtensions } from '../access.ts'
import { numberTaken } from '../dialling/numbers.ts'
import { textInput } from '../inputs.ts'
import { FLUSHED } from '../switch-answers.ts'
import { settingSql } from '../tenants/settings.ts'
import { checkDialString, reachesHost } from './extension-texts.ts'

/** What users may change of their own extensions. */
export const CHANGED_BY_USERS = [
  'effective_caller_id_name',
  'do_not_disturb',
  'call_screen_enabled',
  'follow_me_enabled',
  'forward_all_enabled',
  'forward_all_destination',
  'forward_busy_enabled',
  'forward_busy_destination',
  'forward_no_answer_enabled',
  'forward_no_answer_destination',
  'forward_user_not_registered_enabled',
  'forward_user_not_registered_destination',
  'forward_caller_id',
] as const

const flushOne: Action = {
  on: 'row',
  methods: ['GET', 'POST'],
  roles: ['admin_api', 'minor_admin_api'],
  summary: "Makes the switches forget the directory of the extension's domain",
  answer: FLUSHED,
  run: ({ services }, row) => services.switches.flushDirectory([row.domain_id as string]),
}

const flushAll: Action = {
  on: 'collection',
  methods: ['GET', 'POST'],
  roles: ['admin_api', 'minor_admin_api'],
  summary: 'Makes the switches forget the directory: of all domains, for a minor administrator of its own',
  answer: FLUSHED,
  run: ({ services, caller }) =>
    services.switches.flushDirectory(caller.role === 'admin_api' ? 'all' : [caller.domainId!]),
}

/** SIP users of one domain. FreeSWITCH reads them through its XML directory. */
export const extensions = resource('Extension', {
  path: 'extensions',
  tenant: 'domain_id',
  hidden: [
    'unique_id',
    'nibble_account',
    'dial_user',
    'dial_domain',
    'follow_me_uuid',
    'follow_me_destinations',
    'missed_call_data',
  ],
  required: ['domain_id'],
  order: ['domain_id', 'extension'],
  search: ['extension', 'number_alias', 'effective_caller_id_name', 'effective_caller_id_number', 'description'],
  fill: { user_context: 'domain_id__name', accountcode: 'domain_id__name' },
  inputs: {
    voicemail_password: {
      ...textInput('PIN of the voicemail box made with the extension; its number when left out.', 16),
      createOnly: true,
    },
  },
  access: {
    admin_api: everything,
    minor_admin_api: inOwnDomain(),
    user_api: ofOwnExtensions('id', ['list', 'retrieve', 'update'], CHANGED_BY_USERS),
  },
  refuse: ({ values, before, caller }) => (values ? reachesHost(values, before, caller) : undefined),
  within: {
    async createAll(created, context) {
      for (const { row } of created) await checkDialString(row, null, context)
      await createMailboxes(created, context)
    },
    update: checkDialString,
    updateOf: ['dial_string', 'domain_id'],
  },
  constraints: { dialled_numbers_pkey: numberTaken('extension', 'number_alias') },
  actions: { flush_cache_directory: flushOne, flush_cache_all_directories: flushAll },
})

/** Every extension has a voicemail box. Its settings are those in force for the domain. */
async function createMailboxes(
  created: readonly Created<'Extension'>[],
  { tx, caller }: Pick<WriteContext, 'tx' | 'caller'>,
): Promise<void> {
  const sql = new Sql()
  const boxes = created.map(({ row, inputs }) => ({
    extension_id: row.id,
    domain_id: row.domain_id,
    pin: (inputs.voicemail_password as string | undefined) ?? row.extension.slice(0, 16),
  }))
  const from = `jsonb_to_recordset(${sql.param(JSON.stringify(boxes))}::jsonb) AS b("extension_id" uuid, "domain_id" uuid, "pin" text)`
  const values = [
    'b."extension_id"',
    'b."pin"',
    `coalesce(${settingSql('voicemail', 'attach_file', 'b."domain_id"')}, 'true')`,
    `coalesce(${settingSql('voicemail', 'local_after_email', 'b."domain_id"')} = 'true', true)`,
    sql.param(caller.username.slice(0, 64)),
  ]
  await tx.run(
    sql.statement(
      `INSERT INTO "voicemails" ("extension_id", "password", "attach_file", "local_after_email", "updated_by") SELECT ${values.join(', ')} FROM ${from}`,
    ),
  )
}
