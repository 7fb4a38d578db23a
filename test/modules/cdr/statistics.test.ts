/** Who gets which statistics, of whose calls, and what is refused. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testExtension, testWorld, type World } from '../../support/app.ts'
import { addCalls } from '../../support/calls.ts'

const PATH = '/api/xmlcdrbasicstatistics/'
let world: World
let own: string
let second: string

beforeAll(async () => {
  world = await testWorld()
  const { acme, rival } = world
  own = await testExtension(world, acme, '1001', acme.user)
  second = await testExtension(world, acme, '1002')
  const foreign = await testExtension(world, rival, '1001', rival.user)
  const alias = { domain_id: acme.id, extension: '1003', number_alias: '4930555', password: 'pw' }
  const { id: aliased } = await world.app.prisma.extension.create({ data: alias })
  const recently = (minutes: number) => new Date(Date.now() - minutes * 60_000)
  await addCalls(world.app, [
    { domain: acme.id, extension: own, at: recently(5), answeredAfter: 4, endedAfter: 64 },
    { domain: acme.id, extension: own, at: recently(100), endedAfter: 21, missed: true },
    { domain: acme.id, extension: second, at: recently(200), answeredAfter: 2, endedAfter: 182 },
    { domain: acme.id, extension: aliased, at: recently(300), answeredAfter: 1, endedAfter: 2 },
    { domain: acme.id, at: recently(400), endedAfter: 3, missed: false },
    { domain: rival.id, extension: foreign, at: recently(90), answeredAfter: 10, endedAfter: 20 },
    { at: recently(30), answeredAfter: 1, endedAfter: 3 },
    { domain: acme.id, extension: own, at: recently(26 * 60), answeredAfter: 5, endedAfter: 15 },
  ])
})
afterAll(() => world.close())

const ask = (who: { token: string }, query: Record<string, string> = {}) =>
  world.call(who.token, 'GET', `${PATH}?${new URLSearchParams(query)}`)

const told = async (who: { token: string }, query?: Record<string, string>) => {
  const { status, json } = await ask(who, query)
  expect(status).toBe(200)
  return [json.scope, json.domain, json.extension, json.total_calls]
}

describe('the answer', () => {
  test('has the figures of the contract, in order, and 24 hours', async () => {
    const { json, headers } = await ask(world.acme.user, { cdr_extn: '1001' })
    expect(headers['content-type']).toContain('application/json')
    expect(Object.keys(json)).toEqual(
      `scope domain extension hours from to total_calls answered_calls missed_calls average_ring_time max_ring_time
      average_call_duration max_call_duration hourly`.split(/\s+/),
    )
    expect(json).toMatchObject({
      scope: 'extn',
      domain: 'acme.example',
      extension: '1001',
      hours: 24,
      total_calls: 2,
      answered_calls: 1,
      missed_calls: 1,
      average_ring_time: 12.5,
      max_ring_time: 21,
      average_call_duration: 60,
      max_call_duration: 60,
    })
    expect(json.hourly.map(({ hour }: { hour: number }) => hour)).toEqual([...Array(24).keys()])
    expect(Object.keys(json.hourly[0])).toEqual(['hour', 'total', 'answered', 'missed', 'minutes'])
    const sum = (name: string) => json.hourly.reduce((all: number, one: Record<string, number>) => all + one[name]!, 0)
    expect([sum('total'), sum('answered'), sum('missed'), sum('minutes')]).toEqual([2, 1, 1, 1])
  })

  test('is of the hours until now, in UTC to the second', async () => {
    const { json } = await ask(world.admin, { cdr_hours: '26' })
    expect(json.from).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(Date.parse(json.to) - Date.parse(json.from)).toBe(26 * 3_600_000)
    expect(Math.abs(Date.parse(json.to) - Date.now())).toBeLessThan(10_000)
  })

  test('is zeros where there were no calls', async () => {
    const { json } = await ask(world.rival.minor, { cdr_hours: '1' })
    expect(json).toMatchObject({ total_calls: 0, average_ring_time: 0, max_ring_time: 0, average_call_duration: 0 })
    expect(json.hourly.every((one: Record<string, number>) => one.total === 0 && one.minutes === 0)).toBe(true)
  })

  test('can be a picture, and nothing else', async () => {
    const { headers, text } = await ask(world.admin, { format: 'svg' })
    expect(headers['content-type']).toContain('image/svg+xml')
    expect(text).toMatch(/^<svg .*<desc/s)
    expect((await ask(world.admin, { format: 'csv' })).status).toBe(404)
  })
})

describe('an administrator', () => {
  test('gets all calls, those of a domain, or of an extension', async () => {
    const { admin, acme } = world
    expect(await told(admin)).toEqual(['all', null, null, 7])
    expect(await told(admin, { cdr_scope: 'all', cdr_hours: '48' })).toEqual(['all', null, null, 8])
    expect(await told(admin, { cdr_scope: 'domain', cdr_domain: 'acme.example' })).toEqual([
      'domain',
      acme.name,
      null,
      5,
    ])
    expect(await told(admin, { cdr_scope: 'domain', cdr_domain: acme.id })).toEqual(['domain', acme.name, null, 5])
    expect(await told(admin, { cdr_domain: 'rival.example' })).toEqual(['domain', 'rival.example', null, 1])
    expect(await told(admin, { cdr_extn: '1002' })).toEqual(['extn', acme.name, '1002', 1])
    expect(await told(admin, { cdr_extn: second })).toEqual(['extn', acme.name, '1002', 1])
    expect(await told(admin, { cdr_extn: '4930555' })).toEqual(['extn', acme.name, '1003', 1])
  })

  test('says which domain, where several have the number', async () => {
    const { status, json } = await ask(world.admin, { cdr_extn: '1001' })
    expect(status).toBe(400)
    expect(Object.keys(json.detail)).toEqual(['cdr_domain'])
    expect(await told(world.admin, { cdr_extn: '1001', cdr_domain: 'rival.example' })).toEqual([
      'extn',
      'rival.example',
      '1001',
      1,
    ])
  })
})

describe('a minor administrator', () => {
  test('gets the calls of its domain, whatever it asks for', async () => {
    const { minor, name } = world.acme
    expect(await told(minor)).toEqual(['domain', name, null, 5])
    expect(await told(minor, { cdr_scope: 'domain', cdr_domain: name })).toEqual(['domain', name, null, 5])
    expect(await told(minor, { cdr_scope: 'all' })).toEqual(['all', name, null, 5])
    expect(await told(minor, { cdr_scope: 'extn', cdr_extn: '1001' })).toEqual(['extn', name, '1001', 2])
  })
})

describe('a user', () => {
  test('gets the calls of its own extensions, whatever it asks for', async () => {
    const { user, name } = world.acme
    expect(await told(user)).toEqual(['extn', name, null, 2])
    expect(await told(user, { cdr_scope: 'all' })).toEqual(['all', name, null, 2])
    expect(await told(user, { cdr_scope: 'domain' })).toEqual(['domain', name, null, 2])
    expect(await told(user, { cdr_extn: own, cdr_domain: name })).toEqual(['extn', name, '1001', 2])
    expect(await told(world.rival.user)).toEqual(['extn', 'rival.example', null, 1])
  })
})

describe('what is refused', () => {
  test('nobody without a role gets statistics, and nobody can write them', async () => {
    expect((await world.call(null, 'GET', PATH)).status).toBe(401)
    expect((await ask(world.nobody)).status).toBe(403)
    expect((await world.call(world.admin.token, 'POST', PATH, {})).status).toBe(405)
  })

  test('an extension of others is like one that is not there', async () => {
    const { acme } = world
    const detail = async (who: { token: string }, cdr_extn: string, cdr_domain?: string) => {
      const { status, json } = await ask(who, { cdr_extn, ...(cdr_domain && { cdr_domain }) })
      expect(status).toBe(400)
      return json.detail
    }
    const sentence = (text: string) => ({ cdr_extn: [`The extension "${text}" does not exist.`] })
    expect(await detail(acme.user, '1002')).toEqual(sentence('1002'))
    expect(await detail(acme.user, '9999')).toEqual(sentence('9999'))
    expect(await detail(acme.user, second)).toEqual(sentence(second))
    expect(await detail(world.rival.minor, '1002')).toEqual(sentence('1002'))
    expect(await detail(world.rival.minor, second)).toEqual(sentence(second))
    expect(await detail(world.admin, '1002', 'rival.example')).toEqual(sentence('1002'))
  })

  test.each(['rival.example', 'nowhere.example'])('the domain %s is not there for others', async (cdr_domain) => {
    for (const who of [world.acme.minor, world.acme.user]) {
      for (const cdr_scope of ['domain', 'all', 'extn']) {
        const { status, json } = await ask(who, { cdr_scope, cdr_domain, cdr_extn: '1001' })
        expect(status).toBe(400)
        expect(json.detail).toEqual({ cdr_domain: [`The domain "${cdr_domain}" does not exist.`] })
      }
    }
  })

  test.each([
    [{ cdr_scope: 'extn' }, 'cdr_extn', 'required'],
    [{ cdr_scope: 'domain' }, 'cdr_domain', 'required'],
    [{ cdr_scope: 'galaxy' }, 'cdr_scope', 'Select one of extn, domain, all.'],
    [{ cdr_hours: '0' }, 'cdr_hours', 'Enter a whole number from 1 to 8784.'],
    [{ cdr_hours: '8785' }, 'cdr_hours', 'Enter a whole number from 1 to 8784.'],
    [{ cdr_hours: '1.5' }, 'cdr_hours', 'Enter a whole number from 1 to 8784.'],
    [{ cdr_hours: '-1' }, 'cdr_hours', 'Enter a whole number'],
    [{ cdr_hours: 'many' }, 'cdr_hours', 'Enter a whole number'],
    [{ cdr_extn: 'a\0b' }, 'cdr_extn', 'Null characters are not allowed.'],
  ])('%j: a sentence for %s', async (query, name, words) => {
    const { status, json } = await ask(world.admin, query)
    expect(status).toBe(400)
    expect(json.detail).toEqual({ [name]: [expect.stringContaining(words)] })
    expect(json[name]).toEqual(json.detail[name])
  })

  test('all that is wrong is told together, and empty is as good as left out', async () => {
    const { json } = await ask(world.admin, { cdr_scope: 'x', cdr_hours: 'y' })
    expect(Object.keys(json.detail)).toEqual(['cdr_scope', 'cdr_hours'])
    expect(await told(world.admin, { cdr_scope: '', cdr_hours: '', cdr_extn: ' ', cdr_domain: '' })).toHaveLength(4)
  })

  test('a parameter nobody knows, by those who are strict', async () => {
    const strict = { prefer: 'handling=strict' }
    const { status, json } = await world.call(world.admin.token, 'GET', `${PATH}?hours=3`, undefined, strict)
    expect([status, json.detail]).toEqual([400, { hours: ['Unknown query parameter.'] }])
  })
})
