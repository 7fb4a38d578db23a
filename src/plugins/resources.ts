/** The engine's place in the app: the registry of resources, the index at `/api/`, and how a module becomes a plugin. */
import type { FastifyBaseLogger, FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import type { Registry as MetricsRegistry } from 'prom-client'
import type { Callers } from '../auth/callers.ts'
import type { Config } from '../config.ts'
import type { Fleet } from '../freeswitch/fleet.ts'
import type { Switches } from '../freeswitch/switches.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Command, Feed, Report } from '../rest/asking.ts'
import type { Caller } from '../rest/caller.ts'
import { type Database, databaseOn, type RowReader, rowReader } from '../rest/database.ts'
import { addFeed } from '../rest/http/feeds.ts'
import { addLinkedAudio, type LinkedAudio } from '../rest/http/linked-audio.ts'
import { addCommand, addReport } from '../rest/http/reports.ts'
import type { Host } from '../rest/http/request.ts'
import { addRoutes } from '../rest/http/routes.ts'
import { Registry } from '../rest/registry.ts'
import type { Resource } from '../rest/resource.ts'
import type { Services } from '../rest/services.ts'
import type { Chore } from './chores.ts'
import type { Leadership } from './leadership.ts'
import type { Hearer } from './notifications.ts'
import type { SwitchHandler } from './switch-routes.ts'

declare module 'fastify' {
  interface FastifyInstance {
    registry: Registry
    restHost: Host
  }
}

declare module '../rest/services.ts' {
  interface Services {
    readonly prisma: PrismaClient
    readonly database: Database
    /** For reads of one row by its key, which others wait behind. */
    readonly rows: RowReader
    readonly callers: Callers
    /** Each switch by itself, to send commands to and to hear from. */
    readonly fleet: Fleet
    readonly switches: Switches
    readonly leadership: Leadership
    readonly metrics: MetricsRegistry
  }
}

async function resources(app: FastifyInstance): Promise<void> {
  const registry = new Registry(app.config.timeZone)
  // What modules lend to their own resources they add themselves.
  const services = {
    prisma: app.prisma,
    database: databaseOn(app.statements),
    rows: rowReader(app.lane),
    callers: app.callers,
    fleet: app.fleet,
    switches: app.switches,
    leadership: app.leadership,
    metrics: app.metrics,
    media: app.media,
  } as Services
  const host: Host = {
    pool: app.pool,
    lane: app.lane,
    exports: app.exports,
    services,
    media: app.media,
    baseUrl: (request) => baseUrl(app, request),
    caller: callerOf,
    stillCaller: (request) => app.stillAuthenticated(request),
    isForm: (request) => request.isForm,
    upload: (request) => request.upload,
    takeFile: (request, reply, file) => app.takeFile(request, reply, file),
    beforeCommit: (request) => request.idempotencyClaim?.mark,
  }
  app.decorate('registry', registry)
  app.decorate('restHost', host)

  app.get('/api/', { config: { access: 'signed in' } }, async (request) => {
    const { role } = callerOf(request)
    const paths = role ? registry.listedFor(role) : []
    const base = baseUrl(app, request)
    return Object.fromEntries(paths.map((path) => [path, `${base}/api/${path}/`]))
  })
}

/** What a module has beside its resources. */
export interface ModuleParts {
  /** For the hooks and actions of its resources. */
  readonly services?: Partial<Services>
  readonly chores?: readonly Chore[]
  /** What PostgreSQL notifies, by channel. */
  readonly hearers?: Readonly<Record<string, Hearer>>
  /** What switches post to, by path. */
  readonly switchRoutes?: Readonly<Record<string, SwitchHandler>>
  /** Audio that links lead to, by what their path begins with. */
  readonly linkedAudio?: Readonly<Record<string, LinkedAudio>>
  /** Ends what would keep requests from coming to their end, when the server is to stop. */
  readonly beforeClose?: () => void
  /** What the server waits for when it stops. */
  readonly close?: () => Promise<void>
}

/** The plugin of a module: its resources, reports, commands and feeds, by name and in the order of the API's index. */
export function moduleOf(
  name: string,
  list: readonly (Resource | Report | Command | Feed)[],
  partsOf: (config: Config, services: Services, log: FastifyBaseLogger) => ModuleParts = () => ({}),
): FastifyPluginAsync {
  return plugin(
    async (app) => {
      const { registry, restHost } = app
      const parts = partsOf(app.config, restHost.services, app.log)
      Object.assign(restHost.services, parts.services)
      for (const chore of parts.chores ?? []) app.addChore(chore)
      for (const [channel, hearer] of Object.entries(parts.hearers ?? {})) app.notifications.hear(channel, hearer)
      for (const [path, handle] of Object.entries(parts.switchRoutes ?? {})) app.switchRoute(path, handle)
      for (const [path, linked] of Object.entries(parts.linkedAudio ?? {})) addLinkedAudio(app, restHost, path, linked)
      if (parts.beforeClose) app.addHook('preClose', async () => parts.beforeClose?.())
      if (parts.close) app.addHook('onClose', parts.close)
      for (const one of list) {
        if ('model' in one) addRoutes(app, restHost, registry.add(one))
        else if ('inputs' in one) addCommand(app, restHost, registry, registry.addReport(one))
        else if ('open' in one) addFeed(app, restHost, registry, registry.addReport(one))
        else addReport(app, restHost, registry, registry.addReport(one))
      }
    },
    { name, dependencies: ['resources'] },
  )
}

function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error(`${request.method} ${request.url} was handled without a caller`)
  return request.caller
}

/** PUBLIC_URL, else what the request was sent to; behind a trusted proxy, what that was asked for. */
function baseUrl(app: FastifyInstance, request: FastifyRequest): string {
  return app.config.publicUrl ?? `${request.protocol}://${request.host}`
}

export default plugin(resources, {
  name: 'resources',
  dependencies: [
    'database',
    'authentication',
    'permissions',
    'bodies',
    'errors',
    'freeswitch',
    'leadership',
    'observation',
    'chores',
    'idempotency',
    'media',
    'notifications',
    'switch-routes',
  ],
})
