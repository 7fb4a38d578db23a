/** Rows as they are shown: all of them, in order, whole or with some of their fields, as JSON and as CSV. */
import { parse } from 'csv-parse/sync'
import { expect } from 'vitest'
import { expectError, expectFieldErrors, NOT_FOUND } from './answers.ts'
import { statementsOf } from './stage.ts'
import type { Check, ListBody, Subject } from './subject.ts'

export function readingChecks(subject: Subject): Check[] {
  return [
    { name: 'shows every field and no other', run: () => everyField(subject) },
    { name: 'shows the values that the tables hold', run: () => values(subject) },
    { name: 'a single row is the row of the list', run: () => singleRows(subject) },
    { name: 'fields= and omit= choose fields of a list and of a row', run: () => selection(subject) },
    { name: 'fields= reads no other column from the database', run: () => selectedColumns(subject) },
    { name: 'an unknown name in fields= or omit= is a 400', run: () => unknownFields(subject) },
    { name: 'CSV has the same columns and values in the same order', run: () => csv(subject) },
    { name: 'an unknown format is a 404, an Accept that cannot be met a 406', run: () => formats(subject) },
    { name: 'an id that names nothing is a 404', run: () => unknownRows(subject) },
  ]
}

async function everyField(subject: Subject): Promise<void> {
  const { results } = await subject.list('')
  for (const row of results) expect(Object.keys(row).sort()).toEqual([...subject.fixture.fields].sort())
}

async function values(subject: Subject): Promise<void> {
  const rows = await subject.sorted(await subject.rows(), subject.fixture.order)
  const { results } = await subject.list('?page_size=100')
  expect(rows.length).toBeGreaterThan(25)
  for (const [index, row] of rows.slice(0, 100).entries()) expect(results[index]).toEqual(await subject.shown(row))
}

async function singleRows(subject: Subject): Promise<void> {
  const { results } = await subject.list('?page_size=5')
  for (const row of results) {
    const { status, json } = await subject.admin('GET', subject.rowUrl(row[subject.key] as string))
    expect(status).toBe(200)
    expect(json).toEqual(row)
    expect(Object.keys(json)).toEqual(Object.keys(row))
  }
}

async function selection(subject: Subject): Promise<void> {
  const [whole] = (await subject.list('')).results as [ListBody['results'][number]]
  const names = Object.keys(whole)
  const wanted = names.filter((_, index) => index % 3 === 1)
  const left = names.filter((name) => !wanted.includes(name))
  const rowUrl = subject.rowUrl(whole[subject.key] as string)
  // The order of the fields is the resource's, whatever the order asked in.
  const asked = [...wanted].reverse().join(',')
  for (const [query, expected] of [
    [`?fields=${asked}`, wanted],
    [`?omit=${asked}`, left],
    [`?fields=${names.slice(0, 2)}&omit=${names[0]}`, names.slice(1, 2)],
    [`?fields=`, names],
  ] as const) {
    const shown = Object.fromEntries(expected.map((name) => [name, whole[name]]))
    const row = await subject.admin('GET', `${rowUrl}${query}`)
    for (const given of [(await subject.list(query)).results[0], row.json]) {
      expect(given, query).toEqual(shown)
      expect(Object.keys(given as object), query).toEqual(expected)
    }
  }
}

async function selectedColumns(subject: Subject): Promise<void> {
  const { model } = subject.compiled
  const own = Object.keys(subject.compiled.resource.where ?? {})
  const others = [...model.columns.keys()].filter((name) => name !== subject.key && !own.includes(name))
  const query = `?fields=${subject.key}&ordering=${subject.key}`
  const [row] = (await subject.list(query)).results
  for (const url of [`${subject.url}${query}`, `${subject.rowUrl(row![subject.key] as string)}${query}`]) {
    const text = (await statementsOf(() => subject.admin('GET', url))).join('\n')
    expect(text).toContain(`"${subject.key}"`)
    expect(
      others.filter((name) => text.includes(`"${name}"`)),
      url,
    ).toEqual([])
  }
}

async function unknownFields(subject: Subject): Promise<void> {
  const [row] = (await subject.list('')).results
  for (const url of [subject.url, subject.rowUrl(row![subject.key] as string)]) {
    for (const parameter of ['fields', 'omit']) {
      const answer = await subject.admin('GET', `${url}?${parameter}=${subject.key},nonsense`)
      expect(expectFieldErrors(answer, [parameter])[parameter]!.join()).toContain('nonsense')
    }
  }
}

async function csv(subject: Subject): Promise<void> {
  const list = await subject.list('?page_size=100')
  const rowUrl = subject.rowUrl(list.results[0]![subject.key] as string)
  const query = '?page_size=100'
  for (const [url, rows] of [
    [`${subject.url}${query}&format=csv`, list.results],
    [`${rowUrl}?format=csv`, list.results.slice(0, 1)],
  ] as const) {
    const answer = await subject.admin('GET', url)
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toMatch(/^text\/csv; ?charset=utf-8$/i)
    const [header, ...lines] = parse(answer.text, { record_delimiter: '\r\n' }) as string[][]
    expect(header).toEqual(Object.keys(list.results[0]!))
    expect(lines).toEqual(rows.map((row) => Object.values(row).map(cellOf)))
  }
  const accepted = await subject.admin('GET', `${subject.url}${query}`, undefined, { accept: 'text/csv' })
  expect(accepted.text).toBe((await subject.admin('GET', `${subject.url}${query}&format=csv`)).text)
  const some = await subject.admin('GET', `${subject.url}?format=csv&fields=${subject.key}`)
  expect(some.text.split('\r\n')[0]).toBe(subject.key)
}

/** The text of a value in CSV; what a spreadsheet would run as a formula begins with an apostrophe. */
function cellOf(value: unknown): string {
  if (value === null) return ''
  if (typeof value === 'object') return JSON.stringify(value)
  const text = String(value)
  const isFormula = typeof value === 'string' && /^[=+\-@]/.test(text) && !/^[+-]?[\d ]+$/.test(text)
  return isFormula ? `'${text}` : text
}

async function formats(subject: Subject): Promise<void> {
  const [row] = (await subject.list('')).results
  for (const url of [subject.url, subject.rowUrl(row![subject.key] as string)]) {
    expectError(await subject.admin('GET', `${url}?format=xml`), 404, NOT_FOUND)
    const sentence = 'Could not satisfy the request Accept header.'
    const accepting = (accept: string) => subject.admin('GET', url, undefined, { accept })
    expectError(await accepting('application/xml'), 406, sentence)
    for (const accept of ['*/*', 'application/*', 'text/html;q=0.9, application/json']) {
      expect((await accepting(accept)).headers['content-type'], accept).toMatch(/^application\/json/)
    }
    expect((await subject.admin('GET', `${url}?format=json`)).status).toBe(200)
  }
}

async function unknownRows(subject: Subject): Promise<void> {
  const { primaryKey } = subject.compiled.model
  const unknown = primaryKey.type === 'uuid' ? '00000000-0000-4000-8000-00000000dead' : '2000000000'
  for (const id of [unknown, 'nonsense', '-1', '99999999999999999999']) {
    expectError(await subject.admin('GET', subject.rowUrl(id)), 404, NOT_FOUND)
  }
}
