/** Entries that a tenant's administrator writes stay in the tenant, and name what is the tenant's only. */
import { documentLeavesTenant, leavesTenant, type Named } from '../../freeswitch/dialplan/tenancy.ts'
import type { WriteContext } from '../../rest/resource.ts'
import { Sql } from '../../rest/sql.ts'
import type { Transaction } from '../../rest/write/transaction.ts'
import { domainOf, type Place } from '../dialling/destinations.ts'

type Context = Pick<WriteContext, 'tx' | 'caller'>

/** Why a document may not be an entry of the tenant for this caller; undefined: it may. */
export const documentRefused = (xml: string, domainId: string | null, context: Context) =>
  refused(domainId, context, (domain, named) => documentLeavesTenant(xml, domain.name, named))

/** The same for one application and its data. */
export const stepRefused = (application: string, data: string, domainId: string | null, context: Context) =>
  refused(domainId, context, (domain, named) => leavesTenant(application, data, domain.name, named))

async function refused(
  domainId: string | null,
  { tx, caller }: Context,
  read: (domain: Place, named: Named) => string | undefined,
): Promise<string | undefined> {
  if (caller.role === 'admin_api') return undefined
  const domain = await domainOf(tx, domainId)
  if (!domain) return undefined
  const named: Named = { gateways: new Set(), queues: new Set(), menus: new Set() }
  return read(domain, named) ?? (await missing(tx, domain, named))
}

/** The first thing named that the tenant does not have. That somebody else has it is not said. */
async function missing(tx: Transaction, domain: Place, named: Named): Promise<string | undefined> {
  const kinds = [
    { what: 'gateway', names: named.gateways, table: 'gateways', column: 'gateway', shared: ' OR "domain_id" IS NULL' },
    { what: 'call centre queue', names: named.queues, table: 'call_centre_queues', column: 'name', shared: '' },
    { what: 'IVR menu', names: named.menus, table: 'ivr_menus', column: 'name', shared: '' },
  ]
  for (const { what, names, table, column, shared } of kinds) {
    if (names.size === 0) continue
    const sql = new Sql()
    const known = `SELECT "id"::text, "${column}" FROM "${table}" WHERE "domain_id" = ${sql.param(domain.id)}${shared}`
    const own = new Set((await tx.run(sql.statement(known))).flat().map(String))
    const other = [...names].find((name) => !own.has(name))
    if (other !== undefined) return `There is no ${what} ${other.slice(0, 64)} in this domain.`
  }
  return undefined
}
