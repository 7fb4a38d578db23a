/** What answers to a number of a tenant: `dialled_numbers`, which triggers keep in step with the tables of such things. */
import type { Connection } from '../../rest/database.ts'
import { Sql } from '../../rest/sql.ts'

/** A thing of a tenant that can be dialled. */
export interface Dialled {
  readonly number: string
  readonly kind: 'extension' | 'alias' | 'ring group' | 'IVR menu' | 'call centre queue'
  /** The row of the extension, ring group, menu or queue. */
  readonly rowId: string
}

/** What answers to these numbers in a tenant. */
export async function dialledBy(
  db: Pick<Connection, 'run'>,
  domainId: string,
  numbers: readonly string[],
): Promise<Dialled[]> {
  const sql = new Sql()
  const where = `"domain_id" = ${sql.param(domainId)} AND "number" = ANY(${sql.param(numbers)}::text[])`
  const rows = await db.run(
    sql.statement(`SELECT "number", "kind", "row_id" FROM "dialled_numbers" WHERE ${where} ORDER BY "number"`),
  )
  return rows.map(([number, kind, rowId]) => ({ number, kind, rowId }) as Dialled)
}

/** Explains the constraint that no two things share a number: the columns hold the numbers of the row refused. */
export const numberTaken =
  (...columns: readonly string[]) =>
  async (row: Readonly<Record<string, unknown>>, db: Connection): Promise<Record<string, string[]>> => {
    const numbers = columns.map((name) => row[name]).filter((value) => typeof value === 'string' && value !== '')
    const taken = await dialledBy(db, String(row.domain_id), numbers as string[])
    const others = taken.filter(({ rowId }) => rowId !== row.id)
    const pairs = columns.flatMap((name): [string, string[]][] => {
      const other = others.find(({ number }) => number === row[name])
      return other ? [[name, [`The number ${other.number} is taken by ${NAMES[other.kind]} of this domain.`]]] : []
    })
    return Object.fromEntries(pairs)
  }

const NAMES: Readonly<Record<Dialled['kind'], string>> = {
  extension: 'an extension',
  alias: "an extension's alias",
  'ring group': 'a ring group',
  'IVR menu': 'an IVR menu',
  'call centre queue': 'a call centre queue',
}
