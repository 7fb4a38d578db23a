/** Whose calls one reads, and that no parameter tells anything of another's. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordId } from '../../../src/modules/cdr/record/record-id.ts'
import { type TestUser, testExtension, testUser, testWorld, type World } from '../../support/app.ts'
import { addCalls, microsOf } from '../../support/cdrs.ts'

const SECRET = '+4930999888'

let world: World
let homeless: TestUser
let ids: Record<'own' | 'colleague' | 'tenant' | 'rival' | 'nobody', string>
let extensions: Record<'own' | 'colleague' | 'rival', string>

beforeAll(async () => {
  world = await testWorld()
  const { acme, rival, app } = world
  homeless = await testUser(app, 'homeless', ['user_api', 'minor_admin_api'], null)
  extensions = {
    own: await testExtension(world, acme, '1001', acme.user),
    colleague: await testExtension(world, acme, '1002', acme.minor),
    rival: await testExtension(world, rival, '1001', rival.user),
  }
  const call = { start_stamp: '2026-03-01T10:00:00Z', caller_id_number: SECRET, missed_call: true, duration: 4711 }
  const [own, colleague, tenant, rivals, nobody] = await addCalls(app.pool, [
    { domain_id: acme.id, extension_id: extensions.own, start_stamp: '2026-03-01T10:00:00Z', missed_call: false },
    { ...call, domain_id: acme.id, extension_id: extensions.colleague },
    { ...call, domain_id: acme.id },
    { ...call, domain_id: rival.id, extension_id: extensions.rival, call_uuid: '11111111-2222-4333-8444-555555555555' },
    call,
  ])
  ids = { own: own!, colleague: colleague!, tenant: tenant!, rival: rivals!, nobody: nobody! }
})
afterAll(() => world?.close())

const ROLES = {
  admin: () => world.admin,
  minor: () => world.acme.minor,
  user: () => world.acme.user,
}
type Who = keyof typeof ROLES
const SEEN: Record<Who, (keyof typeof ids)[]> = {
  admin: ['own', 'colleague', 'tenant', 'rival', 'nobody'],
  minor: ['own', 'colleague', 'tenant'],
  user: ['own'],
}

const get = (who: Who, path: string) => world.call(ROLES[who]().token, 'GET', `/api/xmlcustomercdrs/${path}`)
const seen = (who: Who, which = SEEN[who]) => which.filter((one) => SEEN[who].includes(one)).map((one) => ids[one])

async function expectFound(who: Who, query: string, which: (keyof typeof ids)[]): Promise<void> {
  const { status, json, text } = await get(who, `?${query}`)
  expect(status, `${who} ${query}: ${text}`).toBe(200)
  const expected = seen(who, which).sort()
  expect(json.results.map((row: { id: string }) => row.id).sort(), `${who} ${query}`).toEqual(expected)
  expect(json.count).toBe(expected.length)
  const { text: file } = await get(who, `download/?fields=id&${query}`)
  expect(file.split('\r\n').slice(1, -1).sort(), `download for ${who} ${query}`).toEqual(expected)
}

const EVERYBODY: Who[] = ['admin', 'minor', 'user']

describe.each(EVERYBODY)('%s', (who) => {
  it('reads the calls that are its own, in lists, pages and one by one', async () => {
    await expectFound(who, '', SEEN[who])
    for (const [name, id] of Object.entries(ids)) {
      const isSeen = SEEN[who].includes(name as keyof typeof ids)
      expect((await get(who, `${id}/`)).status, name).toBe(isSeen ? 200 : 404)
    }
    const { json } = await get(who, '?page_size=1&page=last')
    expect(json.count).toBe(SEEN[who].length)
  })

  it('filters by columns that are not shown, and finds no more', async () => {
    await expectFound(who, `extension_id=${extensions.own}`, ['own'])
    await expectFound(who, `extension_id__in=${Object.values(extensions)}`, ['own', 'colleague', 'rival'])
    await expectFound(who, 'extension_id__isnull=true', ['tenant', 'nobody'])
    await expectFound(who, `domain_id=${world.rival.id}`, ['rival'])
    await expectFound(who, `domain_id__in=${world.acme.id},${world.rival.id}`, ['own', 'colleague', 'tenant', 'rival'])
    await expectFound(who, 'domain_id__isnull=true', ['nobody'])
    await expectFound(who, 'missed_call=true', ['colleague', 'tenant', 'rival', 'nobody'])
    await expectFound(who, 'missed_call=false', ['own'])
    const [row] = (await get(who, '?fields=')).json.results
    for (const name of ['extension_id', 'domain_id', 'missed_call']) expect(Object.keys(row)).not.toContain(name)
    for (const parameter of ['fields', 'omit']) {
      expect((await get(who, `?${parameter}=missed_call`)).json.detail).toHaveProperty(parameter)
    }
  })

  it('filters over the extension', async () => {
    await expectFound(who, 'extension_id__extension=1001', ['own', 'rival'])
    await expectFound(who, 'extension_id__extension__in=1001,1002', ['own', 'colleague', 'rival'])
    await expectFound(who, 'extension_id__extension=9', [])
    for (const query of [
      'extension_id__password=pw',
      'extension_id__password__startswith=p',
      'extension_id__nosuch=1',
    ]) {
      expect((await get(who, `?${query}`)).json.detail).toHaveProperty(query.split('=')[0]!)
    }
  })

  it('learns nothing of other calls by their values', async () => {
    for (const query of [
      `caller_id_number=${encodeURIComponent(SECRET)}`,
      'caller_id_number__contains=99988',
      'search=99988',
      'duration__gte=4711',
      'duration__range=4711,4711&start_stamp__gte=2026-03-01&start_stamp__lt=2026-03-02',
    ]) {
      await expectFound(who, query, ['colleague', 'tenant', 'rival', 'nobody'])
    }
    await expectFound(who, 'call_uuid=11111111-2222-4333-8444-555555555555', ['rival'])
    await expectFound(who, `id=${ids.rival}`, ['rival'])
    await expectFound(who, `id__in=${Object.values(ids)}`, SEEN.admin)
    await expectFound(who, 'start_stamp__date=2026-03-01', SEEN.admin)
  })

  it('goes on from the cursor of another within its own calls only', async () => {
    for (const other of EVERYBODY) {
      for (const ordering of ['', '-duration', 'id', 'caller_id_number']) {
        const first = (await get(other, `?page_size=1&ordering=${ordering}`)).json
        if (!first.next) continue
        const cursor = new URL(first.next).searchParams.get('cursor')
        const { status, json } = await get(who, `?page_size=100&page=2&ordering=${ordering}&cursor=${cursor}`)
        // The order of those who see one tenant leaves the tenant out: another's cursor may be none there.
        if (status === 404) {
          expect(json.detail).toBe('Invalid cursor.')
          continue
        }
        expect(status).toBe(200)
        expect(json.count).toBe(SEEN[who].length)
        for (const row of json.results) expect(seen(who)).toContain(row.id)
      }
    }
  })
})

it('a filter over the domain is there for those who may see domains', async () => {
  await expectFound('admin', 'domain_id__name=rival.example', ['rival'])
  await expectFound('admin', 'domain_id__name__icontains=EXAMPLE', ['own', 'colleague', 'tenant', 'rival'])
  await expectFound('minor', 'domain_id__name=acme.example', ['own', 'colleague', 'tenant'])
  await expectFound('minor', 'domain_id__name=rival.example', [])
  // Whether there is such a domain is not told to users, nor by an empty list.
  for (const name of ['rival.example', 'nosuch.example']) {
    const { status, json } = await get('user', `?domain_id__name=${name}`)
    expect([status, json.detail]).toEqual([400, { domain_id__name: ['domain_id cannot be followed.'] }])
  }
})

it('who belongs to no tenant and has no extension sees no calls, those of nobody included', async () => {
  const { json } = await world.call(homeless.token, 'GET', '/api/xmlcustomercdrs/')
  expect(json).toMatchObject({ count: 0, results: [] })
  expect((await world.call(homeless.token, 'GET', `/api/xmlcustomercdrs/${ids.nobody}/`)).status).toBe(404)
})

it('calls are a user’s as long as the extension is', async () => {
  const { user } = world.acme
  const given = { extension_id: extensions.colleague, user_uuid: user.userUuid }
  const { id } = await world.app.prisma.extensionUser.create({ data: given })
  expect((await get('user', '')).json.count).toBe(2)
  await world.app.prisma.extensionUser.delete({ where: { id } })
  expect((await get('user', '')).json.count).toBe(1)
})

describe('a single call', () => {
  it('has an id in any spelling, of the server’s kind or another', async () => {
    const start_stamp = '2026-04-30T23:59:59.999999Z'
    const own = { domain_id: world.acme.id, extension_id: extensions.own, start_stamp }
    const made = recordId(microsOf(start_stamp), null, 'b')
    const foreign = '7f0e1d2c-3b4a-4958-8677-665544332211'
    await addCalls(world.app.pool, [
      { ...own, id: made },
      { ...own, id: foreign },
      { ...own, start_stamp: '1970-01-01T00:00:01Z', id: recordId(1_000_000n, null, 'a') },
    ])
    for (const id of [made, foreign, recordId(1_000_000n, null, 'a')]) {
      for (const spelling of [id, id.toUpperCase(), id.replaceAll('-', ''), `urn:uuid:${id}`]) {
        const { status, json } = await get('user', `${spelling}/`)
        expect([status, json.id], spelling).toEqual([200, id])
      }
    }
    await world.app.pool.query('DELETE FROM xml_cdrs WHERE id = ANY($1)', [
      [made, foreign, recordId(1_000_000n, null, 'a')],
    ])
  })

  it('cannot be changed, made or deleted by anybody', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE', 'POST']) {
      const answer = await world.call(world.admin.token, method, `/api/xmlcustomercdrs/${ids.own}/`)
      expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS'])
    }
    expect((await world.call(world.admin.token, 'POST', '/api/xmlcustomercdrs/', {})).status).toBe(405)
  })
})
