/** Settings: a profile's override its domain's, which override the system's. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testWorld, type World } from '../../support/app.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

const asAdmin = (method: string, url: string, body?: unknown) => world.call(world.admin.token, method, url, body)

describe('in force', () => {
  const effective = async (query = '') => {
    const { json } = await asAdmin('GET', `/api/default_settings/effective/${query}`)
    return json.results
      .filter(({ category }: { category: string }) => category === 'theme')
      .map(({ subcategory, value, source }: Record<string, string>) => [subcategory, value, source])
  }

  beforeAll(async () => {
    const { defaultSetting, domainSetting, profileSetting } = world.app.prisma
    const theme = (subcategory: string, value: string, more: object = {}) => ({
      category: 'theme',
      subcategory,
      value,
      ...more,
    })
    const domain_id = world.acme.id
    const user_id = world.acme.user.profileId
    await defaultSetting.createMany({ data: [theme('colour', 'grey'), theme('font', 'serif'), theme('logo', 'none')] })
    await domainSetting.createMany({
      data: [
        theme('colour', 'red'),
        theme('logo', 'acme', { enabled: false }),
        theme('menu', 'b', { sequence: 20 }),
      ].map((data) => ({ ...data, domain_id })),
    })
    await domainSetting.create({ data: { ...theme('menu', 'a'), domain_id } })
    await profileSetting.create({ data: { ...theme('font', 'sans'), user_id } })
  })

  it('for the system, a domain and a user', async () => {
    const system = [
      ['colour', 'grey', 'default'],
      ['font', 'serif', 'default'],
      ['logo', 'none', 'default'],
    ]
    const domain = [
      ['colour', 'red', 'domain'],
      ['font', 'serif', 'default'],
      ['logo', 'none', 'default'],
      ['menu', 'a', 'domain'],
      ['menu', 'b', 'domain'],
    ]
    const user = domain.map((one) => (one[0] === 'font' ? ['font', 'sans', 'profile'] : one))
    const { acme, rival } = world
    expect(await effective()).toEqual(system)
    expect(await effective('?domain_id=&user_id=')).toEqual(system)
    expect(await effective(`?domain_id=${acme.id}`)).toEqual(domain)
    expect(await effective(`?domain_id=${acme.id.toUpperCase()}&user_id=`)).toEqual(domain)
    expect(await effective(`?user_id=${acme.user.profileId}`), "the user's domain counts").toEqual(user)
    expect(await effective(`?user_id=${acme.minor.profileId}`)).toEqual(domain)
    expect(await effective(`?domain_id=${rival.id}`)).toEqual(system)
  })

  it.each([
    ['?domain_id=abc', { domain_id: ['Must be a valid UUID.'] }],
    ['?user_id=abc', { user_id: ['A valid number is required.'] }],
    ['?user_id=999999', { user_id: ['Invalid pk "999999" - object does not exist.'] }],
    [
      '?domain_id=00000000-0000-4000-8000-000000000000',
      { domain_id: ['Invalid pk "00000000-0000-4000-8000-000000000000" - object does not exist.'] },
    ],
  ])('%s is refused', async (query, detail) => {
    const answer = await asAdmin('GET', `/api/default_settings/effective/${query}`)
    expect([answer.status, answer.json.detail]).toEqual([400, detail])
  })

  it('is for administrators', async () => {
    for (const { token } of [world.acme.minor, world.acme.user]) {
      expect((await world.call(token, 'GET', '/api/default_settings/effective/')).status).toBe(403)
    }
  })
})

describe('a fresh system', () => {
  it('has the settings that the server reads', async () => {
    const { json } = await asAdmin('GET', '/api/default_settings/?category=voicemail')
    expect(json.results.map(({ subcategory, value }: Record<string, string>) => [subcategory, value])).toEqual([
      ['attach_file', 'true'],
      ['local_after_email', 'true'],
    ])
  })
})

describe('time_condition_presets', () => {
  it('are the default settings of their category, and new ones join it', async () => {
    const made = await asAdmin('POST', '/api/time_condition_presets/', {
      subcategory: 'christmas',
      value: '{"mday": "25"}',
      category: 'voicemail',
    })
    expect(made.json).toMatchObject({ category: 'time_conditions', subcategory: 'christmas' })
    const list = await asAdmin('GET', '/api/time_condition_presets/')
    expect(list.json.results).toEqual([made.json])
    const moved = await asAdmin('PATCH', `/api/time_condition_presets/${made.json.id}/`, { category: 'voicemail' })
    expect(moved.json.category).toBe('time_conditions')
    expect((await asAdmin('GET', `/api/default_settings/${made.json.id}/`)).status).toBe(200)
    const { json: others } = await asAdmin('GET', '/api/default_settings/?category=voicemail')
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const url = `/api/time_condition_presets/${others.results[0].id}/`
      expect((await asAdmin(method, url, method === 'PATCH' ? {} : undefined)).status).toBe(404)
    }
    expect((await world.call(world.acme.minor.token, 'GET', '/api/time_condition_presets/')).status).toBe(403)
  })
})

describe('of a domain and of people', () => {
  it('belong to the minor administrator of the tenant', async () => {
    const asMinor = (method: string, url: string, body?: unknown) =>
      world.call(world.acme.minor.token, method, url, body)
    const body = { category: 'c', subcategory: 's', value: '1' }
    const made = await asMinor('POST', '/api/domain_settings/', body)
    expect(made.json).toMatchObject({ ...body, domain_id: world.acme.id, value_type: 'text', sequence: 10 })
    expect((await asMinor('POST', '/api/domain_settings/', { ...body, domain_id: world.rival.id })).status).toBe(400)
    const ofUser = { ...body, user_id: world.acme.user.profileId }
    expect((await asMinor('POST', '/api/profile_settings/', ofUser)).status).toBe(201)
    const elsewhere = { ...body, user_id: world.rival.user.profileId }
    expect((await asMinor('POST', '/api/profile_settings/', elsewhere)).json.detail).toEqual({
      user_id: [`Invalid pk "${world.rival.user.profileId}" - object does not exist.`],
    })
    expect((await asMinor('GET', '/api/default_settings/')).status).toBe(403)
  })

  it("a user's own are the user's", async () => {
    const { token, profileId } = world.rival.user
    const body = { category: 'c', subcategory: 's', value: '1' }
    const made = await world.call(token, 'POST', '/api/profile_settings/', body)
    expect(made.json).toMatchObject({ ...body, user_id: profileId })
    const other = { ...body, user_id: world.acme.user.profileId }
    expect((await world.call(token, 'POST', '/api/profile_settings/', other)).status).toBe(400)
    expect((await world.call(token, 'GET', '/api/profile_settings/')).json.count).toBe(1)
  })
})
