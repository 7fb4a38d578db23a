/** The telephone that click-to-dial rings. */

import type { ActionContext } from '../../../rest/asking.ts'
import { modelOf, type Row } from '../../../rest/model/model.ts'
import { whereSql } from '../../../rest/read/where.ts'
import { Sql } from '../../../rest/sql.ts'

export interface DefaultExtension {
  readonly extension: Row<'Extension'>
  readonly domain: Pick<Row<'Domain'>, 'name' | 'home_switch'>
}

/** The caller's default extension, as `extensionuser` says, if it and its domain are in use and in the caller's reach. */
export async function defaultExtension(context: ActionContext): Promise<DefaultExtension | undefined> {
  const { caller, services } = context
  if (caller.userUuid === null) return undefined
  const sql = new Sql()
  const reach = whereSql(sql, modelOf('Extension'), 't', [
    ...context.rows('customerextensions'),
    { path: 'enabled', lookup: 'exact', value: true },
    { path: 'domain_id__enabled', lookup: 'exact', value: true },
  ])
  const isDefault = `u."user_uuid" = ${sql.param(caller.userUuid)} AND u."default_user"`
  const [row] = await services.database.run(
    sql.statement(
      `SELECT row_to_json(t)::text, d."name", d."home_switch" FROM "extensions" t
      JOIN "domains" d ON d."id" = t."domain_id" JOIN "extension_users" u ON u."extension_id" = t."id"
      WHERE ${isDefault} AND ${reach} ORDER BY t."id" LIMIT 1`,
    ),
  )
  if (!row) return undefined
  const [json, name, home_switch] = row as [string, string, string]
  return { extension: JSON.parse(json) as Row<'Extension'>, domain: { name, home_switch } }
}
