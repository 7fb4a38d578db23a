/** Tags of rows: a client keeps what it has read, and overwrites nothing that it has not seen. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, testWorld, type World } from '../support/app.ts'

let world: World
let n = 100
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

const send = (method: string, url: string, body?: unknown, headers?: Record<string, string>) =>
  world.call(world.acme.minor.token, method, url, body, headers)

async function made(): Promise<{ url: string; tag: string; answer: Answer }> {
  n += 1
  const answer = await send('POST', '/api/extensions/', { extension: String(n), password: 'pw', description: 'first' })
  expect(answer.status, answer.text).toBe(201)
  return { url: `/api/extensions/${answer.json.id}/`, tag: String(answer.headers.etag), answer }
}

describe('the tag of a row', () => {
  it('is strong and the same in the answers of POST, GET, HEAD and of a write that changed nothing', async () => {
    const { url, tag } = await made()
    expect(tag).toMatch(/^"[\w-]{43}"$/)
    for (const method of ['GET', 'HEAD']) expect((await send(method, url)).headers.etag).toBe(tag)
    const changed = await send('PATCH', url, { description: 'second' })
    expect(changed.headers.etag).not.toBe(tag)
    expect((await send('GET', url)).headers.etag).toBe(changed.headers.etag)
  })

  it('is the same from every host', async () => {
    const { url, tag } = await made()
    const elsewhere = await send('GET', url, undefined, { host: 'elsewhere.example' })
    expect(elsewhere.json.url).toContain('elsewhere.example')
    expect(elsewhere.headers.etag).toBe(tag)
  })

  it('tells null from empty text, and values from their neighbours', async () => {
    const { url } = await made()
    const bodies = [
      { effective_caller_id_name: 'ab', effective_caller_id_number: 'c' },
      { effective_caller_id_name: 'a', effective_caller_id_number: 'bc' },
      { effective_caller_id_name: '', effective_caller_id_number: null },
      { effective_caller_id_name: null, effective_caller_id_number: '' },
    ]
    const tags = new Set<unknown>()
    for (const body of bodies) tags.add((await send('PATCH', url, body)).headers.etag)
    expect(tags.size).toBe(bodies.length)
  })

  it('is there for whole rows only: not with fields or omit, not for CSV, not for lists', async () => {
    const { url, tag } = await made()
    for (const query of ['?fields=id,description', '?omit=description', '?format=csv']) {
      const answer = await send('GET', `${url}${query}`, undefined, { 'if-none-match': tag })
      expect(answer.status).toBe(200)
      expect(answer.headers.etag, query).toBeUndefined()
    }
    expect((await send('GET', '/api/extensions/')).headers.etag).toBeUndefined()
  })

  it('changes with rows that are shown inside it', async () => {
    const body = { username: 'tagged@acme.example', password: 'a long enough one', groups: ['user_api'] }
    const answer = await send('POST', '/api/users/', body)
    expect(answer.status, answer.text).toBe(201)
    const url = `/api/users/${answer.json.id}/`
    const other = await send('PATCH', url, { groups: [] })
    expect(other.headers.etag).not.toBe(answer.headers.etag)
    expect((await send('GET', url)).headers.etag).toBe(other.headers.etag)
  })
})

describe('If-None-Match', () => {
  it('of the tag, weak or in a list, or *, is a 304 without a body', async () => {
    const { url, tag } = await made()
    for (const sent of [tag, `W/${tag}`, `"other", ${tag}`, `"a,b",${tag}`, '*']) {
      const answer = await send('GET', url, undefined, { 'if-none-match': sent })
      expect([answer.status, answer.text, answer.headers.etag], sent).toEqual([304, '', tag])
    }
  })

  it('of another tag, or of nonsense, is the row', async () => {
    const { url, tag } = await made()
    for (const sent of ['"other"', tag.slice(1, -1), '', '"', 'W/']) {
      expect((await send('GET', url, undefined, { 'if-none-match': sent })).status, sent).toBe(200)
    }
  })
})

describe('If-Match', () => {
  it.each([
    ['PATCH', { description: 'mine' }],
    ['DELETE', undefined],
  ])('%s goes through with the tag of the row as it is, and is a 412 with any other', async (method, body) => {
    const { url, tag } = await made()
    await send('PATCH', url, { description: 'theirs' })
    for (const sent of [tag, `W/${(await send('GET', url)).headers.etag}`, '"other"', 'nonsense', '']) {
      const refused = await send(method, url, body, { 'if-match': sent })
      expect(refused.status, sent).toBe(412)
      expect(refused.json).toMatchObject({
        error: 412,
        message: 'Precondition Failed',
        detail: expect.stringContaining('If-Match'),
      })
    }
    const now = await send('GET', url)
    expect(now.json.description).toBe('theirs')
    const sent = { 'if-match': `"other", ${now.headers.etag}` }
    expect((await send(method, url, body, sent)).status).toBe(method === 'DELETE' ? 204 : 200)
  })

  it('holds for PUT', async () => {
    const { url, tag, answer } = await made()
    const { extension, password } = answer.json
    const put = (sent: string) => send('PUT', url, { extension, password, description: 'put' }, { 'if-match': sent })
    expect((await put('"other"')).status).toBe(412)
    expect((await put(tag)).status).toBe(200)
  })

  it('* is any row that is there; one that is not stays a 404', async () => {
    const { url } = await made()
    expect((await send('PATCH', url, { description: 'x' }, { 'if-match': '*' })).status).toBe(200)
    expect((await send('DELETE', url, undefined, { 'if-match': '*' })).status).toBe(204)
    for (const sent of ['*', '"other"']) {
      expect((await send('PATCH', url, {}, { 'if-match': sent })).status).toBe(404)
      expect((await send('DELETE', url, undefined, { 'if-match': sent })).status).toBe(404)
    }
  })

  it('of a row of another tenant stays a 404', async () => {
    const { url, tag } = await made()
    const rival = world.rival.minor.token
    for (const sent of [tag, '"other"', '*']) {
      expect((await world.call(rival, 'PATCH', url, {}, { 'if-match': sent })).status).toBe(404)
    }
  })

  it('lets one of two writers through who both saw the same row', async () => {
    const { url, tag } = await made()
    const writers = ['one', 'two', 'three'].map((description) =>
      send('PATCH', url, { description }, { 'if-match': tag }),
    )
    const statuses = (await Promise.all(writers)).map(({ status }) => status).sort()
    expect(statuses).toEqual([200, 412, 412])
  })
})
