/** Whose calls statistics are of: the tenant and the extension asked for, looked up where the caller may look. */
import type { Predicate } from '../../../rest/access.ts'
import type { ActionContext } from '../../../rest/asking.ts'
import { type FieldErrors, ValidationError } from '../../../rest/errors.ts'
import { modelOf } from '../../../rest/model/model.ts'
import { whereSql } from '../../../rest/read/where.ts'
import { Sql } from '../../../rest/sql.ts'
import { readUuid } from '../../../rest/values/identity.ts'
import { quoted } from '../../../rest/values/parsed.ts'
import type { Counted } from './bins.ts'

export const SCOPES = ['extn', 'domain', 'all'] as const
export type Scope = (typeof SCOPES)[number]

export interface Asked {
  readonly cdr_scope?: Scope
  readonly cdr_extn?: string
  readonly cdr_domain?: string
}

export interface Whose extends Counted {
  readonly scope: Scope
  /** The tenant's name. */
  readonly domain: string | null
  /** The extension's number. */
  readonly extension: string | null
}

interface Domain {
  readonly id: string
  readonly name: string
}

/** Finds out whose calls are asked for; what the caller could not see is not there. */
export async function whoseCalls(context: ActionContext, asked: Asked): Promise<Whose> {
  const { caller } = context
  const scope = asked.cdr_scope ?? defaultScope(context, asked)
  const named = asked.cdr_domain === undefined ? undefined : await findDomain(context, asked.cdr_domain)
  const visible = context.rows('xmlcustomercdrs')
  if (scope === 'extn' && asked.cdr_extn !== undefined) {
    const { id, number, domain } = await findExtension(context, asked.cdr_extn, named)
    const rows: Predicate[] = [...visible, { path: 'extension_id', lookup: 'exact', value: id }]
    return { scope, domain, extension: number, rows, tenant: undefined }
  }
  const own = named ?? (await ownDomain(context))
  if (caller.role === 'user_api') {
    return { scope, domain: own?.name ?? null, extension: null, rows: visible, tenant: undefined }
  }
  if (scope === 'extn') refuse({ cdr_extn: ['This field is required for the scope extn.'] })
  if (caller.role === 'admin_api' && scope === 'all') {
    return { scope, domain: null, extension: null, rows: visible, tenant: null }
  }
  if (!own) {
    if (caller.role === 'admin_api') refuse({ cdr_domain: ['This field is required for the scope domain.'] })
    return { scope, domain: null, extension: null, rows: visible, tenant: undefined }
  }
  const rows: Predicate[] = [...visible, { path: 'domain_id', lookup: 'exact', value: own.id }]
  return { scope, domain: own.name, extension: null, rows, tenant: own.id }
}

function defaultScope({ caller }: ActionContext, asked: Asked): Scope {
  if (asked.cdr_extn !== undefined || caller.role === 'user_api') return 'extn'
  return caller.role === 'minor_admin_api' || asked.cdr_domain !== undefined ? 'domain' : 'all'
}

function refuse(errors: FieldErrors): never {
  throw new ValidationError(errors)
}

/** The domains a caller may name: those it could list; a user, who lists none, its own. */
const domainRows = (context: ActionContext): readonly Predicate[] =>
  context.caller.role === 'user_api'
    ? [{ path: 'id', lookup: 'exact', value: context.caller.domainId }]
    : context.rows('domains')

async function domainsWhere(context: ActionContext, where: readonly Predicate[]): Promise<Domain[]> {
  const sql = new Sql()
  const condition = whereSql(sql, modelOf('Domain'), 't', [...domainRows(context), ...where])
  const statement = sql.statement(`SELECT t."id"::text, t."name" FROM "domains" t WHERE ${condition} LIMIT 2`)
  const rows = await context.services.database.run(statement)
  return rows.map(([id, name]) => ({ id: id as string, name: name as string }))
}

async function findDomain(context: ActionContext, text: string): Promise<Domain> {
  const [found] = await domainsWhere(context, [{ any: named('name', text) }])
  return found ?? refuse({ cdr_domain: [`The domain "${quoted(text)}" does not exist.`] })
}

async function ownDomain(context: ActionContext): Promise<Domain | undefined> {
  const { domainId } = context.caller
  if (domainId === null) return undefined
  const [found] = await domainsWhere(context, [{ path: 'id', lookup: 'exact', value: domainId }])
  return found
}

/** Text is a row's name, or its id. */
function named(path: string, text: string): Predicate[] {
  const uuid = readUuid(text)
  const byName: Predicate = { path, lookup: 'exact', value: text }
  return uuid ? [byName, { path: 'id', lookup: 'exact', value: uuid }] : [byName]
}

interface Extension {
  readonly id: string
  readonly number: string
  readonly domain: string | null
}

/** An extension whose number it is goes before one that has it as an alias. */
async function findExtension(context: ActionContext, text: string, domain: Domain | undefined): Promise<Extension> {
  const sql = new Sql()
  const where: Predicate[] = [
    ...context.rows(context.caller.role === 'user_api' ? 'customerextensions' : 'extensions'),
    { any: [...named('extension', text), { path: 'number_alias', lookup: 'exact', value: text }] },
  ]
  if (domain) where.push({ path: 'domain_id', lookup: 'exact', value: domain.id })
  const condition = whereSql(sql, modelOf('Extension'), 't', where)
  const statement = sql.statement(
    `SELECT t."id"::text, t."extension", d."name", t."domain_id"::text FROM "extensions" t
    LEFT JOIN "domains" d ON d."id" = t."domain_id" WHERE ${condition}
    ORDER BY t."extension" = ${sql.param(text)} DESC, t."extension", t."id" LIMIT 1000`,
  )
  const rows = await context.services.database.run(statement)
  const [first] = rows
  if (!first) refuse({ cdr_extn: [`The extension "${quoted(text)}" does not exist.`] })
  if (rows.some((row) => row[3] !== first[3])) {
    refuse({ cdr_domain: [`There is an extension "${quoted(text)}" in several domains: name one.`] })
  }
  return { id: first[0] as string, number: first[1] as string, domain: first[2] as string | null }
}
