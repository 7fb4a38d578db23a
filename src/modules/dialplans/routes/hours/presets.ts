/** Presets that rules may name: holidays of the tenant's region, as settings have them. */
import { numbersOf, type Times } from '../../../../freeswitch/dialplan/times.ts'
import { Sql } from '../../../../rest/sql.ts'
import type { Transaction } from '../../../../rest/write/transaction.ts'
import { settingSql } from '../../../tenants/settings.ts'
import type { Presets } from './when.ts'

/** The presets in force for a tenant: `preset_<region>` of the category time_conditions, where `region` says which. */
export async function presetsOf(tx: Pick<Transaction, 'run'>, domainId: string): Promise<Presets> {
  const sql = new Sql()
  const domain = `${sql.param(domainId)}::uuid`
  const named = `"category" = 'time_conditions' AND "subcategory" = 'preset_' || ${settingSql('time_conditions', 'region', domain)} AND "enabled"`
  const own = `SELECT "value", 1 AS layer, "sequence" FROM "domain_settings" WHERE "domain_id" = ${domain} AND ${named}`
  const system = `SELECT "value", 2, "sequence" FROM "default_settings" WHERE ${named}`
  const rows = await tx.run(
    sql.statement(`SELECT "value", layer FROM (${own} UNION ALL ${system}) s ORDER BY layer, "sequence"`),
  )
  // A tenant that has presets of its own has no others.
  const nearest = rows.filter(([, layer]) => layer === rows[0]?.[1])
  return new Map(nearest.flatMap(([value]) => presetsIn(String(value ?? ''))))
}

/** The presets of a setting such as `{"christmas_day": {"mday": "25", "mon": "12"}}`; what is none is passed over. */
export function presetsIn(text: string): [string, Times][] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return []
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, times]): [string, Times][] => {
    if (typeof times !== 'object' || times === null) return []
    const texts = Object.fromEntries(Object.entries(times).map(([key, one]) => [key, String(one).replaceAll(' ', '')]))
    const known = Object.entries(texts).every(([key, one]) => numbersOf(key, one) !== undefined)
    return known && Object.keys(texts).length > 0 ? [[name.toLowerCase(), texts]] : []
  })
}
