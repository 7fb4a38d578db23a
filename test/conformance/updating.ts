/** Changing rows, as an administrator: PUT and PATCH touch what is sent and nothing else. */
import { expect } from 'vitest'
import { expectError, expectFieldErrors, NOT_FOUND } from './answers.ts'
import type { Values } from './fixture.ts'
import type { Id, Row } from './reference.ts'
import type { Check, Subject } from './subject.ts'

export function updatingChecks(subject: Subject): Check[] {
  if (!subject.expected('admin_api')?.rights.includes('update')) return []
  return [
    { name: 'PUT takes what it must have and leaves the rest as it is', run: () => replaces(subject) },
    { name: 'PUT of a row as it was read changes nothing', run: () => putBack(subject) },
    { name: 'PATCH changes each field and touches no other', run: () => patches(subject) },
    { name: 'PATCH of nothing changes nothing', run: () => patchesNothing(subject) },
    { name: 'PATCH and PUT ignore read-only fields', run: () => readOnly(subject) },
    {
      name: 'unknown fields are ignored; with Prefer: handling=strict they are a 400',
      run: () => unknownFields(subject),
    },
    { name: 'a row that is not there is a 404', run: () => unknownRows(subject) },
  ]
}

const STAMPS = ['updated', 'updated_by']

/** A row without what every write sets, and without what follows from other fields unless that was sent. */
function unstamped(subject: Subject, row: Row | Values, changed: Values): Values {
  const follows = subject.fixture.follows?.filter((name) => Object.keys(changed).length > 0 && !(name in changed)) ?? []
  return Object.fromEntries(Object.entries(row).filter(([name]) => ![...STAMPS, ...follows].includes(name)))
}

/** The row after a write: exactly these fields changed, the answer is the row, and the caller is on record. */
async function expectChanged(subject: Subject, id: Id, before: Row, changed: Values, given: unknown, what: string) {
  const after = (await subject.find(id))!
  const expected = await subject.shown(before)
  for (const [name, value] of Object.entries(changed)) if (name in expected) expected[name] = value
  expect(unstamped(subject, await subject.shown(after), changed), what).toEqual(unstamped(subject, expected, changed))
  expect(given, `${what}: the answer is what the table holds`).toEqual(await subject.shown(after))
  if (!subject.column('updated_by')) return
  expect(after.updated_by, what).toBe(subject.stage.world.admin.username)
  expect(Date.now() - Date.parse(String(after.updated)), `${what}: updated`).toBeLessThan(60_000)
}

const later = (subject: Subject, body: Values): Values =>
  Object.fromEntries(Object.entries(body).filter(([name]) => !subject.fixture.createOnly?.includes(name)))

async function replaces(subject: Subject): Promise<void> {
  const id = await subject.insert(subject.anyOwner)
  const before = (await subject.find(id))!
  const body = later(subject, await subject.body('minimal', subject.anyOwner))
  const answer = await subject.admin('PUT', subject.rowUrl(id), body)
  expect(answer.status, answer.text).toBe(200)
  await expectChanged(subject, id, before, body, answer.json, 'PUT')
  const whole = later(subject, await subject.body('full', subject.anyOwner))
  const again = await subject.admin('PUT', subject.rowUrl(id), whole)
  expect(again.status, again.text).toBe(200)
  await expectChanged(subject, id, before, { ...body, ...whole }, again.json, 'PUT of every field')
}

async function putBack(subject: Subject): Promise<void> {
  for (let n = 0; n < 8; n++) {
    const id = await subject.insert(subject.anyOwner)
    const before = (await subject.find(id))!
    const read = (await subject.admin('GET', subject.rowUrl(id))).json as Values
    const answer = await subject.admin('PUT', subject.rowUrl(id), read)
    expect(answer.status, `${JSON.stringify(read)}: ${answer.text}`).toBe(200)
    await expectChanged(subject, id, before, {}, answer.json, 'PUT of what was read')
  }
}

async function patches(subject: Subject): Promise<void> {
  const id = await subject.insert(subject.anyOwner)
  const full = later(subject, await subject.body('full', subject.anyOwner))
  for (const [name, column] of subject.writable) {
    if (!(name in full)) continue
    const before = (await subject.find(id))!
    const isGiven = column.references || subject.places(name)
    const value = isGiven ? full[name] : subject.another(name, column, before[name])
    const answer = await subject.admin('PATCH', subject.rowUrl(id), { [name]: value })
    expect(answer.status, `${name}: ${answer.text}`).toBe(200)
    await expectChanged(subject, id, before, { [name]: value }, answer.json, name)
    if (subject.fixture.writeOnly?.includes(name)) expect((await subject.find(id))![name]).toEqual(value)
  }
}

async function patchesNothing(subject: Subject): Promise<void> {
  const id = await subject.insert(subject.anyOwner)
  for (const body of [{}, undefined]) {
    const before = (await subject.find(id))!
    const answer = await subject.admin('PATCH', subject.rowUrl(id), body)
    expect(answer.status, answer.text).toBe(200)
    await expectChanged(subject, id, before, {}, answer.json, 'PATCH of nothing')
  }
}

async function readOnly(subject: Subject): Promise<void> {
  const id = await subject.insert(subject.anyOwner)
  const { readOnly: names, createOnly = [] } = subject.fixture
  const sent: Values = Object.fromEntries(names.map((name) => [name, '2001-01-01T00:00:00Z']))
  for (const name of createOnly) sent[name] = 1
  for (const [method, rest] of [
    ['PATCH', {}],
    ['PUT', later(subject, await subject.body('minimal', subject.anyOwner))],
  ] as const) {
    const before = (await subject.find(id))!
    const answer = await subject.admin(method, subject.rowUrl(id), { ...rest, ...sent })
    expect(answer.status, answer.text).toBe(200)
    await expectChanged(subject, id, before, rest, answer.json, method)
  }
}

async function unknownFields(subject: Subject): Promise<void> {
  const id = await subject.insert(subject.anyOwner)
  const before = (await subject.find(id))!
  const strict = await subject.admin('PATCH', subject.rowUrl(id), { nonsense: 1 }, { prefer: 'handling=strict' })
  expectFieldErrors(strict, ['nonsense'])
  expect(await subject.find(id)).toEqual(before)
  const answer = await subject.admin('PATCH', subject.rowUrl(id), { nonsense: 1 })
  expect(answer.status, answer.text).toBe(200)
  await expectChanged(subject, id, before, {}, answer.json, 'PATCH of an unknown field')
}

async function unknownRows(subject: Subject): Promise<void> {
  const unknown =
    subject.compiled.model.primaryKey.type === 'uuid' ? '00000000-0000-4000-8000-00000000dead' : '2000000000'
  for (const id of [unknown, 'nonsense']) {
    for (const method of ['PUT', 'PATCH']) {
      const body = await subject.body('minimal', subject.anyOwner)
      expectError(await subject.admin(method, subject.rowUrl(id), body), 404, NOT_FOUND, method)
    }
  }
}
