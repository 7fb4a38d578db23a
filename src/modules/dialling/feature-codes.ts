/** Numbers that dialplans of a tenant answer to, as their column `number` tells them to people. */
import type { Connection } from '../../rest/database.ts'
import { Sql } from '../../rest/sql.ts'

/** Whether an enabled dialplan in the tenant's context, or in that of every tenant, names the number. */
export async function isFeatureCode(
  db: Pick<Connection, 'run'>,
  domain: { readonly id: string; readonly name: string },
  number: string,
): Promise<boolean> {
  const sql = new Sql()
  const own = `("domain_id" = ${sql.param(domain.id)} AND "context" IN (${sql.param(domain.name)}, ${sql.param(EVERY)}))`
  const shared = `("domain_id" IS NULL AND "context" = ${sql.param(EVERY)})`
  // Routes to the outside take numbers by regular expressions, which are no things inside.
  const others = `coalesce("category", '') NOT IN ('Inbound route', 'Outbound route')`
  const rows = await db.run(
    sql.statement(
      `SELECT DISTINCT "number" FROM "dialplans" WHERE "enabled" AND "number" <> '' AND ${others} AND (${own} OR ${shared})`,
    ),
  )
  return rows.some(([written]) => namesNumber(written as string, number))
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: the context of dialplans that every tenant has
const EVERY = '${domain_name}'

/**
 * Whether what stands in a dialplan's column `number` speaks of this number: `*97`, `*72,*73`, `park+*5901-*5999`,
 * `*67[d+]`, `*99[ext]`. Regular expressions, and words that stand for any number at all, name none.
 */
export function namesNumber(written: string, number: string): boolean {
  return written.split(',').some((part) => namesOne(part.trim(), number))
}

function namesOne(written: string, number: string): boolean {
  if (written === '' || REGULAR_EXPRESSION.test(written)) return false
  if (written === number) return true
  if (written.startsWith('park+') && namesOne(written.slice('park+'.length), number.replace(/^park\+/, ''))) return true
  const open = OPEN_ENDED.exec(written)
  if (open) return number.startsWith(open[1]!) && /^\d{1,20}$/.test(number.slice(open[1]!.length))
  const range = RANGE.exec(written)
  return range !== null && isWithin(range, number)
}

const REGULAR_EXPRESSION = /[\\^$()|?]/
const OPEN_ENDED = /^([^[\]]+)\[(?:ext|d\+)\]$/
const RANGE = /^(\D{0,4})(\d{1,15})-(\D{0,4})(\d{1,15})$/

function isWithin([, head, first, secondHead, last]: RegExpExecArray, number: string): boolean {
  const digits = number.slice(head!.length)
  if (head !== secondHead || !number.startsWith(head!) || !/^\d{1,15}$/.test(digits)) return false
  return digits.length === first!.length && Number(digits) >= Number(first) && Number(digits) <= Number(last)
}
