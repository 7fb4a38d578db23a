/** The forms a body may have, and what each can say. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { testWorld, type World } from '../support/app.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const MULTIPART = { 'content-type': 'multipart/form-data; boundary=b' }

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

const post = (body: unknown, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  world.call(world.acme.minor.token, 'POST', '/api/gateways/', body, headers)

const part = (name: string, value: string, more = '') =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`

it('JSON, with a charset, in any case', async () => {
  for (const type of ['application/json', 'Application/JSON; charset=UTF-8']) {
    const answer = await post('{"gateway": "g", "proxy": "p", "enabled": "no"}', { 'content-type': type })
    expect(answer.json).toMatchObject({ gateway: 'g', proxy: 'p', enabled: false })
  }
})

it('an HTML form, where "" leaves a field alone or makes it null', async () => {
  const body = 'gateway=g+1&proxy=%C3%A9&register=1&username=&expire_seconds=&channels=5&channels=7'
  const answer = await post(body, FORM)
  expect(answer.status, answer.text).toBe(201)
  expect(answer.json).toMatchObject({
    gateway: 'g 1',
    proxy: 'é',
    register: true,
    username: '',
    expire_seconds: 1800,
    channels: 7,
  })
})

it('multipart', async () => {
  const body = `${part('gateway', 'g')}${part('proxy', 'é')}${part('enabled', 'false')}--b--\r\n`
  expect((await post(body, MULTIPART)).json).toMatchObject({ gateway: 'g', proxy: 'é', enabled: false })
})

it('a file where none is taken is an error of its field', async () => {
  const body = `${part('gateway', 'g')}${part('proxy', 'x'.repeat(100_000), '; filename="a.wav"')}--b--\r\n`
  const answer = await post(body, MULTIPART)
  expect(answer.status).toBe(400)
  expect(answer.json.detail).toEqual({ proxy: ['A file is not taken here.'] })
})

it.each([
  ['truncated', part('gateway', 'g')],
  ['without the boundary', 'hello'],
  ['empty', ''],
  ['with a field named __proto__', `${part('__proto__', 'g')}--b--\r\n`],
  ['with 2,000 fields', `${part('a', 'g').repeat(2000)}--b--\r\n`],
])('multipart that is %s is refused', async (_what, body) => {
  const answer = await post(body, MULTIPART)
  expect([400, 413]).toContain(answer.status)
  expect(answer.json.error).toBe(answer.status)
})

it('of one row is no longer than BODY_LIMIT_BYTES, whatever its form; a list may be', async () => {
  const long = 'x'.repeat(1_100_000)
  const fields = Array.from({ length: 12 }, () => part('unknown', 'x'.repeat(100_000))).join('')
  for (const [body, headers] of [
    [JSON.stringify({ gateway: long }), undefined],
    [` "${long}"`, undefined],
    [`gateway=${long}`, FORM],
    [`${fields}--b--\r\n`, MULTIPART],
  ] as const) {
    const answer = await post(body, headers)
    expect([answer.status, answer.json.detail]).toEqual([413, 'The request body is too large.'])
  }
  expect((await post(`\n [{"gateway": "${long}"}]`)).status).toBe(400)
  expect((await post(`[${' '.repeat(17 * 2 ** 20)}]`)).status).toBe(413)
})

it('no body at all is an empty object, with or without a type', async () => {
  for (const headers of [{}, { 'content-type': 'application/json' }, FORM] as Record<string, string>[]) {
    const answer = await post(undefined, headers)
    expect(answer.json.detail).toMatchObject({ gateway: ['This field is required.'] })
  }
  expect((await post(' \n')).json.detail).toMatchObject({ gateway: ['This field is required.'] })
})

it('names such as __proto__ and constructor are fields like any other', async () => {
  const answer = await post('{"__proto__": {"gateway": "x", "proxy": "p"}, "constructor": {"prototype": {"a": 1}}}')
  expect(answer.json.detail).toEqual({ gateway: ['This field is required.'], proxy: ['This field is required.'] })
  expect(({} as Record<string, unknown>).a).toBeUndefined()
  const form = await post('__proto__=x&gateway=g&proxy=p', FORM)
  expect(form.status).toBe(201)
})

it('of two of one name the last counts', async () => {
  expect((await post('{"gateway": "a", "proxy": "p", "gateway": "b"}')).json.gateway).toBe('b')
})

it('a body with GET or DELETE does no harm', async () => {
  const made = await post('{"gateway": "g", "proxy": "p"}')
  const url = `/api/gateways/${made.json.id}/`
  expect((await world.call(world.acme.minor.token, 'DELETE', url, { a: 1 })).status).toBe(204)
  expect((await world.call(world.acme.minor.token, 'GET', '/api/gateways/', { a: 1 })).status).toBe(200)
})
