/** People: made with their profile, put into groups, given passwords; and who may do it to whom. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createToken } from '../../../src/auth/tokens.ts'
import { type TestUser, testUser, testWorld, type World } from '../../support/app.ts'

const PASSWORD = 'kite-lantern-42'

let world: World
let count = 0
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

const asAdmin = (method: string, url: string, body?: unknown) => world.call(world.admin.token, method, url, body)
const asMinor = (method: string, url: string, body?: unknown) => world.call(world.acme.minor.token, method, url, body)
const signIn = (username: string, password: string) =>
  world.call(null, 'POST', '/api-auth/login/', { username, password })
const someone = (groups: string[], domainId: string | null = world.acme.id): Promise<TestUser> => {
  count += 1
  return testUser(world.app, `someone-${count}`, groups, domainId)
}
const names = (json: { groups: { name: string }[] }) => json.groups.map(({ name }) => name)

describe('creating a user', () => {
  it('makes its profile, puts it into groups and lets it sign in', async () => {
    const { json: groups } = await asAdmin('GET', '/api/groups/?name=user_api')
    const made = await asAdmin('POST', '/api/users/', {
      username: 'anna',
      password: PASSWORD,
      email: 'anna@example.com',
      first_name: 'Anna',
      groups: [groups.results[0].id, 'minor_admin_api'],
      domain_id: world.acme.id,
    })
    expect(made.status, made.text).toBe(201)
    expect(made.json).toEqual({
      id: expect.any(Number),
      url: `http://localhost:80/api/users/${made.json.id}/`,
      username: 'anna',
      email: 'anna@example.com',
      first_name: 'Anna',
      last_name: '',
      is_active: true,
      domain_id: world.acme.id,
      groups: [
        { id: expect.any(Number), url: expect.stringMatching(/\/api\/groups\/\d+\/$/), name: 'minor_admin_api' },
        groups.results[0],
      ],
    })
    const profile = await asAdmin('GET', `/api/profiles/?user_id=${made.json.id}`)
    expect(profile.json.results).toMatchObject([
      { username: 'anna', email: 'anna@example.com', domain_id: world.acme.id, enabled: true, updated_by: 'root' },
    ])
    expect((await signIn('anna', PASSWORD)).json.user).toMatchObject({ username: 'anna', domain_id: world.acme.id })
  })

  it.each([
    [{ username: 'b', password: 'short-one' }, 'password'],
    [{ username: 'password-of-b', password: 'password-of-b' }, 'password'],
    [{ username: 'b', password: 'password123' }, 'password'],
    [{ username: 'b', password: null }, 'password'],
    [{ username: 'b', password: 1234567890 ** 2 }, 'password'],
    [{ username: 'b', password: 'x'.repeat(129) }, 'password'],
    [{ username: 'b', password: 'with\0nul-in-it' }, 'password'],
    [{ username: 'b', groups: ['nosuch'] }, 'groups'],
    [{ username: 'b', groups: [999] }, 'groups'],
    [{ username: 'b', groups: 5 }, 'groups'],
    [{ username: 'b', groups: [null] }, 'groups'],
    [{ username: 'b', groups: [['user_api']] }, 'groups'],
    [{ username: 'b', domain_id: '00000000-0000-4000-8000-000000000000' }, 'domain_id'],
    [{ username: 'b', email: 'nonsense' }, 'email'],
    [{ username: 'b c' }, 'username'],
    [{ username: 'root' }, 'username'],
    [{}, 'username'],
  ])('refuses %j', async (body, field) => {
    const answer = await asAdmin('POST', '/api/users/', body)
    expect(answer.status).toBe(400)
    expect(Object.keys(answer.json.detail)).toEqual([field])
    expect(await world.app.prisma.profile.count({ where: { username: { startsWith: 'b' } } })).toBe(0)
  })

  it('takes a password as it is typed, spaces at its ends included', async () => {
    const password = '  correct horse  '
    await asAdmin('POST', '/api/users/', { username: 'spacious', password })
    expect((await signIn('spacious', password)).status).toBe(200)
    expect((await signIn('spacious', password.trim())).status).toBe(401)
  })
})

describe('changing a user', () => {
  it("a new password ends its tokens at once, others' stay", async () => {
    const user = await someone(['user_api'])
    const { key } = await createToken(world.app.pool, { userId: user.id, name: 'second', expires: null })
    expect((await world.call(key, 'GET', '/api/')).status).toBe(200)
    expect((await asAdmin('PATCH', `/api/users/${user.id}/`, { password: PASSWORD })).status).toBe(200)
    for (const token of [user.token, key]) expect((await world.call(token, 'GET', '/api/')).status).toBe(401)
    expect((await signIn(user.username, PASSWORD)).status).toBe(200)
    expect((await asAdmin('GET', '/api/')).status).toBe(200)
  })

  it('groups count from the next request on', async () => {
    const user = await someone([])
    const list = async () => (await world.call(user.token, 'GET', '/api/extensions/')).status
    expect(await list()).toBe(403)
    await asAdmin('PATCH', `/api/users/${user.id}/`, { groups: ['user_api'] })
    expect(await list()).toBe(200)
    const { json } = await asAdmin('PATCH', `/api/users/${user.id}/`, { groups: [] })
    expect(json.groups).toEqual([])
    expect(await list()).toBe(403)
  })

  it('a disabled one is out at once, and so is one of a disabled profile', async () => {
    const user = await someone(['user_api'])
    const root = async () => (await world.call(user.token, 'GET', '/api/')).status
    await asAdmin('PATCH', `/api/users/${user.id}/`, { is_active: false })
    expect(await root()).toBe(401)
    await asAdmin('PATCH', `/api/users/${user.id}/`, { is_active: true })
    expect(await root()).toBe(200)
    await asAdmin('PATCH', `/api/profiles/${user.profileId}/`, { enabled: false })
    expect(await root()).toBe(401)
  })

  it('its name, address and tenant stay in step with its profile', async () => {
    const user = await someone(['user_api'])
    const body = { username: `${user.username}-renamed`, email: 'new@example.com', domain_id: world.rival.id }
    expect((await asAdmin('PATCH', `/api/users/${user.id}/`, body)).json).toMatchObject(body)
    expect((await asAdmin('GET', `/api/profiles/${user.profileId}/`)).json).toMatchObject(body)
    await asAdmin('PATCH', `/api/users/${user.id}/`, { email: '', domain_id: null })
    expect((await asAdmin('GET', `/api/profiles/${user.profileId}/`)).json).toMatchObject({
      email: null,
      domain_id: null,
    })
  })

  it('one whose profile was deleted gets a tenant, and a profile, again', async () => {
    const user = await someone(['user_api'])
    expect((await asAdmin('DELETE', `/api/profiles/${user.profileId}/`)).status).toBe(204)
    expect((await world.call(user.token, 'GET', '/api/users/')).json.results[0].domain_id).toBeNull()
    const { json } = await asAdmin('PATCH', `/api/users/${user.id}/`, { domain_id: world.rival.id })
    expect(json.domain_id).toBe(world.rival.id)
    expect((await asAdmin('GET', `/api/profiles/?user_id=${user.id}`)).json.results).toMatchObject([
      { username: user.username, domain_id: world.rival.id },
    ])
  })

  it('what was read can be sent back', async () => {
    const user = await someone(['user_api'])
    const { json: before } = await asAdmin('GET', `/api/users/${user.id}/`)
    const put = await asAdmin('PUT', `/api/users/${user.id}/`, before)
    expect(put.status, put.text).toBe(200)
    expect(put.json).toEqual(before)
  })

  it('deleting it takes profile, memberships, password and tokens along', async () => {
    const user = await someone(['user_api'])
    expect((await asAdmin('DELETE', `/api/users/${user.id}/`)).status).toBe(204)
    expect((await world.call(user.token, 'GET', '/api/')).status).toBe(401)
    const { prisma } = world.app
    expect(await prisma.profile.count({ where: { id: user.profileId } })).toBe(0)
    for (const table of [prisma.userGroup, prisma.token] as { count(query: object): Promise<number> }[]) {
      expect(await table.count({ where: { user_id: user.id } })).toBe(0)
    }
  })
})

describe('a minor administrator', () => {
  it('makes users of its own domain, with the groups it may give', async () => {
    const made = await asMinor('POST', '/api/users/', { username: 'm1', groups: ['user_api', 'minor_admin_api'] })
    expect(made.json).toMatchObject({ domain_id: world.acme.id })
    expect(names(made.json)).toEqual(['minor_admin_api', 'user_api'])
    for (const groups of [['admin_api'], ['user_api', 'admin_api']]) {
      const refused = await asMinor('POST', '/api/users/', { username: 'm2', groups })
      expect(refused.json.detail).toEqual({ groups: ['You may not give the group admin_api.'] })
      const raised = await asMinor('PATCH', `/api/users/${made.json.id}/`, { groups })
      expect(raised.json.detail).toEqual({ groups: ['You may not give the group admin_api.'] })
    }
    expect(await world.app.prisma.user.count({ where: { username: 'm2' } })).toBe(0)
  })

  it('leaves alone what other groups a user is in', async () => {
    for (const name of ['sales', 'support']) await asAdmin('POST', '/api/groups/', { name })
    const user = await someone(['user_api', 'sales'])
    const url = `/api/users/${user.id}/`
    const { json: before } = await asMinor('GET', url)
    const put = await asMinor('PUT', url, before)
    expect(put.status, put.text).toBe(200)
    expect(put.json).toEqual(before)
    const raised = await asMinor('PATCH', url, { groups: ['sales', 'minor_admin_api'] })
    expect(names(raised.json)).toEqual(['minor_admin_api', 'sales'])
    for (const [groups, sentences] of [
      [['user_api'], ['You may not take away the group sales.']],
      [[], ['You may not take away the group sales.']],
      [['sales', 'support'], ['You may not give the group support.']],
      [['admin_api'], ['You may not give the group admin_api.', 'You may not take away the group sales.']],
    ]) {
      expect((await asMinor('PATCH', url, { groups })).json.detail).toEqual({ groups: sentences })
    }
    expect(names((await asMinor('GET', url)).json)).toEqual(['minor_admin_api', 'sales'])
    await world.app.prisma.group.deleteMany({ where: { name: { in: ['sales', 'support'] } } })
  })

  it('sees administrators of its domain and does not touch them', async () => {
    const boss = await someone(['admin_api'])
    const superuser = await someone([])
    await world.app.prisma.user.update({ where: { id: superuser.id }, data: { is_superuser: true } })
    for (const { id, profileId } of [boss, superuser]) {
      expect((await asMinor('GET', `/api/users/${id}/`)).status).toBe(200)
      for (const [method, url, body] of [
        ['PATCH', `/api/users/${id}/`, { password: PASSWORD }],
        ['PUT', `/api/users/${id}/`, { username: 'x' }],
        ['DELETE', `/api/users/${id}/`, undefined],
        ['PATCH', `/api/profiles/${profileId}/`, { enabled: false }],
        ['DELETE', `/api/profiles/${profileId}/`, undefined],
      ] as const) {
        expect((await asMinor(method, url, body)).status, `${method} ${url}`).toBe(403)
      }
      const setting = { user_id: profileId, category: 'a', subcategory: 'b' }
      expect([400, 403, 404]).toContain((await asMinor('POST', '/api/profile_settings/', setting)).status)
    }
    expect((await world.call(boss.token, 'GET', '/api/')).status).toBe(200)
  })

  it('knows nobody of another domain, and moves nobody there', async () => {
    const { user } = world.rival
    const { json } = await asMinor('GET', '/api/users/?page_size=100')
    for (const { domain_id } of json.results) expect(domain_id).toBe(world.acme.id)
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      expect((await asMinor(method, `/api/users/${user.id}/`, method === 'PATCH' ? {} : undefined)).status).toBe(404)
    }
    const own = await someone(['user_api'])
    const moved = await asMinor('PATCH', `/api/users/${own.id}/`, { domain_id: world.rival.id })
    expect(moved.json.detail).toEqual({ domain_id: [`Invalid pk "${world.rival.id}" - object does not exist.`] })
    expect((await asMinor('PATCH', `/api/users/${own.id}/`, { domain_id: null })).status).toBe(400)
    expect((await asMinor('POST', '/api/users/', { username: 'm3', domain_id: world.rival.id })).status).toBe(400)
    expect((await asMinor('POST', '/api/profiles/', { user_id: user.id })).status).toBe(403)
  })

  it('sees the groups and changes none', async () => {
    const { json } = await asMinor('GET', '/api/groups/')
    expect(json.results.map(({ name }: { name: string }) => name)).toEqual(['admin_api', 'minor_admin_api', 'user_api'])
    expect((await asMinor('POST', '/api/groups/', { name: 'x' })).status).toBe(403)
    expect((await asMinor('DELETE', `/api/groups/${json.results[0].id}/`)).status).toBe(403)
  })
})

describe('a user', () => {
  it('sees and changes itself, within limits', async () => {
    const { token, id, profileId } = await someone(['user_api'])
    const call = (method: string, url: string, body?: unknown) => world.call(token, method, url, body)
    expect((await call('GET', '/api/users/')).json).toMatchObject({ count: 1, results: [{ id }] })
    expect((await call('PATCH', `/api/users/${id}/`, { first_name: 'A' })).json.first_name).toBe('A')
    for (const [body, field] of [
      [{ groups: ['admin_api'] }, 'groups'],
      [{ groups: [] }, 'groups'],
      [{ is_active: false }, 'is_active'],
      [{ username: 'other' }, 'username'],
      [{ domain_id: world.rival.id }, 'domain_id'],
      [{ domain_id: null }, 'domain_id'],
    ] as const) {
      const refused = await call('PATCH', `/api/users/${id}/`, body)
      expect(refused.status, JSON.stringify(body)).toBe(400)
      expect(Object.keys(refused.json.detail)).toEqual([field])
    }
    expect((await call('GET', `/api/users/${world.acme.minor.id}/`)).status).toBe(404)
    expect((await call('DELETE', `/api/users/${id}/`)).status).toBe(403)
    expect((await call('PATCH', `/api/profiles/${profileId}/`, { status: 'On Break' })).json.status).toBe('On Break')
    expect((await call('PATCH', `/api/profiles/${profileId}/`, { enabled: false })).status).toBe(400)
  })

  it('may send back what it reads, groups and domain included', async () => {
    const { token, id } = await someone(['user_api'])
    const { json: before } = await world.call(token, 'GET', `/api/users/${id}/`)
    const put = await world.call(token, 'PUT', `/api/users/${id}/`, { ...before, last_name: 'B' })
    expect(put.status, put.text).toBe(200)
    expect(put.json).toEqual({ ...before, last_name: 'B' })
    const named = await world.call(token, 'PATCH', `/api/users/${id}/`, {
      groups: ['user_api'],
      domain_id: world.acme.id,
    })
    expect(named.status, named.text).toBe(200)
  })
})
