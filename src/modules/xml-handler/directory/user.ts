/** What is known of a user of the switch's directory: its extension, with the tenant, the box and the owner of that. */
import type { RowReader } from '../../../rest/database.ts'

/** Columns of extensions that go as they are. */
const OF_EXTENSION = [
  ...['extension', 'number_alias', 'password', 'accountcode', 'effective_caller_id_name'],
  ...['effective_caller_id_number', 'outbound_caller_id_name', 'outbound_caller_id_number'],
  ...['emergency_caller_id_name', 'emergency_caller_id_number', 'directory_first_name', 'directory_last_name'],
  ...['directory_visible', 'directory_exten_visible', 'limit_max', 'limit_destination', 'missed_call_app'],
  ...['missed_call_data', 'toll_allow', 'call_timeout', 'call_group', 'call_screen_enabled', 'user_record'],
  ...['hold_music', 'auth_acl', 'cidr', 'sip_force_contact', 'sip_force_expires', 'nibble_account', 'mwi_account'],
  ...['sip_bypass_media', 'dial_string', 'do_not_disturb', 'forward_all_enabled', 'forward_all_destination'],
  ...['forward_busy_enabled', 'forward_busy_destination', 'forward_no_answer_enabled'],
  ...['forward_no_answer_destination', 'forward_user_not_registered_enabled'],
  ...['forward_user_not_registered_destination', 'forward_caller_id', 'follow_me_enabled', 'follow_me_destinations'],
  ...['absolute_codec_string', 'force_ping'],
] as const

/**
 * Calls of an extension begin in its context. That of another tenant is never it, whoever wrote it there: the calls
 * would be that tenant's.
 */
const CONTEXT = `CASE WHEN coalesce(e."user_context", '') IN ('', d."name")
    OR EXISTS (SELECT 1 FROM "domains" o WHERE o."name" = e."user_context") THEN d."name" ELSE e."user_context" END`

/** As many as the dialplan `follow-me-destinations` asks for, as it reads them. */
const FOLLOWED = `CASE WHEN e."follow_me_enabled" THEN (SELECT string_agg(f."place", E'\\n') FROM (
    SELECT concat_ws(',', "destination", "delay", "timeout") AS "place" FROM "follow_me_destinations"
    WHERE "extension_id" = e."id" ORDER BY "sequence", "id" LIMIT 5) f) END`

/** Settings of the tenant, or else of the system, that become variables of its users. */
const SETTINGS = `(SELECT jsonb_object_agg(s."subcategory", s."value") FROM (
    SELECT DISTINCT ON ("subcategory") "subcategory", "value" FROM (
      SELECT "subcategory", "value", 1 AS "layer", "sequence" FROM "domain_settings"
      WHERE "domain_id" = d."id" AND "category" = 'directory' AND "enabled"
      UNION ALL SELECT "subcategory", "value", 2, "sequence" FROM "default_settings"
      WHERE "category" = 'directory' AND "enabled") a
    ORDER BY "subcategory", "layer", "sequence") s)`

const OTHERS = {
  domain_id: 'd."id"',
  domain_name: 'd."name"',
  extension_id: 'e."id"',
  user_context: CONTEXT,
  followed: FOLLOWED,
  settings: SETTINGS,
  has_box: 'v."id" IS NOT NULL',
  box_password: 'v."password"',
  box_greeting: 'v."greeting_id"',
  box_alternate_greeting: 'v."alternate_greeting_id"',
  box_mail_to: 'v."mail_to"',
  box_attach_file: 'v."attach_file"',
  box_keeps: 'v."local_after_email"',
  // Whose messages come here (src/modules/switch-events).
  box_is_followed: 'EXISTS (SELECT FROM "switches")',
  user_uuid: 'u."user_uuid"',
  username: 'u."username"',
} as const

/** Values as PostgreSQL writes them. */
export type User = Readonly<Record<(typeof OF_EXTENSION)[number] | keyof typeof OTHERS, string | null>>

const NAMES = [...OF_EXTENSION, ...Object.keys(OTHERS)] as (keyof User)[]

/** An extension and the alias of another never have one number in a tenant (`dialled_numbers`). */
const branch = (column: 'extension' | 'number_alias') =>
  `SELECT * FROM "extensions" WHERE "domain_id" = d."id" AND "${column}" = $2 AND "enabled"`

const FIND = `SELECT ${[...OF_EXTENSION.map((name) => `e."${name}"`), ...Object.values(OTHERS)].join(', ')}
  FROM "domains" d
  JOIN LATERAL (${branch('extension')} UNION ALL ${branch('number_alias')} LIMIT 1) e ON true
  LEFT JOIN "voicemails" v ON v."extension_id" = e."id" AND v."enabled"
  LEFT JOIN LATERAL (SELECT p."user_uuid", p."username" FROM "extension_users" x
    JOIN "profiles" p ON p."user_uuid" = x."user_uuid"
    WHERE x."extension_id" = e."id" AND x."default_user" ORDER BY x."id" LIMIT 1) u ON true
  WHERE d."name" = $1 AND d."enabled"`

/** The user of this number, or alias, in this tenant. What is disabled is not there. */
export async function findUser(rows: RowReader, domain: string, number: string): Promise<User | undefined> {
  if (domain === '' || number === '') return undefined
  const [values] = await rows.runText({ name: 'directory-user', text: FIND, values: [domain, number] })
  if (!values) return undefined
  const user: Partial<Record<keyof User, string | null>> = {}
  NAMES.forEach((name, index) => {
    user[name] = values[index]!
  })
  return user as User
}
