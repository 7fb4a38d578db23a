/** Whoever does what, somebody is left who can administer the system. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type TestUser, testUser, testWorld, type World } from '../../support/app.ts'

const LAST = 'This is the last active administrator: make another one first.'

let world: World
let admin: TestUser
beforeAll(async () => {
  world = await testWorld()
})
beforeEach(async () => {
  await deleteAdministrators()
  admin = await testUser(world.app, 'only', ['admin_api'], null)
})
afterAll(() => world?.close())

const isAdministrator = { groups: { some: { group: { name: 'admin_api' } } } }
const deleteAdministrators = () =>
  world.app.prisma.user.deleteMany({ where: { OR: [{ is_superuser: true }, isAdministrator] } })

const remove = (by: TestUser, user: TestUser) => world.call(by.token, 'DELETE', `/api/users/${user.id}/`)
const patch = (by: TestUser, path: string, body: unknown) => world.call(by.token, 'PATCH', `/api/${path}/`, body)

it('the last active administrator is neither deleted nor disabled, and stays one', async () => {
  const { app } = world
  const disabled = await testUser(app, 'disabled', ['admin_api'], null)
  await patch(admin, `users/${disabled.id}`, { is_active: false })
  const url = `users/${admin.id}`
  for (const answer of [
    await remove(admin, admin),
    await patch(admin, url, { is_active: false }),
    await patch(admin, url, { groups: [] }),
    await patch(admin, url, { groups: ['minor_admin_api', 'user_api'] }),
    await patch(admin, `profiles/${admin.profileId}`, { enabled: false }),
  ]) {
    expect(answer.status, answer.text).toBe(400)
    expect(answer.json.detail).toEqual({ non_field_errors: [LAST] })
  }
  const { json } = await world.call(admin.token, 'GET', '/api-auth/user/')
  expect(json.groups).toEqual(['admin_api'])
  expect((await patch(admin, url, { groups: ['admin_api', 'user_api'], first_name: 'R' })).status).toBe(200)
  expect((await remove(admin, disabled)).status).toBe(204)
})

it.each(['another in admin_api', 'a superuser'])('one of two may go, when the other is %s', async (what) => {
  const { app } = world
  const other = await testUser(app, `other ${what}`, what === 'a superuser' ? [] : ['admin_api'], null)
  await app.prisma.user.update({ where: { id: other.id }, data: { is_superuser: what === 'a superuser' } })
  expect((await patch(admin, `users/${admin.id}`, { groups: [] })).status).toBe(200)
  expect((await remove(other, admin)).status).toBe(204)
  expect((await remove(other, other)).json.detail).toEqual({ non_field_errors: [LAST] })
})

it('a minor administrator changes its people also where there is no administrator', async () => {
  const { acme } = world
  await deleteAdministrators()
  expect((await patch(acme.minor, `users/${acme.user.id}`, { groups: [] })).status).toBe(200)
  expect((await remove(acme.minor, acme.user)).status).toBe(204)
})

it('two who take away one another at once leave one of them', async () => {
  for (let round = 0; round < 10; round += 1) {
    await deleteAdministrators()
    const [one, other] = await Promise.all(
      ['a', 'b'].map((name) => testUser(world.app, `${name}${round}`, ['admin_api'], null)),
    )
    await Promise.all([
      remove(one!, other!),
      round % 2 ? remove(other!, one!) : patch(other!, `users/${one!.id}`, { is_active: false }),
    ])
    const left = await world.app.prisma.user.count({ where: { is_active: true, ...isAdministrator } })
    expect(left, `round ${round}`).toBe(1)
  }
})
