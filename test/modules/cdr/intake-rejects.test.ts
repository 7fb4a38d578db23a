/** A record that cannot be stored is answered for, kept whole, shown to administrators, and can be tried again. */
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { sample } from '../../freeswitch/sample.ts'
import { testWorld, type World } from '../../support/app.ts'
import {
  countOf,
  emptied,
  expectTotalsRight,
  madeRecord,
  ORIGINATOR,
  postRecord,
  samplePost,
} from '../../support/records.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())
afterEach(() => emptied(world.app.pool))

const PATH = '/api/cdr_rejects/'
const asAdmin = (method: string, path = '') => world.call(world.admin.token, method, `${PATH}${path}`)
const rejects = async () => (await world.app.pool.query('SELECT * FROM cdr_rejects ORDER BY created')).rows
const onlyReject = async () => {
  const rows = await rejects()
  expect(rows).toHaveLength(1)
  return rows[0]
}
const stranger = (variables: Record<string, string> = {}) => madeRecord({ domain_name: 'later.example', ...variables })
const makeDomain = (name: string) => world.app.prisma.domain.create({ data: { name, portal_name: name } })

const whole = sample('cdr-answered-POST.txt')
const REJECTED: [string, string | Buffer, string, string | null][] = [
  ['of an unknown tenant', stranger(), 'There is no domain later.example.', 'later.example'],
  [
    'of an unknown tenant, in capitals',
    stranger({ domain_name: 'Later.example' }),
    'There is no domain Later.example or later.example.',
    'Later.example',
  ],
  ['of no tenant', madeRecord({ domain_name: '' }), 'The call record names no domain.', null],
  ['of no start', madeRecord({ start_uepoch: '0' }), 'The call record does not say when the call began.', null],
  ['of nothing', '', 'The body is empty.', null],
  ['of blanks', ' \r\n', 'The body is empty.', null],
  ['of cdr= alone', 'cdr=', 'The body holds no call record in XML or JSON.', null],
  ['that is none', 'Zoë was here', 'The body holds no call record in XML or JSON.', null],
  ['of bytes', Buffer.from([0, 255, 254, 0, 128, 10]), 'The body holds no call record in XML or JSON.', null],
  ['that is cut in half', whole.subarray(0, whole.length / 2), 'The call record is not well-formed XML', null],
  ['in JSON that is cut', '{"variables":{"a":', 'The call record is not valid JSON.', null],
  ['without variables', '<cdr/>', 'The call record has no variables.', null],
  ['of another kind', '<html><body>Bad gateway</body></html>', 'its root is not <cdr>', null],
]

describe('a record', () => {
  it.each(REJECTED)('%s is answered for and kept, once', async (_what, body, reason, domain) => {
    const uuid = `a_${randomUUID()}`
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => postRecord(world.app, { body, uuid, contentType: 'x/y' })),
    )
    answers.push(await postRecord(world.app, { body, uuid }))
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, text: '' })
    const row = await onlyReject()
    expect(row.reason).toContain(reason)
    expect(row.body).toEqual(Buffer.from(body))
    expect(row).toMatchObject({ call_uuid: uuid, domain_name: domain, source: '127.0.0.1', attempts: 1 })
    expect(row.content_type).toBe('x/y')
    expect(row.size).toBe(Buffer.byteLength(body))
    expect(row.record).toBe(Buffer.from(body).toString().replaceAll('\0', '\ufffd'))
    expect(await countOf(world.app.pool, 'xml_cdrs')).toBe(0)
  })

  it('that only looks like another is kept beside it', async () => {
    const body = stranger()
    for (const uuid of [undefined, '', 'a_1', '1'])
      await postRecord(world.app, { body, ...(uuid !== undefined && { uuid }) })
    await postRecord(world.app, { body: `${body}\n`, uuid: '1' })
    // Without the parameter and with an empty one are the same.
    expect(await rejects()).toHaveLength(4)
  })

  it('whose parameter and type are nonsense is kept all the same', async () => {
    const uuid = `%00${'%F0%9F%98%80'.repeat(200)}`
    const answer = await postRecord(world.app, { body: '', uuid, contentType: 'é'.repeat(2000) })
    expect(answer.status).toBe(200)
    expect((await onlyReject()).call_uuid).toMatch(/^\ufffd/)
  })

  it('has a reason of a line, however long the name is that it gives', async () => {
    const body = madeRecord({ domain_name: 'x'.repeat(2 ** 20) })
    expect((await postRecord(world.app, { body })).status).toBe(200)
    const { reason, domain_name } = await onlyReject()
    expect(reason).toMatch(/^There is no domain x+/)
    expect(reason.length).toBeLessThan(1000)
    expect(domain_name).toHaveLength(128)
  })
})

describe('the rejects', () => {
  it('are the administrator’s alone', async () => {
    await postRecord(world.app, { body: stranger({ domain_name: '' }) })
    const { id } = await onlyReject()
    const { acme, nobody, call } = world
    for (const token of [acme.minor.token, acme.user.token, nobody.token]) {
      for (const [method, path] of [
        ['GET', ''],
        ['GET', `${id}/`],
        ['DELETE', `${id}/`],
        ['POST', `${id}/retry/`],
        ['POST', 'retry_all/'],
      ]) {
        expect((await call(token, method!, `${PATH}${path}`)).status, `${method} ${path}`).toBe(403)
        expect((await call(null, method!, `${PATH}${path}`)).status).toBe(401)
      }
    }
    expect(await rejects()).toHaveLength(1)
  })

  it('are listed, found and counted, without the bytes', async () => {
    const body = stranger()
    await postRecord(world.app, { body, uuid: 'a_1', contentType: 'text/xml' })
    await postRecord(world.app, { body: 'junk', uuid: 'a_2' })
    const { json } = await asAdmin('GET')
    expect(json.results.map((row: { call_uuid: string }) => row.call_uuid)).toEqual(['a_2', 'a_1'])
    const [found, ...others] = (await asAdmin('GET', '?search=later.example')).json.results
    expect(others).toEqual([])
    expect(found).toMatchObject({ record: body, domain_name: 'later.example', content_type: 'text/xml', attempts: 1 })
    expect(Object.keys(found)).not.toContain('body')
    expect(Object.keys((await asAdmin('GET', '?norecord')).json.results[0])).not.toContain('record')
  })

  it('can be deleted', async () => {
    await postRecord(world.app, { body: 'junk' })
    const { id } = await onlyReject()
    expect((await asAdmin('DELETE', `${id}/`)).status).toBe(204)
    expect(await rejects()).toEqual([])
    expect((await asAdmin('POST', `${id}/retry/`)).status).toBe(404)
  })
})

describe('a retry', () => {
  it('stores the record once its tenant is there, as if it had just come', async () => {
    const post = samplePost('cdr-answered-POST.txt')
    await postRecord(world.app, post)
    const { id } = await onlyReject()
    const refused = await asAdmin('POST', `${id}/retry/`)
    expect(refused).toMatchObject({ status: 409, json: { detail: 'There is no domain example.com.' } })
    expect(await onlyReject()).toMatchObject({ id, attempts: 2, reason: 'There is no domain example.com.' })

    const domain = await makeDomain('example.com')
    const answer = await asAdmin('POST', `${id}/retry/`)
    const { rows } = await world.app.pool.query('SELECT id, domain_id, leg, call_uuid FROM xml_cdrs')
    expect(rows).toMatchObject([{ domain_id: domain.id, leg: 'a', call_uuid: '6508d3a7-d67b-446a-93af-39148f274fb1' }])
    expect(answer).toMatchObject({ status: 200, json: { status: 'stored', id: rows[0].id } })
    expect(await rejects()).toEqual([])
    await expectTotalsRight(world.app.pool)
    // The switch may send it again.
    await postRecord(world.app, post)
    expect(await countOf(world.app.pool, 'xml_cdrs')).toBe(1)
  })

  it('of a record that cannot be read says so each time, and counts', async () => {
    await postRecord(world.app, { body: Buffer.from([0, 1, 2]), uuid: 'x' })
    const { id, created, updated } = await onlyReject()
    for (let attempts = 2; attempts < 5; attempts += 1) {
      const answer = await asAdmin('POST', `${id}/retry/`)
      expect(answer).toMatchObject({
        status: 409,
        json: { error: 409, detail: expect.stringContaining('no call record') },
      })
      expect((await onlyReject()).attempts).toBe(attempts)
    }
    const row = await onlyReject()
    expect(row.created).toEqual(created)
    expect(row.updated.getTime()).toBeGreaterThan(updated.getTime())
  })

  it('has the reason that it fails for now', async () => {
    await postRecord(world.app, { body: stranger({ domain_name: '', domain_uuid: randomUUID() }) })
    const { id } = await onlyReject()
    expect((await onlyReject()).reason).toMatch(/^There is no domain [-0-9a-f]{36}\.$/)
    await world.app.pool.query('UPDATE cdr_rejects SET body = $1', [madeRecord({ domain_name: '' })])
    expect((await asAdmin('POST', `${id}/retry/`)).json.detail).toBe('The call record names no domain.')
    expect((await onlyReject()).reason).toBe('The call record names no domain.')
  })

  it('of what is there already only removes the reject', async () => {
    const body = stranger({ domain_name: 'twice.example' })
    await postRecord(world.app, { body, uuid: 'a_1' })
    await makeDomain('twice.example')
    await postRecord(world.app, { body, uuid: 'a_1' })
    const { id } = await onlyReject()
    expect((await asAdmin('POST', `${id}/retry/`)).status).toBe(200)
    expect(await rejects()).toEqual([])
    expect(await countOf(world.app.pool, 'xml_cdrs')).toBe(1)
  })

  it('by two administrators at once stores the record once', async () => {
    await postRecord(world.app, { body: stranger({ domain_name: 'both.example' }) })
    await makeDomain('both.example')
    const { id } = await onlyReject()
    const answers = await Promise.all(Array.from({ length: 6 }, () => asAdmin('POST', `${id}/retry/`)))
    expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 404)).toEqual([])
    expect(answers.some(({ status }) => status === 200)).toBe(true)
    expect(await countOf(world.app.pool, 'xml_cdrs')).toBe(1)
    expect(await rejects()).toEqual([])
  })

  it('knows the leg by what the switch put before the channel’s id', async () => {
    const uuid = randomUUID()
    await postRecord(world.app, {
      body: madeRecord({ uuid: '', domain_name: 'leg.example' }, ORIGINATOR),
      uuid: `a_${uuid}`,
    })
    await makeDomain('leg.example')
    const { id } = await onlyReject()
    expect((await asAdmin('POST', `${id}/retry/`)).status).toBe(200)
    expect((await world.app.pool.query('SELECT leg, call_uuid FROM xml_cdrs')).rows).toEqual([
      { leg: 'a', call_uuid: uuid },
    ])
  })
})

describe('a retry of all', () => {
  it('stores what can be stored and tells how many', async () => {
    for (let index = 0; index < 12; index += 1) {
      await postRecord(world.app, { body: index % 3 ? stranger({ domain_name: 'all.example' }) : `junk ${index}` })
    }
    expect(await asAdmin('POST', 'retry_all/')).toMatchObject({ status: 200, json: { stored: 0, rejected: 12 } })
    await makeDomain('all.example')
    expect(await asAdmin('POST', 'retry_all/')).toMatchObject({ status: 200, json: { stored: 8, rejected: 4 } })
    expect(await countOf(world.app.pool, 'xml_cdrs')).toBe(8)
    expect((await rejects()).map(({ attempts, record }) => [attempts, record.slice(0, 4)])).toEqual(
      Array(4).fill([3, 'junk']),
    )
    expect((await asAdmin('POST', 'retry_all/')).json).toEqual({ stored: 0, rejected: 4 })
    await expectTotalsRight(world.app.pool)
  })
})
