/** Filters: every column, every lookup its type allows, held against the rows themselves. */
import { expect } from 'vitest'
import type { Column, ColumnType } from '../../src/rest/model/model.ts'
import { expectFieldErrors } from './answers.ts'
import { type Asked, asksOf, LOOKUPS_OF_TYPE, matches } from './lookups.ts'
import { follow } from './reference.ts'
import type { Check, Subject } from './subject.ts'

export function filteringChecks(subject: Subject): Check[] {
  const columns = subject.plainColumns
  const firstText = columns.find(([, column]) => column.type === 'text')
  return [
    ...columns.map(([name, column]) => ({
      name: `filters by ${name}: ${LOOKUPS_OF_TYPE[column.type].join(', ')}`,
      run: () => filtersBy(subject, name, column, name === firstText?.[0]),
    })),
    {
      name: 'values and lookups that are none are a 400 naming each parameter',
      run: () => wrongValues(subject, columns),
    },
    ...columns
      .filter(([, column]) => column.references && subject.compiled.registry.homeOf(column.references.model))
      .map(([name, column]) => ({
        name: `filters through ${name}`,
        run: () => throughRelation(subject, name, column),
      })),
    { name: 'an id that matches nothing gives an empty list', run: () => matchingNothing(subject) },
    {
      name: 'filters join with and; the last of a repeated one counts; an empty one is none',
      run: () => joined(subject),
    },
    {
      name: 'unknown parameters are ignored, with Prefer: handling=strict a 400',
      run: () => unknownParameters(subject),
    },
    { name: 'secrets cannot be filtered by', run: () => secrets(subject) },
  ]
}

/** The rows a filter finds must be those that match it. */
async function expectFound(subject: Subject, path: string, { lookup, raw, operand }: Asked, type: ColumnType) {
  const tables = await subject.tables()
  const { model } = subject.compiled
  const [first, ...rest] = path.split('__') as [string, ...string[]]
  const full = [subject.pathOf(first), ...rest].join('__')
  const others = (lookup === 'exact' && subject.fixture.also?.[path]) || []
  const expected = (await subject.rows()).filter((row) =>
    [full, ...others].some((one) => matches(type, lookup, follow(tables, model, row, one), operand)),
  )
  const name = lookup === 'exact' ? path : `${path}__${lookup}`
  const found = await subject.ids({ [name]: raw })
  expect([...found].sort(), `${name}=${raw}`).toEqual(subject.idsOf(expected).sort())
  expect(new Set(found).size, `${name}=${raw} gives no row twice`).toBe(found.length)
}

async function filtersBy(subject: Subject, name: string, column: Column, thoroughly: boolean): Promise<void> {
  const tables = await subject.tables()
  const rows = await subject.rows()
  const values = rows.map((row) => subject.value(tables, row, name))
  for (const asked of asksOf(column, values, thoroughly)) await expectFound(subject, name, asked, column.type)
}

const NONSENSE: Partial<Record<ColumnType, readonly string[]>> = {
  uuid: ['abc', '123'],
  integer: ['abc', '1.5', 'NaN', '0x10'],
  decimal: ['abc'],
  boolean: ['maybe', '2'],
  datetime: ['yesterday', '2026-13-01', '2026-02-30T00:00:00Z', '1760000000'],
}

/** Parameters of one request. */
const AT_ONCE = 20

async function wrongValues(subject: Subject, columns: readonly [string, Column][]): Promise<void> {
  const wrong = columns.flatMap(([name, column]) => wrongFor(name, column))
  // Of a parameter that is repeated the last value counts: each of its values has a request of its own.
  const rounds: [string, string][][] = []
  const times = new Map<string, number>()
  for (const [parameter, value] of wrong) {
    const round = times.get(parameter) ?? 0
    times.set(parameter, round + 1)
    rounds[round] ??= []
    rounds[round].push([parameter, value])
  }
  for (const round of rounds) {
    for (let from = 0; from < round.length; from += AT_ONCE) {
      const query = new URLSearchParams(round.slice(from, from + AT_ONCE))
      const answer = await subject.admin('GET', `${subject.url}?${query}`)
      expectFieldErrors(answer, [...query.keys()], String(query))
    }
  }
  for (const [name] of columns) {
    const enormous = await subject.admin('GET', `${subject.url}?${name}=${'9'.repeat(40)}`)
    expect([200, 400], `${name} with forty digits: ${enormous.text}`).toContain(enormous.status)
  }
}

function wrongFor(name: string, column: Column): [string, string][] {
  const lookups = LOOKUPS_OF_TYPE[column.type]
  const nonsense = column.choices ? ['nonsense'] : (NONSENSE[column.type] ?? [])
  const wrong = nonsense.flatMap((value): [string, string][] => [
    [name, value],
    [`${name}__in`, `${value},${value}`],
    ...(lookups.includes('gt') ? ([[`${name}__gt`, value]] as [string, string][]) : []),
  ])
  wrong.push([`${name}__isnull`, 'maybe'], [`${name}__regex`, 'a'], [`${name}__exact__in`, '1'])
  if (lookups.includes('range')) wrong.push([`${name}__range`, '1'])
  if (column.type === 'datetime') wrong.push([`${name}__date`, '2026-13-01'], [`${name}__date`, 'today'])
  for (const lookup of ['contains', 'gt', 'date'] as const) {
    if (!lookups.includes(lookup)) wrong.push([`${name}__${lookup}`, '1'])
  }
  if (!column.references) wrong.push([`${name}__nonsense__exact`, 'a'])
  return wrong
}

async function throughRelation(subject: Subject, name: string, column: Column): Promise<void> {
  const { registry, model } = subject.compiled
  const home = registry.homeOf(column.references!.model)!
  const tables = await subject.tables()
  const rows = await subject.rows()
  const shown = [...home.views.get('admin_api')!.shown.values()].filter((field) => field.column && !field.column.secret)
  const text = shown.filter((field) => field.column!.type === 'text').slice(0, 2)
  const others = ['boolean', 'datetime', 'integer', 'uuid'].flatMap((type) =>
    shown.filter((field) => field.column!.type === type).slice(0, 1),
  )
  for (const field of [...text, ...others]) {
    if (field.kind !== 'column') continue
    const path = `${name}__${field.name}`
    const full = `${subject.pathOf(name)}__${field.name}`
    const values = rows.map((row) => follow(tables, model, row, full))
    for (const asked of asksOf(field.column!, values)) await expectFound(subject, path, asked, field.column!.type)
  }
  const secret = [...home.fields.values()].find((field) => field.column?.secret)
  for (const rest of ['nonsense', 'nonsense__in', ...(secret ? [secret.name, `${secret.name}__startswith`] : [])]) {
    const parameter = `${name}__${rest}`
    expectFieldErrors(await subject.admin('GET', `${subject.url}?${parameter}=a`), [parameter], parameter)
  }
  const furtherHop = shown.find((field) => field.kind === 'column' && field.column?.references)
  const further = furtherHop && registry.homeOf(furtherHop.column!.references!.model)
  if (!further) return
  const end = [...further.fields.values()].find((field) => field.column?.type === 'text' && !field.column.secret)!
  const path = `${name}__${furtherHop.name}__${end.name}`
  const full = `${subject.pathOf(name)}__${furtherHop.path}__${end.name}`
  const values = rows.map((row) => follow(tables, model, row, full))
  for (const asked of asksOf(end.column!, values).slice(0, 12)) await expectFound(subject, path, asked, 'text')
}

async function matchingNothing(subject: Subject): Promise<void> {
  for (const [name, column] of subject.plainColumns) {
    if (column.type !== 'uuid' && !column.primary) continue
    const id = column.type === 'uuid' ? '00000000-0000-4000-8000-00000000dead' : '2000000000'
    const empty = { count: 0, next: null, previous: null, results: [] }
    for (const lookup of ['', '__in']) expect(await subject.list(`?${name}${lookup}=${id}`)).toEqual(empty)
  }
}

async function joined(subject: Subject): Promise<void> {
  const rows = await subject.rows()
  const [one, two] = subject.idsOf(rows) as [string, string]
  const ids = (query: string) => subject.list(`?${query}`).then(({ results }) => subject.idsOf(results))
  expect(await ids(`${subject.key}=${one}&${subject.key}__in=${one},${two}`)).toEqual([one])
  expect(await ids(`${subject.key}=${one}&${subject.key}__in=${two}`)).toEqual([])
  expect(await ids(`${subject.key}=${one}&${subject.key}=${two}`)).toEqual([two])
  expect((await subject.list(`?${subject.key}=`)).count).toBe(rows.length)
}

async function unknownParameters(subject: Subject): Promise<void> {
  const [row] = (await subject.list('?page_size=1')).results
  const strict = { prefer: 'handling=strict' }
  for (const url of [subject.url, subject.rowUrl(row![subject.key] as string)]) {
    expect((await subject.admin('GET', `${url}?nonsense=1&__proto__=2`)).status).toBe(200)
    const refused = await subject.admin('GET', `${url}?nonsense=1&fields=${subject.key}`, undefined, strict)
    expectFieldErrors(refused, ['nonsense'])
    const taken = await subject.admin('GET', `${url}?fields=${subject.key}`, undefined, strict)
    expect(taken.status).toBe(200)
    expect(taken.headers['preference-applied']).toBe('handling=strict')
  }
}

async function secrets(subject: Subject): Promise<void> {
  for (const name of subject.fixture.secrets ?? []) {
    const tables = await subject.tables()
    const values = (await subject.rows()).map((row) => subject.value(tables, row, name))
    const secret = values.find((value) => typeof value === 'string' && value.length > 1)
    for (const lookup of ['', '__exact', '__startswith', '__isnull', '__in', '__gt']) {
      const parameter = `${name}${lookup}`
      const query = new URLSearchParams({ [parameter]: String(secret) })
      expectFieldErrors(await subject.admin('GET', `${subject.url}?${query}`), [parameter], parameter)
    }
  }
}
