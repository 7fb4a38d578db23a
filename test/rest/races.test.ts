/** What holds when many ask for the same at once. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Answer, testExtension, testUser, testWorld, type World } from '../support/app.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

const times = <T>(count: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))

const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status).sort()

it('of 20 creates of one extension one succeeds, and the others say what is wrong', async () => {
  for (const { token } of [world.admin, world.acme.minor]) {
    const extension = token === world.admin.token ? '1001' : '1002'
    const body = { domain_id: world.acme.id, extension, password: 'pw' }
    const answers = await times(20, () => world.call(token, 'POST', '/api/extensions/', body))
    expect(statuses(answers)).toEqual([201, ...Array(19).fill(400)])
    for (const { status, json } of answers) {
      if (status !== 400) continue
      expect(json.detail).toEqual({
        non_field_errors: ['The fields domain_id, extension must make a unique set.'],
        extension: ['Extension with this number already exists.'],
      })
    }
    expect(await world.app.prisma.voicemail.count({ where: { extension: { extension } } })).toBe(1)
  }
})

it('of 20 updates to one number one succeeds', async () => {
  const ids = await times(20, (index) => testExtension(world, world.acme, `20${index}`))
  const answers = await Promise.all(
    ids.map((id) => world.call(world.admin.token, 'PATCH', `/api/extensions/${id}/`, { extension: '2999' })),
  )
  expect(statuses(answers)).toEqual([200, ...Array(19).fill(400)])
})

it('an extension created while its domain is deleted is there before, or refused for naming no domain', async () => {
  for (let round = 0; round < 15; round += 1) {
    const name = `short-lived-${round}.example`
    const { id } = await world.app.prisma.domain.create({ data: { name, portal_name: name } })
    const minor = await testUser(world.app, `minor@${name}`, ['minor_admin_api'], id)
    const create = (index: number) =>
      world.call(index % 2 ? world.admin.token : minor.token, 'POST', '/api/extensions/', {
        domain_id: id,
        extension: String(index),
        password: 'pw',
      })
    const [deleted, ...created] = await Promise.all([
      world.call(world.admin.token, 'DELETE', `/api/domains/${id}/`),
      ...Array.from({ length: 6 }, (_, index) => create(index)),
    ])
    expect(deleted.status).toBe(204)
    for (const { status, json, text } of created) {
      if (status === 201) continue
      expect(status, text).toBe(400)
      expect(json.detail).toEqual({ domain_id: [`Invalid pk "${id}" - object does not exist.`] })
    }
    expect(await world.app.prisma.extension.count({ where: { domain_id: id } })).toBe(0)
  }
})

it('extensions made default at once leave exactly one default', async () => {
  const { user } = world.acme
  for (let round = 0; round < 4; round += 1) {
    const ids = await times(3, (index) => testExtension(world, world.acme, `3${round}${index}`))
    const made = await Promise.all(
      ids.map((extension_id) =>
        world.call(world.admin.token, 'POST', '/api/extensionuser/', {
          extension_id,
          user_uuid: user.userUuid,
          default_user: true,
        }),
      ),
    )
    expect(statuses(made)).toEqual([201, 201, 201])
    expect(await defaults()).toBe(1)
    const again = await Promise.all(
      made.map(({ json }) =>
        world.call(world.admin.token, 'PATCH', `/api/extensionuser/${json.id}/`, { default_user: true }),
      ),
    )
    expect(statuses(again)).toEqual([200, 200, 200])
    expect(await defaults()).toBe(1)
  }

  function defaults(): Promise<number> {
    return world.app.prisma.extensionUser.count({ where: { user_uuid: user.userUuid, default_user: true } })
  }
})

it('of 10 users of one name one is made, whole', async () => {
  const body = { username: 'twin', groups: ['user_api'], domain_id: world.acme.id }
  const answers = await times(10, () => world.call(world.admin.token, 'POST', '/api/users/', body))
  expect(statuses(answers)).toEqual([201, ...Array(9).fill(400)])
  for (const { status, json } of answers) {
    if (status === 400) expect(json.detail).toEqual({ username: ['A user with that username already exists.'] })
  }
  expect(await world.app.prisma.user.count({ where: { username: 'twin' } })).toBe(1)
  expect(await world.app.prisma.profile.count({ where: { username: 'twin', domain_id: world.acme.id } })).toBe(1)
  expect(await world.app.prisma.userGroup.count({ where: { user: { username: 'twin' } } })).toBe(1)
})

it('a user deleted while it is changed is gone, and nobody sees an error of the server', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { id } = await testUser(world.app, `leaving-${round}`, ['user_api'], world.acme.id)
    const answers = await Promise.all([
      world.call(world.admin.token, 'PATCH', `/api/users/${id}/`, { first_name: 'x', groups: ['minor_admin_api'] }),
      world.call(world.acme.minor.token, 'PATCH', `/api/users/${id}/`, { groups: ['user_api'] }),
      world.call(world.admin.token, 'DELETE', `/api/users/${id}/`),
    ])
    for (const { status } of answers) expect([200, 204, 404]).toContain(status)
    expect(answers[2].status).toBe(204)
    expect(await world.app.prisma.userGroup.count({ where: { user_id: id } })).toBe(0)
  }
})

it('a row deleted by many is deleted once', async () => {
  const id = await testExtension(world, world.acme, '5001')
  const answers = await times(10, () => world.call(world.admin.token, 'DELETE', `/api/extensions/${id}/`))
  expect(statuses(answers)).toEqual([204, ...Array(9).fill(404)])
})

it('of lists with the same rows in another order one is made, whole, and lists that change the same rows take turns', async () => {
  const sent = Array.from({ length: 40 }, (_none, n) => ({ extension: String(7000 + n), password: 'pw' }))
  const made = await Promise.all(
    [sent, sent.toReversed(), sent].map((list) => world.call(world.acme.minor.token, 'POST', '/api/extensions/', list)),
  )
  expect(statuses(made)).toEqual([201, 400, 400])
  for (const { status, json } of made) if (status === 400) expect(Object.keys(json.detail)).toHaveLength(40)
  const changes = made
    .find(({ status }) => status === 201)!
    .json.map(({ id }: { id: string }, n: number) => ({ id, description: String(n) }))
  const changed = await Promise.all(
    [changes, changes.toReversed(), changes].map((list) =>
      world.call(world.acme.minor.token, 'PATCH', '/api/extensions/', list),
    ),
  )
  expect(statuses(changed)).toEqual([200, 200, 200])
})
