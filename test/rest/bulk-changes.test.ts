/** Many rows changed and deleted with one request; and lists of anything at all. */
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { statementsOf } from '../conformance/stage.ts'
import { type Answer, testExtension, testWorld, type World } from '../support/app.ts'

const URL = '/api/extensions/'
const REQUIRED = 'This field is required.'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())
beforeEach(async () => {
  await world.app.pool.query('DELETE FROM extensions')
  await world.app.pool.query('DELETE FROM audit_log')
})

const send = (method: string, url: string, body?: unknown, headers?: Record<string, string>) =>
  world.call(world.acme.minor.token, method, url, body, headers)
const extension = (number: number | string, more = {}) => ({ extension: String(number), password: 'pw', ...more })
const extensions = (count: number, from = 1000) => Array.from({ length: count }, (_none, n) => extension(from + n))
const countOf = async (table: string) =>
  Number((await world.app.pool.query(`SELECT count(*) FROM ${table}`)).rows[0].count)
/** What is told of a number that another extension has. */
const unique = {
  extension: ['Extension with this number already exists.'],
  non_field_errors: ['The fields domain_id, extension must make a unique set.'],
}

function expectItems(answer: Answer, items: Record<string, unknown>): void {
  expect(answer.status, answer.text).toBe(400)
  expect(answer.json).toEqual({ error: 400, message: 'Bad Request', detail: items })
}

describe('PATCH of a list', () => {
  const rows = async (count: number): Promise<{ id: string; extension: string }[]> =>
    (await send('POST', URL, extensions(count))).json

  it('changes all rows, in order, with one entry of the audit log each', async () => {
    const [a, b] = await rows(2)
    const answer = await send('PATCH', URL, [
      { id: b!.id, description: 'b' },
      { id: a!.id, description: 'a', call_timeout: 5 },
      { id: b!.id, enabled: false },
    ])
    expect(answer.status, answer.text).toBe(200)
    expect(answer.json).toMatchObject([
      { id: b!.id, description: 'b' },
      { id: a!.id, description: 'a', call_timeout: 5, extension: '1000' },
      { id: b!.id, description: 'b', enabled: false },
    ])
    expect((await send('GET', `${URL}${b!.id}/`)).json).toEqual(answer.json[2])
    const { rows: log } = await world.app.pool.query("SELECT row_id, changes FROM audit_log WHERE action = 'update'")
    expect(log).toHaveLength(3)
    expect(log).toContainEqual({ row_id: b!.id, changes: { enabled: [true, false] } })
  })

  it('tells of every item at fault, of rows of others as of none, and changes none', async () => {
    const [a, b] = await rows(2)
    const foreign = await testExtension(world, world.rival, '2000')
    const missing = randomUUID()
    const body = [
      { id: a!.id, description: 'changed' },
      { id: foreign, description: 'stolen' },
      { id: missing },
      { description: 'x' },
      { id: b!.id, extension: '1000' },
      { id: 'nonsense' },
      7,
      { id: b!.id, call_timeout: 'soon', domain_id: world.rival.id },
    ]
    const errors = {
      1: { id: ['Not found.'] },
      2: { id: ['Not found.'] },
      3: { id: [REQUIRED] },
      4: unique,
      5: { id: ['Not found.'] },
      6: { non_field_errors: ['Invalid data. Expected a dictionary, but got int.'] },
      7: {
        call_timeout: ['A valid number is required.'],
        domain_id: [`Invalid pk "${world.rival.id}" - object does not exist.`],
      },
    }
    const answer = await send('PATCH', URL, body)
    expect(answer.status).toBe(400)
    expect(answer.json.detail).toEqual(errors)
    expect((await send('GET', `${URL}${a!.id}/`)).json.description).not.toBe('changed')
    const partial = await send('PATCH', `${URL}?partial=1`, body)
    expect(partial.status).toBe(207)
    expect(partial.json.map(({ status }: { status: number }) => status)).toEqual([
      200, 404, 404, 400, 400, 404, 400, 400,
    ])
    expect(partial.json[0].row.description).toBe('changed')
    expect(
      Object.fromEntries(
        partial.json.slice(1).map((one: { index: number; errors: unknown }) => [one.index, one.errors]),
      ),
    ).toEqual(errors)
    expect(await world.app.prisma.extension.findUnique({ where: { id: foreign } })).toMatchObject({ description: null })
  })

  it('lets users change what they may change of their own, and nothing else', async () => {
    const own = await testExtension(world, world.acme, '3000', world.acme.user)
    const other = await testExtension(world, world.acme, '3001')
    const answer = await world.call(world.acme.user.token, 'PATCH', `${URL}?partial=true`, [
      { id: own, do_not_disturb: true },
      { id: own, description: 'mine' },
      { id: other, do_not_disturb: true },
    ])
    expect(answer.json).toMatchObject([
      { status: 200, row: { do_not_disturb: true } },
      { status: 400, errors: { description: ['You may not change this field.'] } },
      { status: 404, errors: { id: ['Not found.'] } },
    ])
  })

  it('with anything but a list is a 400, and where no row can be changed a 405', async () => {
    expect((await send('PATCH', URL, { description: 'x' })).json.detail).toEqual({
      non_field_errors: ['Expected a list of items but got type "dict".'],
    })
    expect((await send('PATCH', '/api/audit_log/', [{ id: randomUUID() }])).status).toBe(405)
  })

  it('of 1,000 rows takes a few statements', async () => {
    const made = await rows(1000)
    const statements = await statementsOf(async () => {
      const answer = await send(
        'PATCH',
        URL,
        made.map(({ id, extension: number }) => ({ id, description: number })),
      )
      expect(answer.status, answer.text.slice(0, 300)).toBe(200)
      expect(answer.json[999].description).toBe('1999')
    })
    expect(statements.length).toBeLessThan(30)
    const gone = await statementsOf(async () => {
      expect((await send('POST', `${URL}bulk_delete/`, { ids: made.map(({ id }) => id) })).status).toBe(204)
    })
    expect(gone.length).toBeLessThan(20)
    expect(await countOf('extensions')).toBe(0)
  })
})

describe('any lists', () => {
  it('are answered item by item, never by an error of the server', async () => {
    const id = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.uuid(), fc.constantFrom(null, '', '\0', '\ud800', 1e300))
    const item = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.record(
        { id, extension: id, password: id, domain_id: id, call_timeout: id, enabled: id },
        { requiredKeys: [] },
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(item, { minLength: 1, maxLength: 8 }), async (items) => {
        for (const [method, url] of [
          ['POST', URL],
          ['PATCH', URL],
          ['POST', `${URL}bulk_delete/`],
        ] as const) {
          const answer = await send(method, `${url}?partial=true`, items)
          expect(answer.status, answer.text).toBe(207)
          expect(answer.json).toHaveLength(items.length)
        }
      }),
      { numRuns: 30 },
    )
  }, 30_000)
})

describe('bulk_delete', () => {
  it('deletes all rows of a list of ids, or none', async () => {
    const made = (await send('POST', URL, extensions(3))).json.map(({ id }: { id: string }) => id)
    const foreign = await testExtension(world, world.rival, '2000')
    expectItems(await send('POST', `${URL}bulk_delete/`, { ids: [made[0], foreign, null, made[0]] }), {
      1: { id: ['Not found.'] },
      2: { id: [REQUIRED] },
      3: { id: ['Not found.'] },
    })
    expect(await countOf('extensions')).toBe(4)
    const answer = await send('POST', `${URL}bulk_delete/`, made.slice(1))
    expect([answer.status, answer.text]).toEqual([204, ''])
    const partial = await send('POST', `${URL}bulk_delete/?partial=true`, { ids: [made[1], made[0], foreign] })
    expect(partial.status).toBe(207)
    expect(partial.json).toEqual([
      { index: 0, status: 404, errors: { id: ['Not found.'] } },
      { index: 1, status: 204, id: made[0] },
      { index: 2, status: 404, errors: { id: ['Not found.'] } },
    ])
    const { rows } = await world.app.pool.query("SELECT row_id, domain_id FROM audit_log WHERE action = 'delete'")
    expect(rows.map(({ row_id }) => row_id).sort()).toEqual([...made].sort())
    expect(new Set(rows.map(({ domain_id }) => domain_id))).toEqual(new Set([world.acme.id]))
    expect(await countOf('extensions')).toBe(1)
  })

  it('leaves an administrator, as a single delete does', async () => {
    const where = { groups: { some: { group: { name: 'admin_api' } } } }
    const ids = (await world.app.prisma.user.findMany({ where, orderBy: { id: 'asc' } })).map(({ id }) => id)
    const answer = await world.call(world.admin.token, 'POST', '/api/users/bulk_delete/', { ids })
    expect(answer.status, answer.text).toBe(400)
    expect(Object.keys(answer.json.detail), 'the last one').toEqual([String(ids.length - 1)])
    expect(await world.app.prisma.user.count({ where })).toBe(ids.length)
  })

  it.each([[{}], [{ ids: [] }], [{ ids: 'x' }], [undefined]])('%j is a 400 that says what to send', async (body) => {
    const answer = await send('POST', `${URL}bulk_delete/`, body)
    expect(answer.status).toBe(400)
    expect(Object.keys(answer.json.detail)).toEqual(['ids'])
  })

  it('is closed to who may not delete, and has no other methods', async () => {
    expect(
      (await world.call(world.acme.user.token, 'POST', `${URL}bulk_delete/`, { ids: [randomUUID()] })).status,
    ).toBe(403)
    const answer = await send('GET', `${URL}bulk_delete/`)
    expect([answer.status, answer.headers.allow]).toEqual([405, 'POST'])
  })
})
