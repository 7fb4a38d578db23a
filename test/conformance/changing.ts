/** What a role changes of the rows it reaches. */
import { expect } from 'vitest'
import type { Role } from '../../src/rest/caller.ts'
import type { Column } from '../../src/rest/model/model.ts'
import { expectError, expectFieldErrors, FORBIDDEN } from './answers.ts'
import type { Expected, Values } from './fixture.ts'
import type { Id, Row } from './reference.ts'
import type { Check, Subject } from './subject.ts'

export function changingChecks(subject: Subject, role: Role, expected: Expected): Check[] {
  const { rights, changes, reserved } = expected
  const checks: Check[] = []
  if (rights.includes('update')) {
    checks.push(
      { name: `${role}: changes each field that is its to change`, run: () => changesOwn(subject, role, expected) },
      { name: `${role}: may PUT a row back as it reads it`, run: () => putsBack(subject, role, expected) },
    )
  }
  if (changes) {
    checks.push({
      name: `${role}: changes ${changes.join(', ')} and no other field`,
      run: () => changesOnly(subject, role, expected),
    })
  }
  if (reserved) {
    checks.push({
      name: `${role}: a change of ${reserved.join(', ')} is a 403`,
      run: () => reserves(subject, role, expected),
    })
  }
  if (rights.includes('delete')) {
    checks.push({ name: `${role}: deletes rows within its reach`, run: () => deletes(subject, role, expected) })
  }
  return checks
}

/** A row within the role's reach; a fresh one where there can be one. */
async function reachable(subject: Subject, { sees, touches = sees }: Expected): Promise<Row> {
  const owner =
    touches.find((one) => subject.fixture.place(subject.stage, one)) ?? touches.find((one) => subject.hasRowsOf(one))!
  return (await subject.find(await subject.insert(owner)))!
}

/** Writable fields that the role sees as well, with their columns. */
const seenFields = (subject: Subject, role: Role): [string, Column][] => {
  const seen = subject.fieldsOf(role)
  return subject.writable.filter(([name]) => seen.includes(name))
}

async function changesOwn(subject: Subject, role: Role, expected: Expected): Promise<void> {
  const { changes, reserved = [] } = expected
  const { writeOnly = [], createOnly = [] } = subject.fixture
  const row = await reachable(subject, expected)
  const url = subject.rowUrl(row[subject.key] as Id)
  for (const [name, column] of subject.writable) {
    const may = changes ? changes.includes(name) : !reserved.includes(name) && !createOnly.includes(name)
    if (!may || column.references || subject.places(name)) continue
    const value = subject.another(name, column, (await subject.find(row[subject.key] as Id))![name])
    const answer = await subject.as(role, 'PATCH', url, { [name]: value })
    expect(answer.status, `${name}: ${answer.text}`).toBe(200)
    const after = (await subject.find(row[subject.key] as Id))!
    const isField = subject.fixture.fields.includes(name)
    expect(isField ? subject.value(await subject.tables(), after, name) : after[name], name).toEqual(value)
    const shown = subject.fieldsOf(role).includes(name) && !writeOnly.includes(name)
    if (shown) expect(answer.json[name], name).toEqual(value)
    expect(Object.keys(answer.json).sort(), 'the answer shows what the role sees').toEqual(
      subject.fieldsOf(role).sort(),
    )
    if (subject.column('updated_by')) expect(after.updated_by).toBe(subject.stage.caller(role).username)
  }
}

async function putsBack(subject: Subject, role: Role, expected: Expected): Promise<void> {
  const row = await reachable(subject, expected)
  const url = subject.rowUrl(row[subject.key] as Id)
  const read = (await subject.as(role, 'GET', url)).json as Values
  const answer = await subject.as(role, 'PUT', url, read)
  expect(answer.status, `${JSON.stringify(read)}: ${answer.text}`).toBe(200)
  const { updated, updated_by, ...rest } = read
  expect(answer.json).toMatchObject(rest)
}

async function changesOnly(subject: Subject, role: Role, expected: Expected): Promise<void> {
  const { createOnly = [] } = subject.fixture
  const id = (await reachable(subject, expected))[subject.key] as Id
  const tables = await subject.tables()
  const before = (await subject.find(id))!
  const others = subject.writable.filter(([name]) => !expected.changes!.includes(name) && !createOnly.includes(name))
  const seen = new Set(seenFields(subject, role).map(([name]) => name))
  expect(others.length).toBeGreaterThan(0)
  for (const [name, column] of others) {
    const value = column.references ? otherRelation(column) : subject.another(name, column, before[name])
    const refused = await subject.as(role, 'PATCH', subject.rowUrl(id), { [name]: value })
    expectFieldErrors(refused, [name], `${name}: ${value}`)
    expect(await subject.find(id), name).toEqual(before)
  }
  const same = others.filter(([name]) => seen.has(name)).map(([name]) => [name, subject.value(tables, before, name)])
  for (const [name, value] of same) {
    const taken = await subject.as(role, 'PATCH', subject.rowUrl(id), { [name as string]: value })
    expect(taken.status, `the same ${name}: ${taken.text}`).toBe(200)
  }
  const all = await subject.as(role, 'PATCH', subject.rowUrl(id), Object.fromEntries(same) as Values)
  expect(all.status, all.text).toBe(200)
}

const otherRelation = (column: Column) => (column.type === 'integer' ? 1 : '00000000-0000-4000-8000-00000000dead')

async function reserves(subject: Subject, role: Role, expected: Expected): Promise<void> {
  const id = (await reachable(subject, expected))[subject.key] as Id
  const before = (await subject.find(id))!
  for (const name of expected.reserved!) {
    const column = subject.column(name)!
    const refused = await subject.as(role, 'PATCH', subject.rowUrl(id), {
      [name]: subject.another(name, column, before[name]),
    })
    expectError(refused, 403, FORBIDDEN, name)
    expect(await subject.find(id), name).toEqual(before)
    const same = await subject.as(role, 'PATCH', subject.rowUrl(id), { [name]: before[name] })
    expect(same.status, `the same ${name}: ${same.text}`).toBe(200)
    Object.assign(before, {
      updated: (await subject.find(id))!.updated,
      updated_by: (await subject.find(id))!.updated_by,
    })
  }
}

async function deletes(subject: Subject, role: Role, expected: Expected): Promise<void> {
  const { id, ...row } = await reachable(subject, expected)
  const key = (row[subject.key] ?? id) as Id
  const answer = await subject.as(role, 'DELETE', subject.rowUrl(key))
  expect([answer.status, answer.text]).toEqual([204, ''])
  expect(await subject.find(key)).toBe(undefined)
}
