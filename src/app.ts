/** The application: what every route shares, then the modules, in plain order. */
import { randomUUID } from 'node:crypto'
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Config } from './config.ts'
import { logger } from './logger.ts'
import accounts from './modules/accounts/index.ts'
import cdr from './modules/cdr/index.ts'
import dialplans from './modules/dialplans/index.ts'
import events from './modules/events/index.ts'
import { ensureSwitchDefaults } from './modules/other/defaults/index.ts'
import other from './modules/other/index.ts'
import switchEvents from './modules/switch-events/index.ts'
import switchTasks from './modules/switch-tasks/index.ts'
import { type FirstAdministrator, prepareFirstStart } from './modules/tenants/first-start.ts'
import tenants from './modules/tenants/index.ts'
import voicemail from './modules/voicemail/index.ts'
import xmlHandler from './modules/xml-handler/index.ts'
import authentication from './plugins/authentication.ts'
import bodies from './plugins/bodies.ts'
import chores from './plugins/chores.ts'
import database from './plugins/database.ts'
import documentation from './plugins/documentation.ts'
import errors, { refuseUnroutable } from './plugins/errors.ts'
import freeswitch from './plugins/freeswitch.ts'
import idempotency from './plugins/idempotency.ts'
import leadership from './plugins/leadership.ts'
import media from './plugins/media.ts'
import notifications from './plugins/notifications.ts'
import observation from './plugins/observation.ts'
import permissions from './plugins/permissions.ts'
import protection from './plugins/protection.ts'
import resources from './plugins/resources.ts'
import signIn from './plugins/sign-in.ts'
import switchRoutes from './plugins/switch-routes.ts'
import { withoutSuffix } from './rest/http/suffix.ts'

/** In the order of the API's index. */
const MODULES = [tenants, accounts, cdr, voicemail, dialplans, other, events, xmlHandler, switchTasks, switchEvents]

export type AppConfig = Config & { readonly databaseUrl: string }

declare module 'fastify' {
  interface FastifyInstance {
    config: AppConfig
    /** The administrator made by this start; null: there was one. */
    firstAdministrator: FirstAdministrator | null
  }
}

/** A ready application on a migrated database; it listens nowhere yet. Closing it closes its connections. */
export async function buildApp(config: AppConfig, modules = MODULES): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    loggerInstance: logger(config.logLevel) as FastifyBaseLogger,
    // One line a request, when it is answered (src/plugins/observation.ts).
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trusted(config.trustProxy),
    bodyLimit: config.limits.bodyBytes,
    requestTimeout: config.limits.requestTimeoutMs,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
    frameworkErrors: refuseUnroutable,
    rewriteUrl: ({ url = '/' }) => withoutSuffix(url),
    genReqId: () => randomUUID(),
    forceCloseConnections: 'idle',
  })
  app.decorate('config', config)
  app.decorate('firstAdministrator', null)

  await app.register(errors)
  await app.register(database)
  await app.register(notifications)
  await app.register(observation)
  await app.register(protection)
  await app.register(authentication)
  await app.register(permissions)
  await app.register(bodies)
  await app.register(chores)
  await app.register(media)
  await app.register(switchRoutes)
  await app.register(freeswitch)
  await app.register(leadership)
  await app.register(signIn)
  await app.register(idempotency)
  await app.register(resources)
  for (const module of modules) await app.register(module)
  await app.register(documentation)
  await app.ready()
  await ensureSwitchDefaults(app.prisma)
  app.firstAdministrator = await prepareFirstStart(app.pool, app.prisma, config.admin)
  return app
}

/** A number of hops is said as a function: that many proxies next to us are believed. */
function trusted(trustProxy: Config['trustProxy']) {
  return typeof trustProxy === 'number' ? (_address: string, hop: number) => hop < trustProxy : trustProxy
}
