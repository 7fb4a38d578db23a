import { afterAll, beforeAll, expect, it } from 'vitest'
import { testWorld, type World } from '../support/app.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

it('is open only where it must be', () => {
  const open = world.app.guardedRoutes.filter(({ access }) => access === 'public')
  for (const { url } of open) expect(url).toMatch(/^\/api-auth\/login\/$|^\/api\/(schema|docs)(\/|$)/)
})

it('asks for a token everywhere else', async () => {
  const closed = world.app.guardedRoutes.filter(({ access }) => access !== 'public')
  expect(closed.length).toBeGreaterThan(100)
  for (const { method, url } of closed) {
    const answer = await world.call(null, method, pathOf(url))
    expect(answer.status, `${method} ${url}`).toBe(401)
    expect(answer.headers['www-authenticate'], `${method} ${url}`).toBe('Token')
  }
})

it('answers 403 to every role that a route does not name, before anything else', async () => {
  const { admin, nobody, acme } = world
  const callers = { admin_api: admin, minor_admin_api: acme.minor, user_api: acme.user, none: nobody }
  for (const { method, url, access } of world.app.guardedRoutes) {
    if (typeof access === 'string') continue
    for (const [role, { token }] of Object.entries(callers)) {
      if ((access as readonly string[]).includes(role)) continue
      const answer = await world.call(token, method, pathOf(url))
      expect(answer.status, `${method} ${url} as ${role}`).toBe(403)
    }
  }
})

function pathOf(url: string): string {
  return url.replaceAll(/:\w+/g, '00000000-0000-4000-8000-000000000000').replaceAll('*', 'x')
}
