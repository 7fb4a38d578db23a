/** What each role may do, and to whose rows: contract section 6, as the fixtures restate it. */
import { expect } from 'vitest'
import { type Right, ROLES, type Role } from '../../src/rest/caller.ts'
import { expectError, expectFieldErrors, FORBIDDEN, NOT_FOUND } from './answers.ts'
import { changingChecks } from './changing.ts'
import { type Expected, OWNERS, type Owner } from './fixture.ts'
import type { Id } from './reference.ts'
import type { Check, Subject } from './subject.ts'
import { tenancyChecks } from './tenancy.ts'

export function roleChecks(subject: Subject): Check[] {
  return ROLES.flatMap((role) => {
    const expected = subject.expected(role)
    if (!expected) return [{ name: `${role}: is shut out`, run: () => shutOut(subject, role) }]
    return [
      {
        name: `${role}: lists the rows of ${expected.sees.join(', ')} and no other`,
        run: () => lists(subject, role, expected),
      },
      { name: `${role}: retrieves those rows; another is not there`, run: () => retrieves(subject, role, expected) },
      {
        name: `${role}: sees ${expected.secrets ? 'secrets' : 'no secrets'}`,
        run: () => secrets(subject, role, expected),
      },
      {
        name: `${role}: has no other rights than ${expected.rights.join(', ')}`,
        run: () => rights(subject, role, expected),
      },
      { name: `${role}: changes and deletes no row out of its reach`, run: () => outOfReach(subject, role, expected) },
      { name: `${role}: OPTIONS tells of what it sees`, run: () => options(subject, role, expected) },
      ...changingChecks(subject, role, expected),
      ...tenancyChecks(subject, role, expected),
    ]
  })
}

const METHODS: readonly [Right, string][] = [
  ['update', 'PUT'],
  ['update', 'PATCH'],
  ['delete', 'DELETE'],
]

async function someRow(subject: Subject, owner: Owner): Promise<Id> {
  const [row] = await subject.rowsOf([owner])
  return row ? (row[subject.key] as Id) : subject.insert(owner)
}

async function shutOut(subject: Subject, role: Role): Promise<void> {
  const before = await subject.rows()
  const body = await subject.body('minimal', subject.anyOwner)
  for (const method of ['GET', 'POST', 'PUT', 'OPTIONS']) {
    expectError(
      await subject.as(role, method, subject.url, method === 'POST' ? body : undefined),
      403,
      FORBIDDEN,
      method,
    )
  }
  for (const owner of OWNERS.filter((one) => subject.hasRowsOf(one))) {
    const url = subject.rowUrl(await someRow(subject, owner))
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const answer = await subject.as(role, method, url, method === 'PUT' ? body : undefined)
      expectError(answer, 403, FORBIDDEN, `${method} ${owner}`)
    }
  }
  expect((await subject.rows()).length).toBe(before.length)
  const index = (await subject.as(role, 'GET', '/api/')).json as Record<string, string>
  expect(index).not.toHaveProperty(subject.path)
}

async function lists(subject: Subject, role: Role, { sees, rights: given }: Expected): Promise<void> {
  expect(given).toContain('list')
  const all = await subject.rows()
  const seen = await subject.rowsOf(sees)
  expect(seen.length, 'there are rows to see').toBeGreaterThan(0)
  if (sees.length < OWNERS.length) expect(seen.length, 'there are rows not to see').toBeLessThan(all.length)
  const expected = subject.idsOf(await subject.sorted(seen, subject.fixture.order))
  expect(await subject.ids({}, role)).toEqual(expected)
  const filtered = await subject.ids({ [`${subject.key}__in`]: subject.idsOf(all).slice(0, 900).join() }, role)
  expect(filtered, 'naming other rows does not show them').toEqual(expected)
  const { results } = await subject.list('', role)
  for (const row of results) expect(Object.keys(row).sort()).toEqual(subject.fieldsOf(role).sort())
  const index = (await subject.as(role, 'GET', '/api/')).json as Record<string, string>
  expect(index[subject.path]).toMatch(new RegExp(`${subject.url}$`))
}

async function retrieves(subject: Subject, role: Role, { sees, forbidden }: Expected): Promise<void> {
  for (const owner of OWNERS.filter((one) => subject.hasRowsOf(one))) {
    const id = await someRow(subject, owner)
    const answer = await subject.as(role, 'GET', subject.rowUrl(id))
    if (sees.includes(owner)) {
      expect(answer.status, `${owner}: ${answer.text}`).toBe(200)
      expect(answer.json).toEqual(await subject.shown((await subject.find(id))!, subject.fieldsOf(role)))
    } else if (forbidden?.includes(owner)) expectError(answer, 403, FORBIDDEN, owner)
    else expectError(answer, 404, NOT_FOUND, owner)
  }
}

async function secrets(subject: Subject, role: Role, expected: Expected): Promise<void> {
  const { secrets: names = [], writeOnly = [] } = subject.fixture
  const [row] = await subject.rowsOf(expected.sees)
  const url = subject.rowUrl(row![subject.key] as Id)
  for (const name of names) {
    const shown = expected.secrets === true && !writeOnly.includes(name)
    const answers = [await subject.as(role, 'GET', url), await subject.as(role, 'GET', `${subject.url}?page_size=1`)]
    for (const { json } of answers) expect(name in (json.results?.[0] ?? json), name).toBe(shown)
    const asked = await subject.as(role, 'GET', `${url}?fields=${name}`)
    if (shown) expect(asked.json).toEqual({ [name]: subject.value(await subject.tables(), row!, name) })
    else expectFieldErrors(asked, ['fields'])
    const csv = (await subject.as(role, 'GET', `${subject.url}?format=csv`)).text.split('\r\n', 1)[0]!.split(',')
    expect(csv.includes(name), `${name} in CSV`).toBe(shown)
    for (const parameter of [name, `${name}__startswith`]) {
      expectFieldErrors(await subject.as(role, 'GET', `${subject.url}?${parameter}=a`), [parameter])
    }
    expectFieldErrors(await subject.as(role, 'GET', `${subject.url}?ordering=${name}`), ['ordering'])
  }
}

async function rights(subject: Subject, role: Role, { rights: given, sees }: Expected): Promise<void> {
  const anybodys = (right: Right) => ROLES.some((one) => subject.expected(one)?.rights.includes(right))
  const before = (await subject.rows()).length
  const refused = (right: Right) => anybodys(right) && !given.includes(right)
  if (refused('create')) {
    const body = await subject.body('full', sees[0]!)
    expectError(await subject.as(role, 'POST', subject.url, body), 403, FORBIDDEN)
  }
  for (const owner of OWNERS.filter((one) => subject.hasRowsOf(one))) {
    const url = subject.rowUrl(await someRow(subject, owner))
    for (const [right, method] of METHODS) {
      if (refused(right)) expectError(await subject.as(role, method, url), 403, FORBIDDEN, `${method} ${owner}`)
    }
  }
  expect((await subject.rows()).length).toBe(before)
}

async function outOfReach(subject: Subject, role: Role, expected: Expected): Promise<void> {
  const touches = expected.touches ?? expected.sees
  for (const owner of OWNERS.filter((one) => subject.hasRowsOf(one) && !touches.includes(one))) {
    const id = await someRow(subject, owner)
    const before = await subject.find(id)
    const known = expected.sees.includes(owner) || expected.forbidden?.includes(owner)
    for (const [right, method] of METHODS.filter(([one]) => expected.rights.includes(one))) {
      const body = right === 'delete' ? undefined : await subject.body('minimal', expected.sees[0]!)
      const answer = await subject.as(role, method, subject.rowUrl(id), body)
      expectError(answer, known ? 403 : 404, known ? FORBIDDEN : NOT_FOUND, `${method} ${owner}`)
      expect(await subject.find(id), `${method} ${owner} leaves the row`).toEqual(before)
    }
  }
}

async function options(subject: Subject, role: Role, { rights: given, sees }: Expected): Promise<void> {
  const [row] = await subject.rowsOf(sees)
  for (const [url, right, method] of [
    [subject.url, 'create', 'POST'],
    [subject.rowUrl(row![subject.key] as Id), 'update', 'PUT'],
  ] as const) {
    const answer = await subject.as(role, 'OPTIONS', url)
    expect(answer.status).toBe(200)
    expect(answer.json.actions?.[method] !== undefined, `${method} is told of`).toBe(given.includes(right))
    if (given.includes(right))
      expect(Object.keys(answer.json.actions[method])).toEqual(expect.arrayContaining(subject.fieldsOf(role)))
    const hidden = subject.fixture.fields.filter((name) => !subject.fieldsOf(role).includes(name))
    for (const name of hidden) expect(answer.text).not.toContain(`"${name}"`)
  }
}
