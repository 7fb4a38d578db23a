/**
 * Hooks every request: nobody gets past whom the route's `config.access` does not let in. Routes below /api/ and
 * /api-auth/ are closed unless they say otherwise, and one that forgets to stops the start. Register it after
 * @fastify/cors, whose answers to preflights need no token, and before any route.
 */
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import plugin from 'fastify-plugin'
import type { Role } from '../rest/caller.ts'
import { forbidden } from '../rest/errors.ts'

/** Everybody; whoever has a token, even without a role; or these roles, none of them for a method nobody may use. */
export type RouteAccess = 'public' | 'signed in' | readonly Role[]

/** A route that is not open by where it is. */
export interface GuardedRoute {
  readonly method: string
  readonly url: string
  readonly access: RouteAccess
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route below /api/ and /api-auth/, so that a test can try them all. */
    guardedRoutes: readonly GuardedRoute[]
  }
  interface FastifyContextConfig {
    access?: RouteAccess
  }
}

async function permissions(app: FastifyInstance): Promise<void> {
  const routes: RouteOptions[] = []
  const guardedRoutes: GuardedRoute[] = []
  app.decorate('guardedRoutes', guardedRoutes)
  app.addHook('onRoute', (route) => {
    routes.push(route)
  })
  // Only now have the hooks of all plugins said what they have to say about their routes.
  app.addHook('onReady', async () => {
    for (const { method, url, config } of routes) {
      if (!isGuarded(url)) continue
      const access = config?.access
      if (access === undefined) {
        throw new Error(`The route ${String(method)} ${url} does not say in config.access who may use it.`)
      }
      for (const each of [method].flat()) guardedRoutes.push({ method: each, url, access })
    }
  })
  app.addHook('onRequest', async (request: FastifyRequest) => {
    if (request.is404) return // a path that is not there needs no token
    const { url = '', config } = request.routeOptions
    const access = config.access ?? (isGuarded(url) ? [] : 'public')
    if (access === 'public') return
    const { role } = await app.authenticate(request)
    if (access === 'signed in') return
    if (role === null || !access.includes(role)) throw forbidden()
  })
}

function isGuarded(url: string): boolean {
  return /^\/api(-auth)?(\/|$)/.test(url)
}

export default plugin(permissions, { name: 'permissions', fastify: '5.x', dependencies: ['authentication'] })
