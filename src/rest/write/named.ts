/** Relations given by a name in place of an id, where a resource says that they may be. */
import type { Caller } from '../caller.ts'
import type { Connection } from '../database.ts'
import type { FieldErrors } from '../errors.ts'
import { modelOf } from '../model/model.ts'
import { addError } from '../read/query.ts'
import { whereSql } from '../read/where.ts'
import type { Compiled } from '../registry.ts'
import { identifier, Sql } from '../sql.ts'
import { noSuchRow, readUuid } from '../values/identity.ts'
import type { BodyInput } from './validate.ts'

/** Names that were looked up already, for many inputs at once. */
export type KnownNames = Map<string, Promise<unknown>>

/** The input with ids in place of names; a name of no row in the caller's scope becomes an error of its field. */
export async function withIds(
  db: Connection,
  compiled: Compiled,
  caller: Caller,
  input: BodyInput,
  known: KnownNames = new Map(),
) {
  const unknown: [field: string, name: string][] = []
  const found: Record<string, unknown> = {}
  const { body } = input
  const { named } = compiled.resource
  if (named && typeof body === 'object' && body !== null && !Array.isArray(body)) {
    for (const [field, column] of Object.entries(named)) {
      const sent = Object.hasOwn(body, field) ? (body as Record<string, unknown>)[field] : undefined
      if (typeof sent !== 'string' || sent.trim() === '' || readUuid(sent) !== undefined) continue
      const key = `${field} ${sent.trim()}`
      if (!known.has(key)) known.set(key, idOf(db, compiled, caller, field, column, sent.trim()))
      const id = await known.get(key)
      if (id === undefined) unknown.push([field, sent])
      // Left out it would become the caller's own; so it stays, to be refused.
      found[field] = id ?? sent
    }
  }
  return {
    input: Object.keys(found).length > 0 ? { ...input, body: { ...(body as object), ...found } } : input,
    addErrors(errors: FieldErrors): void {
      for (const [field, name] of unknown) {
        delete errors[field]
        addError(errors, field, noSuchRow(name))
      }
    },
  }
}

async function idOf(
  db: Connection,
  compiled: Compiled,
  caller: Caller,
  field: string,
  column: string,
  name: string,
): Promise<unknown> {
  const hop = compiled.model.hops.get(field)!
  const scope = compiled.registry.scopeOf(hop.model, caller)
  if (!scope || name.includes('\0')) return undefined
  const model = modelOf(hop.model)
  const sql = new Sql()
  const where = whereSql(sql, model, 't', [{ path: column, lookup: 'exact', value: name }, ...scope])
  const text = `SELECT t.${identifier(hop.remote)} FROM ${identifier(model.table)} t WHERE ${where} LIMIT 2`
  const rows = await db.run(sql.statement(text))
  return rows.length === 1 ? rows[0]![0] : undefined
}
