/** Whose rows a role makes: its own, whatever the body says. */
import { expect } from 'vitest'
import type { Role } from '../../src/rest/caller.ts'
import type { Answer } from '../support/app.ts'
import { expectError, expectFieldErrors, expectSentence, FORBIDDEN, NOT_NULL, noSuchRow, REQUIRED } from './answers.ts'
import { type Expected, OWNERS, type Owner } from './fixture.ts'
import type { Id } from './reference.ts'
import type { Check, Subject } from './subject.ts'

export function tenancyChecks(subject: Subject, role: Role, expected: Expected): Check[] {
  const checks: Check[] = []
  const { rights } = expected
  if (rights.includes('create')) {
    checks.push(
      { name: `${role}: creates rows of its own`, run: () => creates(subject, role, expected) },
      { name: `${role}: creates no rows of others`, run: () => createsOthers(subject, role, expected) },
      { name: `${role}: what it leaves out is its own or required`, run: () => leavesOut(subject, role, expected) },
    )
  }
  if (rights.includes('update')) {
    checks.push({ name: `${role}: moves no row to others`, run: () => moves(subject, role, expected) })
  }
  if (role === 'minor_admin_api') {
    checks.push({ name: `${role}: of no tenant has nothing`, run: () => homeless(subject, expected) })
  }
  return checks
}

const makes = ({ creates: given, sees }: Expected): readonly Owner[] => given ?? sees

/** The owners of whom the role can make rows, and those of whom it cannot. */
function owners(subject: Subject, expected: Expected): { own: Owner[]; others: Owner[] } {
  const placed = OWNERS.filter((owner) => subject.fixture.place(subject.stage, owner))
  return {
    own: placed.filter((owner) => makes(expected).includes(owner)),
    others: placed.filter((owner) => !(expected.touches ?? expected.sees).includes(owner)),
  }
}

async function expectOwner(subject: Subject, answer: Answer, owner: Owner): Promise<void> {
  const row = (await subject.find(answer.json[subject.key] as Id))!
  expect(subject.fixture.owner(row, await subject.tables(), subject.stage)).toBe(owner)
}

async function creates(subject: Subject, role: Role, expected: Expected): Promise<void> {
  for (const owner of owners(subject, expected).own) {
    const body = await subject.body('full', owner)
    const answer = await subject.as(role, 'POST', subject.url, body)
    expect(answer.status, `${owner}: ${answer.text}`).toBe(201)
    const row = (await subject.find(answer.json[subject.key] as Id))!
    expect(answer.json).toEqual(await subject.shown(row, subject.fieldsOf(role)))
    if (subject.column('updated_by')) expect(row.updated_by).toBe(subject.stage.caller(role).username)
    // A superior is one by its groups, which a body of its columns does not tell.
    if (owner !== 'superior') await expectOwner(subject, answer, owner)
  }
}

/** The relations by which a place of one owner differs from that of another. */
function differing(subject: Subject, owner: Owner, own: Owner | undefined): [string, unknown][] {
  const mine = own ? (subject.fixture.place(subject.stage, own) ?? {}) : {}
  const theirs = Object.entries(subject.fixture.place(subject.stage, owner) ?? {})
  return theirs.filter(([name, value]) => mine[name] !== value)
}

async function createsOthers(subject: Subject, role: Role, expected: Expected): Promise<void> {
  const { own, others } = owners(subject, expected)
  const mine = own[0]
  if (!mine) return
  const before = (await subject.rows()).length
  for (const owner of others) {
    for (const [name, value] of differing(subject, owner, mine)) {
      const body = { ...(await subject.body('full', mine)), [name]: value }
      const answer = await subject.as(role, 'POST', subject.url, body)
      expectRefused(answer, name, value, expected, owner, `${owner} ${name}`)
      expect((await subject.rows()).length, `${owner} ${name} wrote nothing`).toBe(before)
    }
  }
}

/** A row out of sight does not exist, one that is only seen is a 403; of no tenant it would be the whole system's. */
function expectRefused(
  answer: Answer,
  name: string,
  value: unknown,
  expected: Expected,
  owner: Owner,
  what: string,
): void {
  const isSystems = value === null && expected.withoutTenant === 403
  if (isSystems || expected.sees.includes(owner)) {
    expectError(answer, 403, FORBIDDEN, what)
    return
  }
  const detail = expectFieldErrors(answer, [name], what)
  expect(detail[name], what).toEqual([value === null ? NOT_NULL : noSuchRow(value)])
}

async function leavesOut(subject: Subject, role: Role, expected: Expected): Promise<void> {
  const { own = [], required: further = [] } = expected
  const [owner] = owners(subject, expected).own
  const required = [...new Set([...subject.fixture.required, ...further])].filter((name) => !own.includes(name))
  if (required.length > 0) {
    const all = expectFieldErrors(await subject.as(role, 'POST', subject.url, {}), required)
    for (const name of required) expect(all[name]).toEqual([REQUIRED])
  }
  if (!owner) return
  for (const name of required) {
    const { [name]: _left, ...body } = await subject.body('minimal', owner, further)
    expectSentence(await subject.as(role, 'POST', subject.url, body), name, REQUIRED)
  }
  const body = await subject.body('minimal', owner, further)
  for (const name of own) delete body[name]
  const answer = await subject.as(role, 'POST', subject.url, body)
  expect(answer.status, answer.text).toBe(201)
  const place = subject.fixture.place(subject.stage, owner)!
  for (const name of own) expect(answer.json[name], name).toEqual(place[name])
  if (own.length > 0) await expectOwner(subject, answer, owner)
}

async function moves(subject: Subject, role: Role, expected: Expected): Promise<void> {
  const { touches = expected.sees } = expected
  const owner = touches.find((one) => subject.fixture.place(subject.stage, one))
  if (!owner || expected.changes) return
  const { others } = owners(subject, expected)
  const id = await subject.insert(owner)
  const before = (await subject.find(id))!
  const relations = new Set(subject.writable.filter(([, column]) => column.references).map(([name]) => name))
  for (const other of others) {
    for (const [name, value] of differing(subject, other, owner)) {
      if (!relations.has(name) || subject.fixture.createOnly?.includes(name)) continue
      for (const method of ['PATCH', 'PUT'] as const) {
        const rest = method === 'PUT' ? await subject.body('minimal', owner, expected.required) : {}
        const answer = await subject.as(role, method, subject.rowUrl(id), { ...rest, [name]: value })
        expectRefused(answer, name, value, expected, other, `${method} ${other} ${name}`)
        expect(await subject.find(id), `${method} ${other} ${name}`).toEqual(before)
      }
    }
  }
}

/** A minor administrator whose profile names no tenant: no row is its own, not even those of no tenant. */
async function homeless(subject: Subject, expected: Expected): Promise<void> {
  const { stage } = subject
  const { token } = stage.homeless
  const everybodys = expected.sees.length === OWNERS.length
  const answer = await stage.send(token, 'GET', subject.url)
  expect(answer.status).toBe(200)
  if (everybodys) return
  expect(answer.json.results).toEqual([])
  if (!expected.rights.includes('create')) return
  const before = (await subject.rows()).length
  for (const owner of OWNERS.filter((one) => subject.fixture.place(stage, one))) {
    for (const leftOut of [[], expected.own ?? []]) {
      const body = await subject.body('minimal', owner, expected.required)
      for (const name of leftOut) delete body[name]
      const refused = await stage.send(token, 'POST', subject.url, body)
      expect([400, 403], `${owner}: ${refused.text}`).toContain(refused.status)
    }
  }
  expect((await subject.rows()).length).toBe(before)
}
