/** What a call by a click carries: who calls whom, so that telephones show it and its record finds its extension. */
import type { Origination } from '../../../freeswitch/commands.ts'
import type { Connection } from '../../../rest/database.ts'
import type { Row } from '../../../rest/model/model.ts'
import { Sql } from '../../../rest/sql.ts'

export interface Clicked {
  readonly extension: Row<'Extension'>
  readonly domain: string
  readonly dest: string
  readonly context: string
}

/** The variables of the leg that rings first. The id and the ringing time are the command's. */
export async function variablesOf(database: Connection, call: Clicked): Promise<Origination['variables']> {
  const { extension, domain, dest, context } = call
  const colleague = await colleagueOf(database, extension.domain_id, dest)
  return {
    // The caller's own telephone shows who will be called.
    origination_caller_id_name: colleague?.name || dest,
    origination_caller_id_number: dest,
    // Who clicked sits before it: it answers by itself, by Call-Info and Alert-Info. As variables of their own and not
    // as sip_h_…, which mod_sofia copies to the other leg: the one who is called must not be heard unasked.
    sip_auto_answer: true,
    alert_info: 'Ring Answer',
    ignore_early_media: true,
    click_to_call: true,
    call_direction: colleague || dest.startsWith('*') ? 'local' : 'outbound',
    domain_uuid: extension.domain_id,
    domain_name: domain,
    extension_uuid: extension.id,
    user_context: context,
    presence_id: `${extension.extension}@${domain}`,
    accountcode: extension.accountcode || domain,
    toll_allow: extension.toll_allow,
    // What the one who is called sees, inside and outside.
    effective_caller_id_name: extension.effective_caller_id_name,
    effective_caller_id_number: extension.effective_caller_id_number || extension.extension,
    outbound_caller_id_name: extension.outbound_caller_id_name,
    outbound_caller_id_number: extension.outbound_caller_id_number,
    emergency_caller_id_name: extension.emergency_caller_id_name,
    emergency_caller_id_number: extension.emergency_caller_id_number,
    hold_music: extension.hold_music,
    user_record: extension.user_record,
  }
}

/** The extension that a number is in the same tenant, by what its telephone shows to others. */
async function colleagueOf(database: Connection, domainId: string | null, number: string) {
  const sql = new Sql()
  const [id, dest] = [sql.param(domainId), sql.param(number)]
  const [row] = await database.run(
    sql.statement(
      `SELECT e."effective_caller_id_name" FROM "extensions" e
      WHERE e."domain_id" = ${id} AND ${dest} IN (e."extension", e."number_alias") AND e."enabled"
      ORDER BY e."extension" = ${dest} DESC LIMIT 1`,
    ),
  )
  return row && { name: row[0] as string | null }
}
