/** The entries that a domain begins with. They are its own: to be read, changed, switched off and deleted as any. */
import { randomUUID } from 'node:crypto'
import { dialplanXml } from '../../../freeswitch/dialplan/extension.ts'
import type { Statement } from '../../../rest/database.ts'
import { Sql } from '../../../rest/sql.ts'
import { auditName } from '../../../rest/write/transaction.ts'
import { beginning } from './beginning.ts'
import type { DefaultEntry } from './entry.ts'
import { features } from './features.ts'
import { reaching } from './reaching.ts'

/** All of them, in the order in which the switch looks at them. */
export const DEFAULTS: readonly DefaultEntry[] = [...beginning, ...features, ...reaching].sort(
  (a, b) => a.sequence - b.sequence,
)

/** One statement that gives domains their entries. */
export function insertDefaults(
  domains: readonly { readonly id: string; readonly name: string }[],
  username: string,
): Statement {
  const rows = domains.flatMap(({ id, name }) => DEFAULTS.map((entry) => rowOf(entry, id, name)))
  const sql = new Sql()
  const from = `jsonb_to_recordset(${sql.param(JSON.stringify(rows))}::jsonb) AS d("id" uuid, "domain_id" uuid, "context" text, "name" text, "number" text, "dp_continue" boolean, "xml" text, "sequence" smallint, "description" text)`
  const columns =
    '"id", "domain_id", "context", "name", "number", "dp_continue", "xml", "sequence", "description", "category", "updated_by"'
  return sql.statement(
    `INSERT INTO "dialplans" (${columns}) SELECT d.*, 'Default', ${sql.param(auditName(username))} FROM ${from}`,
  )
}

function rowOf(entry: DefaultEntry, domain_id: string, context: string) {
  const { name, number = '', sequence, description, continue: goesOn = false, conditions } = entry
  const id = randomUUID()
  const xml = dialplanXml({ name, continue: goesOn, uuid: id, conditions })
  return { id, domain_id, context, name, number, dp_continue: goesOn, xml, sequence, description }
}
