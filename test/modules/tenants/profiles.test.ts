/** Profiles: one a user, and named as it is. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { testUser, testWorld, type World } from '../../support/app.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

const asAdmin = (method: string, url: string, body?: unknown) => world.call(world.admin.token, method, url, body)

it('is named as its user, whatever a client calls it', async () => {
  const user = await testUser(world.app, 'anna', ['user_api'], world.acme.id)
  const url = `/api/profiles/${user.profileId}/`
  for (const method of ['PATCH', 'PUT']) {
    const answer = await asAdmin(method, url, { username: 'other', status: 'On Break' })
    expect(answer.json, answer.text).toMatchObject({ username: user.username, status: 'On Break' })
  }
  expect((await asAdmin('DELETE', url)).status).toBe(204)
  const made = await asAdmin('POST', '/api/profiles/', { username: 'other', user_id: user.id })
  expect(made.status, made.text).toBe(201)
  expect(made.json.username).toBe(user.username)
  const again = await asAdmin('POST', '/api/profiles/', { user_id: user.id })
  expect(again.json.detail).toEqual({ user_id: ['Profile with this user id already exists.'] })
  const none = await asAdmin('POST', '/api/profiles/', { user_id: 999_999 })
  expect(none.json.detail).toEqual({ user_id: ['Invalid pk "999999" - object does not exist.'] })
})
