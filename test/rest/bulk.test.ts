/** Many rows with one request: all or none, or with partial=true what can be; and each held to what single rows are. */
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

describe('POST of a list', () => {
  it('creates all rows, gives them in order, each as a GET has it', async () => {
    const sent = [
      extension(1003, { description: 'c' }),
      extension(1001),
      extension(1002, { user_context: 'own', call_timeout: 7 }),
    ]
    const answer = await send('POST', URL, sent)
    expect(answer.status, answer.text).toBe(201)
    expect(answer.json.map((row: { extension: string }) => row.extension)).toEqual(['1003', '1001', '1002'])
    for (const row of answer.json) expect((await send('GET', `${URL}${row.id}/`)).json).toEqual(row)
    const single = (await send('POST', URL, extension(1004))).json
    const { id: _id, url: _url, extension: _number, created: _created, updated: _updated, ...rest } = single
    expect(answer.json[1], 'defaults are as for a single row').toMatchObject(rest)
    expect(answer.json[2]).toMatchObject({ user_context: 'own', accountcode: 'acme.example', call_timeout: 7 })
    expect(await countOf('voicemails'), 'what hangs on each is there').toBe(4)
    const { rows } = await world.app.pool.query("SELECT row_id, domain_id FROM audit_log WHERE action = 'create'")
    expect(rows.map(({ row_id }) => row_id).sort()).toEqual([...answer.json, single].map(({ id }) => id).sort())
  })

  it('tells of every item at fault, and creates none', async () => {
    await testExtension(world, world.acme, '1001')
    const answer = await send('POST', URL, [
      extension(1000),
      extension(1001),
      { description: 'x' },
      extension(1000),
      'text',
      extension(1002, { domain_id: world.rival.id }),
      extension(1003, { call_timeout: 'soon' }),
      null,
      extension(1004, { number_alias: '1000' }),
    ])
    expectItems(answer, {
      1: unique,
      2: { extension: [REQUIRED], password: [REQUIRED] },
      3: unique,
      4: { non_field_errors: ['Invalid data. Expected a dictionary, but got str.'] },
      5: { domain_id: [`Invalid pk "${world.rival.id}" - object does not exist.`] },
      6: { call_timeout: ['A valid number is required.'] },
      7: { non_field_errors: ['No data provided'] },
      8: { number_alias: ['The number 1000 is taken by an extension of this domain.'] },
    })
    expect([await countOf('extensions'), await countOf('audit_log')]).toEqual([1, 0])
  })

  it('with partial=true creates what can be and tells of each item', async () => {
    const answer = await send('POST', `${URL}?partial=true`, [extension(1000), extension(1000), {}, extension(1001)])
    expect(answer.status, answer.text).toBe(207)
    expect(answer.json).toMatchObject([
      { index: 0, status: 201, row: { extension: '1000' } },
      { index: 1, status: 400, errors: unique },
      { index: 2, status: 400, errors: { extension: [REQUIRED], password: [REQUIRED] } },
      { index: 3, status: 201, row: { extension: '1001' } },
    ])
    expect([await countOf('extensions'), await countOf('audit_log'), await countOf('voicemails')]).toEqual([2, 2, 2])
  })

  it('takes 1 to 1,000 items', async () => {
    expect((await send('POST', URL, [])).json.detail).toEqual({ non_field_errors: ['This list may not be empty.'] })
    const answer = await send('POST', URL, extensions(1001))
    expect(answer.json.detail).toEqual({
      non_field_errors: ['This list has 1001 items. Send no more than 1000 with one request.'],
    })
    const bad = await send('POST', `${URL}?partial=perhaps`, extensions(1))
    expect(bad.json.detail).toEqual({ partial: ['"perhaps" is not a valid choice.'] })
  })

  it('creates 1,000 rows with a few statements, in a body longer than others may be', async () => {
    const sent = extensions(1000).map((one) => ({ ...one, unknown: 'x'.repeat(1200) }))
    expect(JSON.stringify(sent).length).toBeGreaterThan(1.1 * 2 ** 20)
    let answer: Answer | undefined
    const statements = await statementsOf(async () => {
      answer = await send('POST', URL, sent)
    })
    expect(answer?.status, answer?.text.slice(0, 300)).toBe(201)
    expect(statements.length, statements.map((text) => text.slice(0, 40)).join('\n')).toBeLessThan(30)
    expect(await countOf('extensions')).toBe(1000)
    const long = await send('POST', '/api/extensions/flush_cache_all_directories/', sent)
    expect(long.status, 'other routes take no more than before').toBe(413)
  })

  it('creates rows whose hooks write one row at a time, and whose keys are numbers', async () => {
    const user = (username: string, more = {}) => ({
      username,
      password: 'a long enough one',
      groups: ['user_api'],
      ...more,
    })
    const answer = await send('POST', '/api/users/', [user('a@acme.example'), user('b@acme.example', { groups: [] })])
    expect(answer.status, answer.text).toBe(201)
    expect(answer.json).toMatchObject([
      { username: 'a@acme.example', domain_id: world.acme.id, groups: [{ name: 'user_api' }] },
      { username: 'b@acme.example', domain_id: world.acme.id, groups: [] },
    ])
    const refused = await send('POST', '/api/users/', [
      user('c@acme.example'),
      user('a@acme.example'),
      user('d@acme.example', { groups: ['admin_api'] }),
      user('e@acme.example', { password: 'short' }),
    ])
    expect(refused.status).toBe(400)
    expect(Object.keys(refused.json.detail)).toEqual(['1', '2', '3'])
    expect(refused.json.detail[2]).toEqual({ groups: ['You may not give the group admin_api.'] })
    expect(await world.app.prisma.user.count({ where: { username: 'c@acme.example' } })).toBe(0)
  })

  it('creates and changes rows whose hooks look at each other as if one came after the other', async () => {
    const ids = [await testExtension(world, world.acme, 'a'), await testExtension(world, world.acme, 'b')]
    const links = ids.map((extension_id) => ({ extension_id, user_uuid: world.acme.user.userUuid, default_user: true }))
    const made = await send('POST', '/api/extensionuser/', links)
    expect(made.status, made.text).toBe(201)
    expect(made.json).toMatchObject([{ default_user: false }, { default_user: true }])
    const changes = made.json.map(({ id }: { id: string }) => ({ id, default_user: true }))
    const changed = await send('PATCH', '/api/extensionuser/', changes.toReversed())
    expect(changed.status, changed.text).toBe(200)
    const rows = (await send('GET', `/api/extensionuser/?user_uuid=${world.acme.user.userUuid}`)).json
    const defaults = rows.results.filter((row: { default_user: boolean }) => row.default_user)
    expect(defaults.map(({ id }: { id: string }) => id)).toEqual([made.json[0].id])
  })

  it('holds items to Prefer: handling=strict', async () => {
    const strict = { prefer: 'handling=strict' }
    const answer = await send('POST', URL, [extension(1000, { nonsense: 1 })], strict)
    expectItems(answer, { 0: { nonsense: ['Unknown field.'] } })
    expect((await send('POST', `${URL}?nonsense=1`, [extension(1000)], strict)).json.detail).toHaveProperty('nonsense')
  })

  it('is closed to who may not create', async () => {
    expect((await world.call(world.acme.user.token, 'POST', URL, [extension(1000)])).status).toBe(403)
    const own = await world.call(world.acme.minor.token, 'POST', '/api/domains/', [{ name: 'a' }])
    expect(own.status).toBe(403)
  })

  it('tells an item that may not be made what a single one is told', async () => {
    const body = { gateway: 'g', proxy: 'p', domain_id: null }
    expect((await send('POST', '/api/gateways/', body)).status).toBe(403)
    const answer = await send('POST', '/api/gateways/?partial=true', [body, { gateway: 'g', proxy: 'p' }])
    expect(answer.json).toMatchObject([
      { status: 403, errors: { non_field_errors: ['You do not have permission to perform this action.'] } },
      { status: 201 },
    ])
  })
})
