/** Creating and deleting rows, as an administrator. */
import { expect } from 'vitest'
import { expectError, expectFieldErrors, NOT_FOUND } from './answers.ts'
import type { Expected, Values } from './fixture.ts'
import type { Id } from './reference.ts'
import { isAddresses } from './samples.ts'
import { API_URL } from './stage.ts'
import type { Check, Subject } from './subject.ts'

export function creatingChecks(subject: Subject): Check[] {
  const rights = subject.expected('admin_api')?.rights ?? []
  const checks: Check[] = []
  if (rights.includes('create')) {
    checks.push(
      { name: 'is created from the fields it must have; the others get their defaults', run: () => minimal(subject) },
      { name: 'is created with every field, as sent', run: () => full(subject) },
      { name: 'ignores read-only fields that are sent', run: () => readOnly(subject) },
      {
        name: 'ignores unknown fields; with Prefer: handling=strict they are a 400',
        run: () => unknownFields(subject),
      },
      { name: 'is created from a form', run: () => forms(subject) },
      { name: 'takes each text at its full length, in characters', run: () => fullLength(subject) },
      {
        name: 'trims text, takes numbers and booleans as text, and null and blank where they are values',
        run: () => otherForms(subject),
      },
      ...uniqueChecks(subject),
    )
  }
  if (rights.includes('delete')) checks.push({ name: 'is deleted, and then is not there', run: () => deletes(subject) })
  return checks
}

/** What a create must answer: the row, its URL, and that it is really there. */
async function create(subject: Subject, body: Values): Promise<Values> {
  const answer = await subject.admin('POST', subject.url, body)
  expect(answer.status, `${JSON.stringify(body)}: ${answer.text.slice(0, 500)}`).toBe(201)
  const given = answer.json as Values
  expect(answer.headers.location).toBe(`${API_URL}${subject.path}/${given[subject.key]}/`)
  expect(given.url).toBe(answer.headers.location)
  const row = await subject.find(given[subject.key] as Id)
  expect(given, 'the answer is what the table holds').toEqual(await subject.shown(row!))
  expect((await subject.admin('GET', String(answer.headers.location))).json).toEqual(given)
  if (subject.column('updated_by')) expect(row).toMatchObject({ updated_by: subject.stage.world.admin.username })
  return given
}

async function minimal(subject: Subject): Promise<void> {
  const { fixture, stage } = subject
  const body = await subject.body('minimal', subject.anyOwner)
  const given = await create(subject, body)
  const filled = fixture.filled?.(body, stage) ?? {}
  for (const [name, column] of subject.writable) {
    if (fixture.writeOnly?.includes(name)) continue
    const value = given[name]
    if (name in body) expect(value, name).toEqual(body[name])
    else if (filled[name] instanceof RegExp) expect(value, name).toMatch(filled[name] as RegExp)
    else if (name in filled) expect(value, name).toEqual(filled[name])
    else if (column.default !== undefined) expect(value, name).toEqual(column.default)
    else if (!column.hasDefault) expect(value, name).toBe(null)
  }
  if ('created' in given) {
    expect(Math.abs(Date.now() - Date.parse(String(given.created)))).toBeLessThan(60_000)
    expect(given).toMatchObject({ updated: given.created, synchronised: null })
  }
}

async function full(subject: Subject): Promise<void> {
  const body = await subject.body('full', subject.anyOwner)
  const given = await create(subject, body)
  const row = await subject.find(given[subject.key] as Id)
  for (const name of Object.keys(body)) {
    const writeOnly = subject.fixture.writeOnly?.includes(name)
    expect(writeOnly ? row![name] : given[name], name).toEqual(body[name])
    if (writeOnly) expect(given, name).not.toHaveProperty(name)
  }
}

async function readOnly(subject: Subject): Promise<void> {
  const { fixture } = subject
  const other = '00000000-0000-4000-8000-0000000000aa'
  const sent: Values = {}
  for (const name of fixture.readOnly) {
    const column = subject.column(name)
    sent[name] = column?.type === 'datetime' ? '2001-01-01T00:00:00Z' : column?.type === 'integer' ? 1 : other
  }
  const given = await create(subject, { ...(await subject.body('minimal', subject.anyOwner)), ...sent })
  for (const name of fixture.readOnly) expect(given[name], name).not.toEqual(sent[name])
  // Not even a wrong type matters.
  const wrong = Object.fromEntries(fixture.readOnly.map((name) => [name, { not: ['read'] }]))
  await create(subject, { ...(await subject.body('minimal', subject.anyOwner)), ...wrong })
}

async function unknownFields(subject: Subject): Promise<void> {
  const extra = JSON.parse('{"nonsense": 1, "__proto__": {"a": 1}, "constructor": null}') as Values
  const strict = { prefer: 'handling=strict' }
  const before = (await subject.rows()).length
  const body = async () => Object.assign(JSON.parse('{}'), extra, await subject.body('minimal', subject.anyOwner))
  const refused = await subject.admin('POST', subject.url, { ...(await body()), nonsense: 1 }, strict)
  expect(expectFieldErrors(refused, ['nonsense', 'constructor'])).toHaveProperty('nonsense')
  expect((await subject.rows()).length).toBe(before)
  await create(subject, await body())
  const known = await subject.admin('POST', subject.url, await subject.body('minimal', subject.anyOwner), strict)
  expect(known.status, known.text).toBe(201)
  expect(known.headers['preference-applied']).toBe('handling=strict')
}

async function forms(subject: Subject): Promise<void> {
  const boundary = 'conformance'
  const part = ([name, value]: [string, unknown]) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  for (const [type, encode] of [
    [
      'application/x-www-form-urlencoded',
      (body: Values) => String(new URLSearchParams(body as Record<string, string>)),
    ],
    [
      `multipart/form-data; boundary=${boundary}`,
      (body: Values) => `${Object.entries(body).map(part).join('')}--${boundary}--\r\n`,
    ],
  ] as const) {
    const body = await subject.body('full', subject.anyOwner)
    // A line end in a form is CRLF, and nothing says null.
    const said = Object.fromEntries(
      Object.entries(body).flatMap(([name, value]) => {
        if (value === null) return []
        return [[name, typeof value === 'string' ? value.replaceAll('\n', ' ') : value]]
      }),
    )
    const written = Object.entries(said).map(([name, value]) => [name, inForm(value)])
    const answer = await subject.admin('POST', subject.url, encode(Object.fromEntries(written)), {
      'content-type': type,
    })
    expect(answer.status, `${type}: ${answer.text.slice(0, 300)}`).toBe(201)
    for (const [name, value] of Object.entries(said)) {
      if (!subject.fixture.writeOnly?.includes(name)) expect(answer.json[name], name).toEqual(value)
    }
  }
}

/** Where a value is JSON, its text. */
const inForm = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : value)

async function fullLength(subject: Subject): Promise<void> {
  const { formed = {} } = subject.fixture
  const shaped = (name: string) => {
    const column = subject.column(name)!
    return column.choices !== undefined || column.email || column.username || isAddresses(column) || name in formed
  }
  for (const letter of ['x', '😀']) {
    const body = await subject.body('full', subject.anyOwner)
    for (const [name, column] of subject.writable) {
      if (column.maxLength && !shaped(name)) body[name] = letter.repeat(column.maxLength)
    }
    const given = await subject.created(body)
    for (const [name, value] of Object.entries(body)) {
      if (!subject.fixture.writeOnly?.includes(name)) expect(given[name], name).toEqual(value)
    }
    expect((await subject.admin('DELETE', subject.rowUrl(given[subject.key] as Id))).status).toBe(204)
  }
}

async function otherForms(subject: Subject): Promise<void> {
  const body = await subject.body('full', subject.anyOwner)
  const sent: Values = { ...body }
  const expected: Values = { ...body }
  const put = (name: string, input: unknown, value: unknown) => {
    sent[name] = input
    expected[name] = value
  }
  for (const [index, [name, column]] of subject.writable.entries()) {
    const value = body[name]
    if (column.type === 'text' && !column.choices) put(name, ` \t${value}  `, value)
    if (column.type === 'integer' && value !== undefined) put(name, ` ${value} `, value)
    if (column.type === 'boolean') {
      const [input, taken] = [
        ['yes', true],
        ['0', false],
        ['TRUE', true],
        [0, false],
        ['f', false],
        [1, true],
      ][index % 6]!
      put(name, input, taken)
    }
    if (column.type === 'uuid' && value) put(name, String(value).toUpperCase().replaceAll('-', ''), value)
    if (column.type === 'datetime') put(name, '2026-05-01 10:00+02:00', '2026-05-01T08:00:00Z')
  }
  const given = await create(subject, sent)
  for (const [name, value] of Object.entries(expected)) {
    if (!subject.fixture.writeOnly?.includes(name)) expect(given[name], `${name} sent as ${sent[name]}`).toEqual(value)
  }
  const nulls = await subject.body('full', subject.anyOwner)
  const { required, oneOf = [] } = subject.fixture
  for (const [name, column] of subject.writable) {
    if (column.nullable && ![...required, ...oneOf].includes(name)) nulls[name] = null
  }
  const filled = subject.fixture.filled?.(nulls, subject.stage) ?? {}
  const emptied = await create(subject, nulls)
  for (const [name, value] of Object.entries(nulls)) {
    if (value === null && !(name in filled) && !subject.fixture.writeOnly?.includes(name))
      expect(emptied[name], name).toBe(null)
  }
}

function uniqueChecks(subject: Subject): Check[] {
  const writable = new Set(subject.writable.map(([name]) => name))
  const sets = subject.compiled.model.uniqueSets.filter((set) => set.every((name) => writable.has(name)))
  return sets.map((set) => ({ name: `no two rows share ${set.join(' and ')}`, run: () => unique(subject, set) }))
}

async function unique(subject: Subject, set: readonly string[]): Promise<void> {
  const first = await subject.created(await subject.body('full', subject.anyOwner))
  const second = await subject.body('full', subject.anyOwner)
  const same = Object.fromEntries(set.map((name) => [name, first[name]]))
  const other = await subject.created(second)
  const again = { ...(await subject.body('full', subject.anyOwner)), ...same }
  const url = subject.rowUrl(other[subject.key] as Id)
  const createOnly = set.some((name) => subject.fixture.createOnly?.includes(name))
  const attempts = [await subject.admin('POST', subject.url, again)]
  if (!createOnly) attempts.push(await subject.admin('PATCH', url, same))
  for (const answer of attempts) {
    const last = set.at(-1)!
    const names = set.length > 1 ? [last, 'non_field_errors'] : [last]
    const detail = expectFieldErrors(answer, names)
    expect(detail[last]!.join()).toMatch(/ already( exists)?\.$/)
    if (set.length > 1)
      expect(detail.non_field_errors).toEqual([`The fields ${set.join(', ')} must make a unique set.`])
  }
  expect((await subject.admin('GET', url)).json).toEqual(other)
  // Its own values are in nobody's way.
  if (!createOnly)
    expect((await subject.admin('PATCH', subject.rowUrl(first[subject.key] as Id), same)).status).toBe(200)
}

async function deletes(subject: Subject): Promise<void> {
  const id = await subject.insert(subject.anyOwner)
  const before = (await subject.rows()).length
  const url = subject.rowUrl(id)
  const answer = await subject.admin('DELETE', url)
  expect([answer.status, answer.text]).toEqual([204, ''])
  expect(await subject.find(id)).toBe(undefined)
  expect((await subject.rows()).length).toBe(before - 1)
  const { rights } = subject.fixture.expected.admin_api as Expected
  for (const method of ['GET', ...(rights.includes('update') ? ['PUT', 'PATCH'] : []), 'DELETE']) {
    expectError(await subject.admin(method, url, method === 'GET' ? undefined : {}), 404, NOT_FOUND, method)
  }
}
