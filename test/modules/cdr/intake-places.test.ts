/** Whose a call record is: the tenant it names, and the extension within that tenant. */
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { callflow } from '../../freeswitch/sample.ts'
import { testExtension, testWorld, type World } from '../../support/app.ts'
import { countOf, emptied, madeRecord, postRecord } from '../../support/records.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())
afterEach(() => emptied(world.app.pool))

/** The row that a record with these variables became. */
async function stored(variables: Record<string, string>, rest = '') {
  const uuid = randomUUID()
  expect((await postRecord(world.app, { body: madeRecord({ uuid, ...variables }, rest) })).status).toBe(200)
  const columns = 'domain_id, domain_name, extension_id'
  const { rows } = await world.app.pool.query(`SELECT ${columns} FROM xml_cdrs WHERE call_uuid = $1`, [uuid])
  return rows[0]
}

describe('the tenant', () => {
  const ACME = 'acme.example'
  const RIVAL = 'rival.example'
  /** Without what other tests name it by. */
  const none = { domain_name: '' }

  it.each<[string, string, Record<string, string>]>([
    ['domain_name', ACME, { domain_name: ACME, sip_req_host: RIVAL, sip_from_host: RIVAL }],
    ['sip_req_host', ACME, { ...none, sip_req_host: ACME, sip_from_host: RIVAL }],
    ['sip_from_host', RIVAL, { ...none, sip_req_host: '192.0.2.1', sip_from_host: RIVAL }],
    ['dialed_domain', RIVAL, { ...none, sip_from_host: '192.0.2.1', dialed_domain: RIVAL }],
    ['a name in capitals', ACME, { domain_name: 'ACME.Example' }],
    ['a host with a port', RIVAL, { ...none, sip_req_host: 'Rival.example:5080' }],
    ['a name with blanks around it', ACME, { domain_name: ` ${ACME} ` }],
  ])('is said by %s', async (_what, name, variables) => {
    const { id } = name === ACME ? world.acme : world.rival
    expect(await stored(variables)).toMatchObject({ domain_id: id, domain_name: name })
  })

  it('is the one of domain_uuid before any name', async () => {
    const { id } = world.rival
    const expected = { domain_id: id, domain_name: RIVAL }
    expect(await stored({ domain_uuid: id })).toMatchObject(expected)
    expect(await stored({ domain_uuid: id.toUpperCase(), ...none })).toMatchObject(expected)
  })

  it('is the one named where domain_uuid is nobody’s, or nonsense', async () => {
    for (const domain_uuid of [randomUUID(), 'x', `${world.rival.id}x`]) {
      expect(await stored({ domain_uuid })).toMatchObject({ domain_id: world.acme.id })
    }
  })

  it('is the one that is called so now, with its name as the row has it', async () => {
    const { id } = await world.app.prisma.domain.create({ data: { name: 'Old.example', portal_name: 'o' } })
    expect(await stored({ domain_name: 'Old.example' })).toMatchObject({ domain_id: id, domain_name: 'Old.example' })
    await world.app.prisma.domain.update({ where: { id }, data: { name: 'new.example' } })
    expect(await stored({ domain_name: 'Old.example' })).toBeUndefined()
    expect(await stored({ domain_uuid: id })).toMatchObject({ domain_id: id, domain_name: 'new.example' })
  })

  it('is said by the context of a call that names no domain at all', async () => {
    expect(await stored(none, callflow({ context: RIVAL }))).toMatchObject({ domain_id: world.rival.id })
  })

  it('is no other than the one that the record names, though its hosts are known', async () => {
    expect(await stored({ domain_name: 'nobody.example', sip_req_host: ACME })).toBeUndefined()
    expect(await countOf(world.app.pool, 'cdr_rejects')).toBe(1)
  })

  it('of each record in a batch is its own', async () => {
    const names = Array.from({ length: 60 }, (_, index) => (index % 2 ? ACME : RIVAL))
    const rows = await Promise.all(names.map((domain_name) => stored({ domain_name })))
    expect(rows.map(({ domain_name }) => domain_name)).toEqual(names)
    expect(rows.map(({ domain_id }) => domain_id)).toEqual(
      names.map((name) => (name === ACME ? world.acme.id : world.rival.id)),
    )
  })
})

describe('the extension', () => {
  const ids: Record<string, string> = {}
  beforeAll(async () => {
    for (const number of ['1001', '1002', '1003']) ids[number] = await testExtension(world, world.acme, number)
    ids.rival1001 = await testExtension(world, world.rival, '1001')
    ids.rival2001 = await testExtension(world, world.rival, '2001')
    await world.app.prisma.extension.update({ where: { id: ids['1003']! }, data: { number_alias: '5003' } })
  })

  const extensionOf = async (variables: Record<string, string>) => (await stored(variables)).extension_id

  it('is the one of extension_uuid before any number', async () => {
    expect(await extensionOf({ extension_uuid: ids['1003']!, dialed_user: '1001' })).toBe(ids['1003'])
  })

  it('is never one of another tenant', async () => {
    expect(await extensionOf({ extension_uuid: ids.rival2001! })).toBeNull()
    expect(await extensionOf({ extension_uuid: ids.rival2001!, dialed_user: '1002' })).toBe(ids['1002'])
    expect(await extensionOf({ dialed_user: '2001' })).toBeNull()
    expect(await extensionOf({ domain_name: 'rival.example', dialed_user: '1001' })).toBe(ids.rival1001)
    expect(await extensionOf({ domain_name: 'rival.example', dialed_user: '5003' })).toBeNull()
  })

  it('is never one of another tenant whose record is in the same batch', async () => {
    const found = await Promise.all(
      Array.from({ length: 60 }, (_, index) => {
        const domain_name = index % 2 ? 'acme.example' : 'rival.example'
        return extensionOf({ domain_name, extension_uuid: ids[index % 3 ? 'rival2001' : '1003']!, dialed_user: '1001' })
      }),
    )
    const expected = found.map((_, index) => {
      if (index % 2) return index % 3 ? ids['1001'] : ids['1003']
      return index % 3 ? ids.rival2001 : ids.rival1001
    })
    expect(found).toEqual(expected)
  })

  it.each([
    ['1001', { dialed_user: '1001', referred_by_user: '1002', last_sent_callee_id_number: '1003', user_name: '1004' }],
    ['1002', { dialed_user: '9', referred_by_user: '1002', last_sent_callee_id_number: '1003', user_name: '1004' }],
    ['1003', { referred_by_user: '', last_sent_callee_id_number: '1003', user_name: '1001' }],
    ['1002', { last_sent_callee_id_number: '+441234567', user_name: '1002' }],
    ['1003', { dialed_user: '5003', user_name: '1002' }],
  ])('is %s of %o', async (number, variables) => {
    expect(await extensionOf(variables)).toBe(ids[number])
  })

  it('is the one that has the number when the record comes, as its own or as its alias', async () => {
    const [first, second] = [ids['1001']!, ids['1002']!]
    const change = (id: string, data: object) => world.app.prisma.extension.update({ where: { id }, data })
    expect(await extensionOf({ dialed_user: '1001' })).toBe(first)
    await change(first, { extension: '1009' })
    expect(await extensionOf({ dialed_user: '1001' })).toBeNull()
    await change(second, { number_alias: '1001' })
    expect(await extensionOf({ dialed_user: '1001' })).toBe(second)
    await change(second, { number_alias: null })
    await change(first, { extension: '1001' })
    expect(await extensionOf({ dialed_user: '1001' })).toBe(first)
  })

  it('is none where the record names none that is there', async () => {
    expect(await extensionOf({})).toBeNull()
    expect(
      await extensionOf({ extension_uuid: randomUUID(), dialed_user: 'x', user_name: '1'.repeat(5000) }),
    ).toBeNull()
  })

  it('that is deleted while its records come is in nobody’s way', async () => {
    const id = await testExtension(world, world.acme, '1777')
    const variables = { extension_uuid: id, dialed_user: '1777' }
    const posts = Array.from({ length: 40 }, () => postRecord(world.app, { body: madeRecord(variables) }))
    const deleted = world.call(world.admin.token, 'DELETE', `/api/extensions/${id}/`)
    expect((await Promise.all(posts)).map(({ status }) => status)).toEqual(Array(40).fill(200))
    expect((await deleted).status).toBe(204)
    const { rows } = await world.app.pool.query('SELECT DISTINCT extension_id FROM xml_cdrs')
    expect(rows.filter(({ extension_id }) => extension_id !== null)).toEqual([])
  })
})
