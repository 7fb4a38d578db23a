/** Many rows with one request, as an administrator. */
import { expect } from 'vitest'
import { NOT_FOUND, REQUIRED } from './answers.ts'
import type { Values } from './fixture.ts'
import type { Id } from './reference.ts'
import type { Check, Subject } from './subject.ts'

export function bulkChecks(subject: Subject): Check[] {
  const rights = subject.expected('admin_api')?.rights ?? []
  const checks: Check[] = []
  if (rights.includes('create')) {
    checks.push(
      { name: 'a list of two creates both, in order, each as if alone', run: () => createsBoth(subject) },
      {
        name: 'of a list with a wrong item nothing is created; partial=true creates the rest',
        run: () => oneBad(subject),
      },
    )
  }
  if (rights.includes('update')) {
    checks.push({ name: 'a list changes rows, and none where one is not there', run: () => changes(subject) })
  }
  if (rights.includes('delete')) {
    checks.push({ name: 'a list of ids deletes rows, and none where one is not there', run: () => deletes(subject) })
  }
  return checks
}

const NOWHERE: Record<string, unknown> = { uuid: '00000000-0000-4000-8000-0000000000aa', integer: 2_000_000_000 }
const nowhere = (subject: Subject) => NOWHERE[subject.column(subject.key)!.type]

async function createsBoth(subject: Subject): Promise<void> {
  const sent = [await subject.body('minimal', subject.anyOwner), await subject.body('full', subject.anyOwner)]
  const before = (await subject.rows()).length
  const answer = await subject.admin('POST', subject.url, sent)
  expect(answer.status, `${JSON.stringify(sent)}: ${answer.text.slice(0, 500)}`).toBe(201)
  const rows = answer.json as (Values & { id: Id })[]
  expect(rows).toHaveLength(2)
  expect((await subject.rows()).length).toBe(before + 2)
  for (const [at, row] of rows.entries()) {
    expect((await subject.admin('GET', subject.rowUrl(row[subject.key] as Id))).json, 'as a GET has it').toEqual(row)
    for (const [name, value] of Object.entries(sent[at]!)) {
      if (!subject.fixture.writeOnly?.includes(name)) expect(row[name], name).toEqual(value)
    }
  }
}

async function oneBad(subject: Subject): Promise<void> {
  const before = (await subject.rows()).length
  const good = await subject.body('full', subject.anyOwner)
  const wrong = subject.fixture.required.length > 0 ? {} : 'text'
  const refused = await subject.admin('POST', subject.url, [good, wrong])
  expect(refused.status, refused.text.slice(0, 300)).toBe(400)
  expect(Object.keys(refused.json.detail)).toEqual(['1'])
  for (const name of wrong === 'text' ? [] : subject.fixture.required) {
    expect(refused.json.detail[1][name], name).toEqual([REQUIRED])
  }
  expect((await subject.rows()).length).toBe(before)
  const partial = await subject.admin('POST', `${subject.url}?partial=true`, [wrong, good])
  expect(partial.status, partial.text.slice(0, 300)).toBe(207)
  expect(partial.json).toMatchObject([
    { index: 0, status: 400, errors: refused.json.detail[1] },
    { index: 1, status: 201, row: { [subject.key]: expect.anything() } },
  ])
  expect((await subject.rows()).length).toBe(before + 1)
}

async function changes(subject: Subject): Promise<void> {
  const id = await subject.insert(subject.anyOwner)
  const { json: row } = await subject.admin('GET', subject.rowUrl(id))
  const refused = await subject.admin('PATCH', subject.url, [{ id }, { id: nowhere(subject) }])
  expect(refused.status, refused.text.slice(0, 300)).toBe(400)
  expect(refused.json.detail).toEqual({ 1: { id: [NOT_FOUND] } })
  const name = subject.writable.find(([, column]) => column.type === 'boolean')?.[0]
  const answer = await subject.admin('PATCH', subject.url, [{ id, ...(name && { [name]: !row[name] }) }])
  expect(answer.status, answer.text.slice(0, 300)).toBe(200)
  expect(answer.json).toMatchObject([{ id, ...(name && { [name]: !row[name] }) }])
  expect((await subject.admin('GET', subject.rowUrl(id))).json).toEqual(answer.json[0])
}

async function deletes(subject: Subject): Promise<void> {
  const ids = [await subject.insert(subject.anyOwner), await subject.insert(subject.anyOwner)]
  const before = (await subject.rows()).length
  const url = `${subject.url}bulk_delete/`
  const refused = await subject.admin('POST', url, { ids: [...ids, nowhere(subject)] })
  expect(refused.status, refused.text.slice(0, 300)).toBe(400)
  expect(refused.json.detail).toEqual({ 2: { id: [NOT_FOUND] } })
  expect((await subject.rows()).length).toBe(before)
  const answer = await subject.admin('POST', url, { ids })
  expect([answer.status, answer.text]).toEqual([204, ''])
  expect((await subject.rows()).length).toBe(before - 2)
}
