/** What OPTIONS tells of a resource's fields beyond its columns. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testWorld, type World } from '../support/app.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

const asAdmin = (method: string, url: string, body?: unknown) => world.call(world.admin.token, method, url, body)

describe('OPTIONS of users', () => {
  it('tells of the password and the groups as what they are when written', async () => {
    for (const [url, method] of [
      ['/api/users/', 'POST'],
      [`/api/users/${world.acme.user.id}/`, 'PUT'],
    ] as const) {
      expect((await asAdmin('OPTIONS', url)).json.actions[method]).toMatchObject({
        password: { type: 'string', required: false, read_only: false, label: 'Password', max_length: 128 },
        groups: { type: 'list', required: false, read_only: false, help_text: 'Ids or names of groups.' },
        id: { read_only: true },
      })
    }
  })

  it('tells users that they may change their password, and not their groups', async () => {
    const { token, id } = world.acme.user
    const { json } = await world.call(token, 'OPTIONS', `/api/users/${id}/`)
    expect(json.actions.PUT).toMatchObject({ password: { read_only: false }, groups: { read_only: true } })
  })

  it('and OpenAPI say the same', async () => {
    const { schemas } = (await asAdmin('GET', '/api/schema/')).json.components
    expect(schemas.UsersInput.properties).toMatchObject({
      password: { type: 'string', maxLength: 128 },
      groups: { type: 'array' },
    })
    expect(schemas.Users.properties).not.toHaveProperty('password')
    expect(schemas.Users.properties.groups).not.toHaveProperty('readOnly')
    expect(schemas.Users.properties.url).toMatchObject({ readOnly: true })
  })
})
