/** `ordering=field,-field`: which rows come first. Every order ends in the primary key, so that pages never overlap. */
import type { Predicate } from '../access.ts'
import type { FieldErrors } from '../errors.ts'
import type { Compiled, View } from '../registry.ts'
import type { Resource } from '../resource.ts'
import { identifier } from '../sql.ts'
import { addError, type Query } from './query.ts'

export interface Order {
  readonly name: string
  readonly descending: boolean
}

/** The order asked for, else the resource's own. An unknown field is an error: rows in no order lose an export some. */
export function readOrdering(compiled: Compiled, view: View, query: Query, errors: FieldErrors): Order[] {
  const asked = query.get('ordering')?.trim()
  const terms = asked ? asked.split(',').map((term) => term.trim()) : compiled.resource.order
  const orders: Order[] = []
  for (const term of terms) {
    const name = term.replace(/^-/, '')
    const field = compiled.fields.get(name)
    const usable = field?.expression && field.column?.type !== 'json' && view.shown.has(name) && !field.column?.secret
    if (asked && !usable) addError(errors, 'ordering', `${name || 'An empty name'} is no field to order by.`)
    else if (!orders.some((order) => order.name === name)) orders.push({ name, descending: term.startsWith('-') })
  }
  const key = compiled.model.primaryKey.name
  if (!orders.some((order) => order.name === key)) orders.push({ name: key, descending: false })
  return orders
}

/** The order without columns that have one value in all rows found: those that a filter fixes, and what they determine. */
export function withoutFixed(orders: readonly Order[], resource: Resource, where: readonly Predicate[]): Order[] {
  const fixed = new Set<string>()
  for (const predicate of where) {
    if (!('lookup' in predicate) || predicate.lookup !== 'exact') continue
    for (const name of [predicate.path, ...(resource.determines?.[predicate.path] ?? [])]) fixed.add(name)
  }
  const left = orders.filter(({ name }) => !fixed.has(name))
  return left.length > 0 ? left : orders.slice(-1)
}

/** The SQL after ORDER BY. */
export function orderSql(compiled: Compiled, orders: readonly Order[]): string {
  return orders
    .map(({ name, descending }) => {
      // A resource's own order may go by a column it does not show.
      const expression = compiled.fields.get(name)?.expression ?? `t.${identifier(name)}`
      return descending ? `${expression} DESC` : expression
    })
    .join(', ')
}
