/** What configuration documents have in common. */
import { type Attributes, document, element } from '../../../freeswitch/xml/write.ts'
import type { Connection, Statement } from '../../../rest/database.ts'

/** A whole document of one module's configuration. */
export const configuration = (name: string, description: string, children: readonly string[]): string =>
  document('configuration', [element('configuration', { name, description }, children)])

/** `<param name="…" value="…"/>`; nothing where there is no value. */
export const param = (name: string, value: Attributes[string]): string[] =>
  value === null || value === undefined || value === '' ? [] : [element('param', { name, value })]

/** The one value that a statement gives, which is JSON. */
export async function readJson<T>(database: Connection, statement: Statement): Promise<T> {
  const [row] = await database.run(statement)
  return JSON.parse(String(row![0])) as T
}

/** SQL: whether a row with a `hostname` is for the switch of this name. */
export const forHost = (row: string, hostname: string): string => `coalesce(${row}."hostname", '') IN ('', ${hostname})`
