import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withoutSuffix } from '../../src/rest/http/suffix.ts'
import { testExtension, testWorld, type World } from '../support/app.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

it.each([
  ['/api/extensions.json', '/api/extensions/?format=json'],
  ['/api/extensions.csv/?page=2', '/api/extensions/?page=2&format=csv'],
  ['/api/extensions.json?format=csv', '/api/extensions/?format=csv&format=json'],
  ['/api/.json', '/api/?format=json'],
  ['/api/extensions/5/status.json', '/api/extensions/5/status/?format=json'],
  ['/api/extensions.xml', '/api/extensions.xml'],
  ['/api/extensions/?search=a.json', '/api/extensions/?search=a.json'],
  ['/api/schema.json', '/api/schema.json'],
  ['/api/docs/json/openapi.json', '/api/docs/json/openapi.json'],
  ['/api-auth/user.json', '/api-auth/user.json'],
  ['/docs/a.json', '/docs/a.json'],
])('%s is %s', (url, plain) => {
  expect(withoutSuffix(url)).toBe(plain)
})

describe('a suffix', () => {
  it('chooses the form of a list, whose links keep it as format=', async () => {
    for (const number of ['1001', '1002']) await testExtension(world, world.acme, number)
    const { token } = world.admin
    const page = await world.call(token, 'GET', '/api/extensions.json?page_size=1&fields=extension')
    expect(page.json).toEqual({
      count: 2,
      next: 'http://localhost:80/api/extensions/?page_size=1&fields=extension&format=json&page=2',
      previous: null,
      results: [{ extension: '1001' }],
    })
    const csv = await world.call(token, 'GET', '/api/extensions.csv?fields=extension', undefined, {
      accept: 'text/csv',
    })
    expect(csv.text).toBe('extension\r\n1001\r\n1002\r\n')
  })

  it('chooses the form of a row, and takes writes', async () => {
    const id = await testExtension(world, world.acme, '1003')
    const { token } = world.admin
    expect((await world.call(token, 'GET', `/api/extensions/${id}.csv?fields=extension`)).text).toBe(
      'extension\r\n1003\r\n',
    )
    const patched = await world.call(token, 'PATCH', `/api/extensions/${id}.json`, { description: 'd' })
    expect(patched.json.description).toBe('d')
  })

  it('that is another is a 404', async () => {
    const id = await testExtension(world, world.acme, '1004')
    for (const url of ['/api/extensions.xml', `/api/extensions/${id}.xml`, '/api/.xml']) {
      expect((await world.call(world.admin.token, 'GET', url)).status, url).toBe(404)
    }
  })

  it('does not open what is closed', async () => {
    expect((await world.call(null, 'GET', '/api/extensions.json')).status).toBe(401)
    expect((await world.call(world.acme.user.token, 'GET', '/api/domains.csv')).status).toBe(403)
  })
})
