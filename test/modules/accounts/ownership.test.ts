/** Whose an extension is, which one is a user's default, and where follow-me rings. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { testExtension, testWorld, type World } from '../../support/app.ts'

let world: World
let own: string
let other: string
let theirs: string

beforeAll(async () => {
  world = await testWorld()
  own = await testExtension(world, world.acme, '1001')
  other = await testExtension(world, world.acme, '1002')
  theirs = await testExtension(world, world.rival, '1001')
})
afterAll(() => world?.close())
beforeEach(() => world.app.prisma.extensionUser.deleteMany())

const asMinor = (method: string, url: string, body?: unknown) => world.call(world.acme.minor.token, method, url, body)
const asUser = (method: string, url: string, body?: unknown) => world.call(world.acme.user.token, method, url, body)
const give = (extension_id: string, more: object = {}) =>
  asMinor('POST', '/api/extensionuser/', { extension_id, user_uuid: world.acme.user.userUuid, ...more })
const noSuch = (id: string) => [`Invalid pk "${id}" - object does not exist.`]

describe('extensionuser', () => {
  it('gives an extension to a user at once, and takes it away', async () => {
    expect((await asUser('GET', '/api/extensions/')).json.count).toBe(0)
    const given = await give(own)
    expect(given.json).toMatchObject({ extension_id: own, user_uuid: world.acme.user.userUuid, default_user: true })
    expect((await asUser('GET', `/api/extensions/${own}/`)).status).toBe(200)
    await asMinor('DELETE', `/api/extensionuser/${given.json.id}/`)
    expect((await asUser('GET', `/api/extensions/${own}/`)).status).toBe(404)
  })

  it('keeps one default of a user: the one made so last', async () => {
    const first = (await give(own)).json.id
    const second = (await give(other)).json.id
    const defaults = async () => {
      const { json } = await asMinor('GET', '/api/extensionuser/?default_user=true')
      return json.results.map(({ id }: { id: string }) => id)
    }
    expect(await defaults()).toEqual([second])
    await give(own, { default_user: false })
    expect(await defaults()).toEqual([second])
    await asMinor('PATCH', `/api/extensionuser/${first}/`, { default_user: true })
    expect(await defaults()).toEqual([first])
    await asMinor('PATCH', `/api/extensionuser/${first}/`, { default_user: false })
    expect(await defaults(), 'none is allowed').toEqual([])
  })

  it('names both, and of its own tenant only', async () => {
    const nothing = await asMinor('POST', '/api/extensionuser/', {})
    expect(nothing.json.detail).toEqual({
      extension_id: ['This field is required.'],
      user_uuid: ['This field is required.'],
    })
    const user_uuid = world.rival.user.userUuid
    expect((await give(theirs)).json.detail).toEqual({ extension_id: noSuch(theirs) })
    expect((await give(own, { user_uuid })).json.detail).toEqual({ user_uuid: noSuch(user_uuid) })
    expect((await give(theirs, { user_uuid })).json.detail).toEqual({
      extension_id: noSuch(theirs),
      user_uuid: noSuch(user_uuid),
    })
    const id = (await give(own)).json.id
    const moved = await asMinor('PATCH', `/api/extensionuser/${id}/`, { extension_id: theirs })
    expect(moved.json.detail).toEqual({ extension_id: noSuch(theirs) })
  })

  it('is not for users', async () => {
    expect((await asUser('GET', '/api/extensionuser/')).status).toBe(403)
    const body = { extension_id: own, user_uuid: world.acme.user.userUuid }
    expect((await asUser('POST', '/api/extensionuser/', body)).status).toBe(403)
  })
})

describe("what stands beyond a row of one's own", () => {
  it("is neither searched nor filtered by where it is another tenant's", async () => {
    const { userUuid, username } = world.rival.user
    await world.app.prisma.extensionUser.create({ data: { extension_id: own, user_uuid: userUuid } })
    const count = async (query: string, token = world.acme.minor.token) =>
      (await world.call(token, 'GET', `/api/extensionuser/?${query}`)).json.count
    expect(await count('')).toBe(1)
    expect(await count('search=1001')).toBe(1)
    expect(await count(`search=${username}`, world.admin.token)).toBe(1)
    expect(await count(`search=${username}`)).toBe(0)
    expect(await count(`user_uuid__username=${username}`)).toBe(0)
  })
})

describe('follow-me', () => {
  const url = '/api/follow_me_destinations/'

  it("of a user's own extension is the user's to make, change and delete", async () => {
    await give(own)
    const made = await asUser('POST', url, { extension_id: own, destination: '+15551234567', timeout: '20' })
    expect(made.status, made.text).toBe(201)
    expect(made.json).toMatchObject({ extension_id: own, delay: 0, timeout: 20, prompt: '', sequence: 10 })
    const row = `${url}${made.json.id}/`
    expect((await asUser('PATCH', row, { delay: 5 })).json.delay).toBe(5)
    expect((await asUser('PATCH', row, { extension_id: other })).json.detail).toEqual({ extension_id: noSuch(other) })
    expect((await asUser('PATCH', row, { extension_id: null })).status).toBe(400)
    expect((await world.call(world.rival.minor.token, 'GET', row)).status).toBe(404)
    expect((await asUser('DELETE', row)).status).toBe(204)
  })

  it('of others is out of its reach', async () => {
    await give(own)
    const made = (await asMinor('POST', url, { extension_id: other, destination: '1' })).json
    expect((await asUser('GET', url)).json.count).toBe(0)
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      expect((await asUser(method, `${url}${made.id}/`, method === 'PATCH' ? {} : undefined)).status).toBe(404)
    }
    expect((await asUser('POST', url, { extension_id: other, destination: '1' })).json.detail).toEqual({
      extension_id: noSuch(other),
    })
    expect((await asUser('POST', url, { destination: '1' })).json.detail).toEqual({
      extension_id: ['This field is required.'],
    })
  })
})
