/** Whose a number from outside is: in the context of calls from outside each is one route's. */
import { escapeXml } from '../../../freeswitch/xml/escape.ts'
import { Sql } from '../../../rest/sql.ts'
import type { Transaction } from '../../../rest/write/transaction.ts'
import { formsOf, isExpression, quoted } from './numbers.ts'

/** The context of calls from outside, shared by all tenants. */
export const PUBLIC = 'public'

export interface Claim {
  readonly id: string
  readonly domainId: string
  readonly number: string
  readonly prefix: string
}

/**
 * Why a route of this tenant may not take the number, since another takes it; undefined: it may. The switch would let the
 * first of them have every call, so that the other would be of no use, or steal another tenant's. One that is disabled
 * keeps its number: to be enabled again is no question of who comes first.
 * `ofTenant`: it is made by somebody of one tenant, who takes single numbers only, and none that an administrator has
 * given to another tenant by a regular expression.
 */
export async function claimError(tx: Transaction, claim: Claim, ofTenant: boolean): Promise<string | undefined> {
  if (isExpression(claim.number)) {
    return ofTenant ? 'Write one number: regular expressions for calls from outside are for administrators.' : undefined
  }
  // Two that are written at once look one after the other.
  await tx.run({ text: `SELECT pg_advisory_xact_lock(hashtext('numbers from outside'))::text`, values: [] })
  const forms = formsOf(claim.number, claim.prefix)
  const others = await othersOf(tx, claim, forms)
  const same = others.some(({ takes }) => takes)
  const within =
    ofTenant && others.some(({ number, domainId }) => domainId !== claim.domainId && takesAny(number, forms))
  return same || within ? 'This number has a route already.' : undefined
}

/** What else may take one of the numbers, by what is told of it or by what its XML does. */
async function othersOf(tx: Transaction, { id }: Claim, forms: readonly string[]): Promise<Other[]> {
  const sql = new Sql()
  const list = `${sql.param(forms)}::text[]`
  const bare = `ltrim(d."number", '+')`
  const taken = `${bare} = ANY(${list}) OR ltrim(coalesce(i."prefix", ''), '+') || ${bare} = ANY(${list})`
  const expressions = forms.map((form) => escapeXml(`(${quoted(form)})$`))
  // A row's number can be changed where it is a dialplan like any other, and its XML cannot.
  const inXml = `EXISTS (SELECT FROM unnest(${sql.param(expressions)}::text[]) e WHERE position(e || '"' IN d."xml") > 0)`
  const afterPrefix = `replace(substr(f, length(ltrim(i."prefix", '+')) + 1), '*', '\\*')`
  const prefixed = `EXISTS (SELECT FROM unnest(${list}) f WHERE i."prefix" <> '' AND starts_with(f, ltrim(i."prefix", '+')) AND position('(' || ${afterPrefix} || ')$"' IN d."xml") > 0)`
  const takes = `(${taken} OR ${inXml} OR ${prefixed})`
  const isExpression = `left(d."number", 1) IN ('^', '(')`
  const rows = await tx.run(
    sql.statement(
      `SELECT d."domain_id"::text, d."number", ${takes} FROM "dialplans" d LEFT JOIN "inbound_routes" i ON i."dialplan_id" = d."id" WHERE d."context" = ${sql.param(PUBLIC)} AND d."id" <> ${sql.param(id)}::uuid AND (${takes} OR ${isExpression})`,
    ),
  )
  return rows.map(([domainId, number, takes]) => ({
    domainId: String(domainId),
    number: String(number),
    takes: takes === true,
  }))
}

interface Other {
  readonly domainId: string
  readonly number: string
  readonly takes: boolean
}

/** The switch's regular expressions that JavaScript has no equal of are taken to match nothing. */
function takesAny(number: string, forms: readonly string[]): boolean {
  if (!isExpression(number)) return false
  try {
    const expression = new RegExp(number)
    return forms.some((form) => expression.test(form) || expression.test(`+${form}`))
  } catch {
    return false
  }
}
