/** Whether the rows that a body refers to are there, for this caller. */
import type { Predicate } from '../access.ts'
import type { Caller } from '../caller.ts'
import type { Connection } from '../database.ts'
import { type Model, modelOf } from '../model/model.ts'
import { addError } from '../read/query.ts'
import { whereSql } from '../read/where.ts'
import type { Compiled } from '../registry.ts'
import { identifier, Sql } from '../sql.ts'
import { noSuchRow } from '../values/identity.ts'
import type { Valid } from './validate.ts'

/**
 * Adds an error for every relation to a row out of the caller's scope or not there, in one statement. With
 * `scopedOnly`, rows the caller may all refer to are left to the foreign keys of the write itself.
 */
export async function checkRelations(
  db: Connection,
  compiled: Compiled,
  caller: Caller,
  valid: Valid,
  options: { scopedOnly: boolean },
): Promise<void> {
  const sql = new Sql()
  const asked: { name: string; value: unknown; text: string }[] = []
  for (const { name, value, scope, model, remote } of references(compiled, caller, valid)) {
    if (!scope) {
      addError(valid.errors, name, noSuchRow(value))
    } else if (scope.length > 0 || !options.scopedOnly) {
      const where = whereSql(sql, model, 't', [{ path: remote, lookup: 'exact', value }, ...scope])
      asked.push({ name, value, text: `EXISTS (SELECT FROM ${identifier(model.table)} t WHERE ${where})` })
    }
  }
  if (asked.length === 0) return
  const [answers] = await db.run(sql.statement(`SELECT ${asked.map((one) => one.text).join(', ')}`))
  for (const [index, { name, value }] of asked.entries()) {
    if (!answers![index]) addError(valid.errors, name, noSuchRow(value))
  }
}

/**
 * The same for many bodies, in one statement for them all. The bodies that have errors already are told of every
 * relation.
 */
export async function checkAllRelations(
  db: Connection,
  compiled: Compiled,
  caller: Caller,
  valids: readonly Valid[],
): Promise<void> {
  const asked = new Map<string, { model: Model; remote: string; scope: readonly Predicate[]; values: Set<unknown> }>()
  const waiting: { valid: Valid; name: string; value: unknown }[] = []
  for (const valid of valids) {
    const isWrong = Object.keys(valid.errors).length > 0
    for (const { name, value, scope, model, remote } of references(compiled, caller, valid)) {
      if (!scope) {
        addError(valid.errors, name, noSuchRow(value))
      } else if (scope.length > 0 || isWrong) {
        const known = asked.get(name) ?? { model, remote, scope, values: new Set() }
        asked.set(name, known)
        known.values.add(value)
        waiting.push({ valid, name, value })
      }
    }
  }
  if (asked.size === 0) return
  const sql = new Sql()
  const texts = [...asked].map(([name, { model, remote, scope, values }]) => {
    const where = whereSql(sql, model, 't', [{ path: remote, lookup: 'in', value: [...values] }, ...scope])
    return `SELECT ${sql.param(name)}, t.${identifier(remote)}::text FROM ${identifier(model.table)} t WHERE ${where}`
  })
  const found = new Set((await db.run(sql.statement(texts.join(' UNION ALL ')))).map(([name, id]) => `${name} ${id}`))
  for (const { valid, name, value } of waiting) {
    if (!found.has(`${name} ${value}`)) addError(valid.errors, name, noSuchRow(value))
  }
}

function references(compiled: Compiled, caller: Caller, valid: Valid) {
  const entries = [...valid.values, ...valid.inputs].filter(([, value]) => value !== null && value !== undefined)
  return entries.flatMap(([name, value]) => {
    const hop = compiled.fields.get(name)?.column?.references
    if (!hop || compiled.resource.lookedUp?.includes(name)) return []
    const scope: readonly Predicate[] | undefined = compiled.registry.scopeOf(hop.model, caller)
    return [{ name, value, scope, model: modelOf(hop.model), remote: hop.remote }]
  })
}
