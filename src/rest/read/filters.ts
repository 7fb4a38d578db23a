/** `field=value`, `field__LOOKUP=value` and, through relations, `extension_id__extension=1001` into predicates. */
import type { Predicate } from '../access.ts'
import type { Caller } from '../caller.ts'
import type { FieldErrors } from '../errors.ts'
import type { Field } from '../fields.ts'
import type { Column } from '../model/model.ts'
import type { Compiled, View } from '../registry.ts'
import { booleanParser } from '../values/boolean.ts'
import { readUuid } from '../values/identity.ts'
import type { Parsed, Parser } from '../values/parsed.ts'
import { forbiddenCharacter } from '../values/text.ts'
import { readDay } from '../values/time.ts'
import { follow } from './following.ts'
import { isLookup, isTextual, type Lookup, lookupsOf } from './lookups.ts'
import { addError, type Query, reservedOf } from './query.ts'
import { checkRanges, isBackwards } from './ranges.ts'

const MOST_LISTED = 1000

/**
 * The filters of a query. A parameter that names no field is not a filter and is ignored, as in DRF (`strict`: is an
 * error); an empty value filters nothing. Errors are added under the parameter's name.
 */
export function readFilters(
  compiled: Compiled,
  view: View,
  caller: Caller,
  query: Query,
  strict: boolean,
  errors: FieldErrors,
): Predicate[] {
  const predicates: Predicate[] = []
  const byName = new Map<string, Predicate>()
  const reserved = reservedOf(compiled.resource)
  for (const [name, raw] of query) {
    if (reserved.has(name)) continue
    const predicate = readFilter(compiled, view, caller, name, raw.trim())
    if (predicate === undefined) {
      if (strict) addError(errors, name, 'Unknown query parameter.')
    } else if (typeof predicate === 'string') {
      addError(errors, name, predicate)
    } else if (predicate) {
      predicates.push(predicate)
      byName.set(name, predicate)
    }
  }
  checkRanges(compiled.model, byName, errors)
  return predicates
}

/** A predicate; null where there is nothing to filter by; a sentence for an error; undefined for no filter at all. */
function readFilter(
  compiled: Compiled,
  view: View,
  caller: Caller,
  name: string,
  raw: string,
): Predicate | null | string | undefined {
  const [first, ...rest] = name.split('__')
  const field = compiled.fields.get(first!)
  if (!field) return undefined
  if (!view.filters.has(first!)) return `${first} cannot be filtered by.`
  const hop = field.column?.references
  const [next] = rest
  if (hop && next !== undefined && !(rest.length === 1 && isLookup(next))) {
    return throughRelation(compiled, caller, field, rest.join('__'), raw)
  }
  if (rest.length > 1 || (next !== undefined && !isLookup(next))) return `${rest.join('__')} is no lookup.`
  const lookup = (next ?? 'exact') as Lookup
  return withOthers(compiled, comparisonOf(field, lookup, raw, compiled.registry.timeZone))
}

/** An exact comparison holds for the columns that the definition names beside this one, too. */
function withOthers(compiled: Compiled, one: Predicate | null | string): Predicate | null | string {
  if (one === null || typeof one === 'string' || !('lookup' in one) || one.lookup !== 'exact') return one
  const others = compiled.resource.also?.[one.path]
  return others ? { any: [one, ...others.map((path) => ({ ...one, path }))] } : one
}

function throughRelation(
  compiled: Compiled,
  caller: Caller,
  field: Field,
  rest: string,
  raw: string,
): Predicate | null | string {
  const beyond = follow(compiled, caller, field)
  if (!beyond) return `${field.name} cannot be followed.`
  const inner = readFilter(beyond.home, beyond.view, caller, rest, raw)
  if (inner === undefined) return `${rest.split('__')[0]} is no field of ${beyond.home.resource.path}.`
  if (inner === null || typeof inner === 'string') return inner
  const among = beyond.among(inner)
  return findsNone(inner) ? { any: [{ path: field.path!, lookup: 'isnull', value: true }, among] } : among
}

/** Whether a filter is `isnull=true`, over however many relations: what no row stands for is null as well. */
const findsNone = (predicate: Predicate): boolean =>
  'any' in predicate
    ? predicate.any.some(findsNone)
    : 'lookup' in predicate && predicate.lookup === 'isnull' && predicate.value === true

function comparisonOf(field: Field, lookup: Lookup, raw: string, timeZone: string): Predicate | null | string {
  const column = field.column!
  if (!lookupsOf(column).includes(lookup)) return `${lookup} is no lookup of ${field.name}.`
  if (raw === '') return null
  const value = readValue(column, field.parse!, lookup, raw, timeZone)
  return value.ok ? { path: field.path!, lookup, value: value.value } : value.error
}

function readValue(column: Column, parse: Parser, lookup: Lookup, raw: string, timeZone: string): Parsed {
  if (lookup === 'isnull') return booleanParser(raw)
  if (lookup === 'date') {
    const day = readDay(raw, timeZone)
    return day ? { ok: true, value: [day.from, day.to] } : { ok: false, error: 'Enter a valid date: YYYY-MM-DD.' }
  }
  if (lookup === 'in' || lookup === 'range') return readList(column, parse, lookup, raw)
  return readOne(column, parse, lookup, raw)
}

function readList(column: Column, parse: Parser, lookup: Lookup, raw: string): Parsed {
  const parts = raw.split(',').map((part) => part.trim())
  if (lookup === 'range' && parts.length !== 2) return { ok: false, error: 'Enter two values, from,to.' }
  if (parts.length > MOST_LISTED) return { ok: false, error: `Enter no more than ${MOST_LISTED} values.` }
  const values = parts.map((part) => readOne(column, parse, lookup, part))
  const wrong = values.find((value) => !value.ok)
  if (wrong) return wrong
  const list = values.map((value) => (value as { value: unknown }).value)
  if (lookup === 'range' && isBackwards(column.type, list[0], list[1])) {
    return { ok: false, error: 'Enter two values, from,to: the first is after the second.' }
  }
  return { ok: true, value: list }
}

/** A filter's value is held to its column's type; text that no row can have is no error, it finds nothing. */
function readOne(column: Column, parse: Parser, lookup: Lookup, raw: string): Parsed {
  if (column.references && column.type === 'uuid') {
    const uuid = readUuid(raw)
    return uuid ? { ok: true, value: uuid } : { ok: false, error: `“${raw}” is not a valid UUID.` }
  }
  if (column.type !== 'text') return parse(raw)
  if (column.choices && !isTextual(lookup) && !column.choices.includes(raw)) {
    return { ok: false, error: `Select a valid choice. ${raw} is not one of the available choices.` }
  }
  return forbiddenCharacter(raw) ?? { ok: true, value: raw }
}
