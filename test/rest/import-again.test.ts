/** What a list gives as CSV makes the same rows again. */
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Answer, testWorld, type World } from '../support/app.ts'

const URL = '/api/extensions/'
const CSV = { 'content-type': 'text/csv' }

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())
beforeEach(async () => {
  await world.app.pool.query('DELETE FROM extensions')
})

const send = (file: string | Buffer, query = '', headers: Record<string, string> = CSV, url = URL): Promise<Answer> =>
  world.call(world.acme.minor.token, 'POST', `${url}import/${query}`, file, headers)
const rows = async () =>
  (await world.app.pool.query('SELECT extension, description FROM extensions ORDER BY extension')).rows as Record<
    string,
    unknown
  >[]

describe('what a list gives as CSV', () => {
  it('makes the same rows again, whatever their text', async () => {
    const text = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.string({
        maxLength: 20,
        unit: fc.constantFrom('=', '+', '-', '@', "'", '"', ',', '\n', '\r', ' ', '1', 'a', 'é', '😀'),
      }),
    )
    const usable = text.filter((one) => !one.includes('\0') && one.isWellFormed())
    await fc.assert(
      fc.asyncProperty(fc.array(usable, { minLength: 1, maxLength: 20 }), async (texts) => {
        await world.app.pool.query('DELETE FROM extensions')
        const sent = texts.map((description, at) => ({
          extension: String(1000 + at),
          password: `=pw${[...description].slice(0, 3).join('').trim()}x`,
          description,
          call_timeout: at % 2 === 0 ? at : null,
          enabled: at % 3 === 0,
        }))
        const made = await world.call(world.acme.minor.token, 'POST', URL, sent)
        expect(made.status, made.text).toBe(201)
        const list = () => world.call(world.acme.minor.token, 'GET', `${URL}?page_size=100`)
        const before = (await list()).json.results
        const file = await world.call(world.acme.minor.token, 'GET', `${URL}?format=csv&page_size=100`)
        await world.app.pool.query('DELETE FROM extensions')
        const answer = await send(file.text)
        expect(answer.status, answer.text).toBe(201)
        const after = (await list()).json.results
        const content = ({
          id: _id,
          url: _url,
          created: _created,
          updated: _updated,
          ...rest
        }: Record<string, unknown>) => ({
          ...rest,
          // Empty text and none are the same in CSV.
          description: rest.description || null,
        })
        expect(after.map(content)).toEqual(before.map(content))
      }),
      { numRuns: 12 },
    )
  }, 30_000)

  it('holds for values borrowed from other rows, nested rows and numbers as keys', async () => {
    const people = [
      { username: 'one@acme.example', password: 'a long enough one', groups: ['user_api'], first_name: '=Ann' },
      { username: 'two@acme.example', password: 'a long enough one', groups: [] },
    ]
    expect((await world.call(world.acme.minor.token, 'POST', '/api/users/', people)).status).toBe(201)
    const query = '?username__in=one@acme.example,two@acme.example&ordering=username'
    const list = () => world.call(world.acme.minor.token, 'GET', `/api/users/${query}`)
    const before = (await list()).json.results
    const file = await world.call(world.acme.minor.token, 'GET', `/api/users/${query}&format=csv`)
    const ids = before.map(({ id }: { id: number }) => id)
    expect((await world.call(world.acme.minor.token, 'POST', '/api/users/bulk_delete/', { ids })).status).toBe(204)
    const answer = await send(file.text, '', CSV, '/api/users/')
    expect(answer.status, answer.text).toBe(201)
    expect(answer.json.ids.every(Number.isInteger)).toBe(true)
    const content = ({ id: _id, url: _url, ...rest }: Record<string, unknown>) => rest
    expect((await list()).json.results.map(content)).toEqual(before.map(content))
  })

  it('goes in by thousands', async () => {
    const lines = Array.from({ length: 2500 }, (_none, at) => [`9${at}`, 'pw', `line ${at}`])
    const answer = await send(stringify([['extension', 'password', 'description'], ...lines]))
    expect(answer.status, answer.text.slice(0, 300)).toBe(201)
    expect(answer.json).toMatchObject({ lines: 2500, created: 2500, failed: 0 })
    expect(await rows()).toHaveLength(2500)
  }, 30_000)
})
