/** What HTTP asks of a resource: who may knock at all, which methods there are, and how they speak of themselves. */
import { expect } from 'vitest'
import { type Right, ROLES, type Role } from '../../src/rest/caller.ts'
import { expectError, FORBIDDEN } from './answers.ts'
import { statementsOf } from './stage.ts'
import type { Check, Subject } from './subject.ts'

export function protocolChecks(subject: Subject): Check[] {
  return [
    { name: 'without a token or with a bad one: 401', run: () => tokens(subject) },
    { name: 'signed in without a role: 403', run: () => withoutRole(subject) },
    { name: 'HEAD answers as GET does, without a body', run: () => head(subject) },
    { name: 'works without the slash at the end', run: () => withoutSlash(subject) },
    { name: 'OPTIONS tells of every field', run: () => options(subject) },
    { name: 'a method there is not is a 405 with Allow', run: () => otherMethods(subject) },
    { name: 'a list costs at most two statements, a row one', run: () => statements(subject) },
  ]
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

async function someUrl(subject: Subject): Promise<string> {
  const [row] = (await subject.list('?page_size=1')).results
  return subject.rowUrl(row![subject.key] as string)
}

async function tokens(subject: Subject): Promise<void> {
  const send = subject.stage.send
  for (const url of [subject.url, await someUrl(subject)]) {
    for (const method of METHODS) {
      const none = await send(null, method, url)
      const bad = await send('0123456789abcdef0123456789abcdef01234567', method, url)
      for (const answer of [none, bad]) {
        expect(answer.status, `${method} ${url}`).toBe(401)
        expect(answer.headers['www-authenticate']).toBe('Token')
      }
      if (method === 'HEAD') continue
      expectError(none, 401, 'Authentication credentials were not provided.')
      expectError(bad, 401, 'Invalid token.')
    }
  }
}

async function withoutRole(subject: Subject): Promise<void> {
  for (const url of [subject.url, await someUrl(subject)]) {
    for (const method of METHODS.filter((one) => one !== 'HEAD')) {
      const answer = await subject.stage.send(subject.stage.world.nobody.token, method, url)
      expectError(answer, 403, FORBIDDEN, `${method} ${url}`)
    }
  }
}

async function head(subject: Subject): Promise<void> {
  for (const url of [subject.url, await someUrl(subject), `${subject.url}?format=csv`]) {
    const get = await subject.admin('GET', url)
    const answer = await subject.admin('HEAD', url)
    expect([answer.status, answer.text]).toEqual([200, ''])
    for (const name of ['content-type', 'content-length']) expect(answer.headers[name], name).toBe(get.headers[name])
  }
  expect((await subject.admin('HEAD', `${subject.url}nonsense/`)).status).toBe(404)
}

async function withoutSlash(subject: Subject): Promise<void> {
  for (const url of [subject.url, await someUrl(subject)]) {
    const bare = await subject.admin('GET', url.slice(0, -1))
    expect(bare.status).toBe(200)
    expect(bare.json).toEqual((await subject.admin('GET', url)).json)
  }
  const { next } = (await subject.admin('GET', `${subject.url.slice(0, -1)}?page_size=1`)).json
  expect(next, 'links have the slash').toContain(`${subject.url}?`)
}

/** The roles that have a right, by the fixture. */
const rolesWith = (subject: Subject, right: Right): Role[] =>
  ROLES.filter((role) => subject.expected(role)?.rights.includes(right))

/** The methods of the collection and of a row, by the rights that any role has. */
function allowed(subject: Subject): { collection: string[]; row: string[] } {
  const given = (right: Right, ...methods: string[]) => (rolesWith(subject, right).length > 0 ? methods : [])
  return {
    collection: [...given('list', 'GET', 'HEAD'), ...given('create', 'POST'), ...given('update', 'PATCH'), 'OPTIONS'],
    row: [
      ...given('retrieve', 'GET', 'HEAD'),
      ...given('update', 'PUT', 'PATCH'),
      ...given('delete', 'DELETE'),
      'OPTIONS',
    ],
  }
}

const namesIn = (allow: unknown): string[] => String(allow).split(', ').sort()

async function options(subject: Subject): Promise<void> {
  const { fixture } = subject
  const methods = allowed(subject)
  for (const [url, method, allow] of [
    [subject.url, 'POST', methods.collection],
    [await someUrl(subject), 'PUT', methods.row],
  ] as const) {
    const answer = await subject.admin('OPTIONS', url)
    expect(answer.status).toBe(200)
    expect(namesIn(answer.headers.allow)).toEqual([...allow].sort())
    expect(answer.json).toMatchObject({ name: expect.any(String), description: expect.any(String) })
    expect(answer.json.renders).toEqual(['application/json', 'text/csv'])
    expect(answer.json.parses).toContain('application/json')
    if (!allow.includes(method)) continue
    const told = answer.json.actions[method] as Record<string, Record<string, unknown>>
    expect(Object.keys(told)).toEqual(expect.arrayContaining([...fixture.fields, ...(fixture.writeOnly ?? [])]))
    for (const [name, column] of subject.plainColumns) {
      expect(told[name], name).toMatchObject({ read_only: fixture.readOnly.includes(name) })
      if (fixture.readOnly.includes(name)) continue
      expect(told[name], name).toMatchObject({ required: fixture.required.includes(name) })
      if (column.maxLength) expect(told[name], name).toMatchObject({ max_length: column.maxLength })
      if (column.choices)
        expect((told[name]!.choices as { value: string }[]).map((one) => one.value)).toEqual(column.choices)
    }
  }
}

async function otherMethods(subject: Subject): Promise<void> {
  const methods = allowed(subject)
  for (const [url, allow] of [
    [subject.url, methods.collection],
    [await someUrl(subject), methods.row],
  ] as const) {
    for (const method of METHODS.filter((one) => !allow.includes(one))) {
      for (const role of ROLES) {
        const answer = await subject.as(role, method, url, method === 'DELETE' ? undefined : {})
        // Who may not use the resource at all learns nothing of its methods.
        if (!subject.expected(role)) expectError(answer, 403, FORBIDDEN)
        else {
          expectError(answer, 405, `Method "${method}" not allowed.`, `${method} ${url}`)
          expect(namesIn(answer.headers.allow)).toEqual([...allow].sort())
        }
      }
    }
  }
}

async function statements(subject: Subject): Promise<void> {
  const [name] = subject.plainColumns.find(([, column]) => column.type === 'text') ?? [subject.key]
  const hop = subject.plainColumns.find(([, column]) => column.references)?.[0]
  const queries = [
    '',
    '?page=2',
    '?page=last',
    '?format=csv',
    '?search=a%20b',
    `?${name}__icontains=a&ordering=-${name}`,
  ]
  if (hop && subject.compiled.registry.homeOf(subject.column(hop)!.references!.model))
    queries.push(`?${hop}__isnull=false`)
  for (const role of rolesWith(subject, 'list')) {
    await subject.list('', role)
    for (const query of queries) {
      const sent = await statementsOf(() => subject.as(role, 'GET', `${subject.url}${query}`))
      expect(sent.length, `${role} ${query}: ${sent.join('; ')}`).toBeGreaterThan(0)
      expect(sent.length, `${role} ${query}: ${sent.join('; ')}`).toBeLessThanOrEqual(2)
    }
    const [row] = (await subject.list('?page_size=1', role)).results
    const sent = await statementsOf(() => subject.as(role, 'GET', subject.rowUrl(row![subject.key] as string)))
    expect(sent.length, `${role}: ${sent.join('; ')}`).toBe(1)
  }
}
