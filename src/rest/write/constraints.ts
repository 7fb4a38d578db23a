/** The database's refusals as errors of fields, also when two requests race (contract section 4). */
import type { Caller } from '../caller.ts'
import type { Connection } from '../database.ts'
import { conflict, type FieldErrors, ValidationError } from '../errors.ts'
import type { Model } from '../model/model.ts'
import { addError } from '../read/query.ts'
import type { Compiled } from '../registry.ts'
import { identifier, Sql } from '../sql.ts'
import { noSuchRow } from '../values/identity.ts'
import { checkRelations } from './relations.ts'
import { wholeStatement } from './statements.ts'
import type { Valid } from './validate.ts'

interface DatabaseError extends Error {
  readonly code: string
  readonly constraint?: string
  readonly table?: string
}

const UNIQUE = '23505'
const FOREIGN_KEY = '23503'
/** What is filled in from a row that is not there is null. */
const NOT_NULL = '23502'

/** Whether an error is a refusal by a constraint. */
export const isConstraintError = (error: unknown): error is DatabaseError =>
  error instanceof Error &&
  'code' in error &&
  [UNIQUE, FOREIGN_KEY, NOT_NULL].includes((error as { code: string }).code)

/**
 * Everything wrong with values that the database refused: asked anew, after the rollback, so that several errors come
 * together. Where the row in the way is gone again, what the database named is told.
 */
export async function explainRefusal(
  db: Connection,
  compiled: Compiled,
  caller: Caller,
  valid: Valid,
  id: string | undefined,
  refusal: DatabaseError,
): Promise<Error> {
  await checkRelations(db, compiled, caller, valid, { scopedOnly: false })
  if (Object.keys(valid.errors).length === 0) await addUniqueErrors(db, compiled.model, valid, id)
  if (Object.keys(valid.errors).length === 0) addNamedError(compiled.model, valid, refusal)
  if (Object.keys(valid.errors).length === 0) await addExplained(db, compiled, valid, id, refusal)
  if (Object.keys(valid.errors).length > 0) return new ValidationError(valid.errors)
  if (refusal.code === NOT_NULL) return refusal // validation let null through: a fault of ours
  return conflict('The write is at odds with another that was made at the same time. Try again.')
}

async function addUniqueErrors(db: Connection, model: Model, valid: Valid, id: string | undefined): Promise<void> {
  const sql = new Sql()
  const table = identifier(model.table)
  const key = identifier(model.primaryKey.name)
  const sets = model.uniqueSets.filter((set) => set.some((name) => valid.values.has(name)))
  if (sets.length === 0) return
  const checks = sets.map((set) => {
    const same = set.map((name) => `t.${identifier(name)} = ${currentValue(sql, model, valid, id, name)}`)
    const other = id === undefined ? '' : ` AND t.${key} <> ${sql.param(id)}`
    return `EXISTS (SELECT FROM ${table} t WHERE ${same.join(' AND ')}${other})`
  })
  const [answers] = await db.run(sql.statement(`SELECT ${checks.join(', ')}`))
  for (const [index, set] of sets.entries()) {
    if (answers![index]) addUniqueError(valid.errors, model, set)
  }
}

/** The value sent, else the one the row has. */
function currentValue(sql: Sql, model: Model, valid: Valid, id: string | undefined, name: string): string {
  if (valid.values.has(name) || id === undefined) {
    return `${sql.param(valid.values.get(name) ?? null)}::${model.columns.get(name)!.sqlType}`
  }
  const key = identifier(model.primaryKey.name)
  return `(SELECT o.${identifier(name)} FROM ${identifier(model.table)} o WHERE o.${key} = ${sql.param(id)})`
}

/** DRF's sentence about a set, and the guide's (or the column's own) about the field that tells its rows apart. */
function addUniqueError(errors: FieldErrors, model: Model, set: readonly string[]): void {
  const column = model.columns.get(set.at(-1)!)!
  if (set.length > 1) {
    addError(errors, 'non_field_errors', `The fields ${set.join(', ')} must make a unique set.`)
  }
  const label = column.label ?? column.name.replaceAll('_', ' ')
  addError(errors, column.name, column.taken ?? `${modelLabel(model)} with this ${label} already exists.`)
}

/** `FollowMeDestination` → `Follow me destination`. */
export const modelLabel = (model: Model): string => {
  const words = model.name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()
  return words[0]!.toUpperCase() + words.slice(1)
}

function addNamedError(model: Model, valid: Valid, refusal: DatabaseError): void {
  if (refusal.code === UNIQUE && refusal.table === model.table) {
    const set = model.uniqueSets.find((one) => constraintName(model, one, 'key') === refusal.constraint)
    if (set) addUniqueError(valid.errors, model, set)
  }
  if (refusal.code === FOREIGN_KEY && refusal.table === model.table) {
    const hop = [...model.hops.keys()].find((name) => constraintName(model, [name], 'fkey') === refusal.constraint)
    if (hop && valid.values.has(hop)) addError(valid.errors, hop, noSuchRow(valid.values.get(hop)))
  }
}

/** A constraint of a table that triggers write is the definition's to explain. */
async function addExplained(
  db: Connection,
  compiled: Compiled,
  valid: Valid,
  id: string | undefined,
  refusal: DatabaseError,
): Promise<void> {
  const explain = compiled.resource.constraints?.[refusal.constraint ?? '']
  if (!explain) return
  const key = compiled.model.primaryKey.name
  const [found] =
    id === undefined ? [] : await db.run(wholeStatement(compiled, [{ path: key, lookup: 'exact', value: id }]))
  const row = found ? (JSON.parse(found[0] as string) as object) : {}
  const errors = await explain({ ...row, ...Object.fromEntries(valid.values) }, db)
  for (const [name, sentences] of Object.entries(errors)) {
    for (const sentence of sentences) addError(valid.errors, name, sentence)
  }
}

/** The name Prisma gives a constraint: at most 63 characters, as PostgreSQL has it. */
function constraintName(model: Model, columns: readonly string[], ending: 'key' | 'fkey'): string {
  const stem = `${model.table}_${columns.join('_')}`
  return `${stem.slice(0, 63 - ending.length - 1)}_${ending}`
}
