/** What a fresh system needs before anyone can use it: groups, an administrator, settings. Done once, by one server. */
import type { FastifyInstance } from 'fastify'
import plugin from 'fastify-plugin'
import { ensureAdministrator, ensureGroups } from '../../auth/users.ts'
import { DEFAULT_SETTINGS } from './settings.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The administrator made by this start, with the password where it was made up; null: there was one. */
    firstStart: { username: string; password?: string } | null
  }
}

async function firstStart(app: FastifyInstance): Promise<void> {
  await ensureGroups(app.pool)
  await ensureSettings(app)
  app.decorate('firstStart', await ensureAdministrator(app.pool, app.config.admin))
}

/** The default settings, when there are none at all: an operator who deleted one does not get it back. */
async function ensureSettings(app: FastifyInstance): Promise<void> {
  await app.prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(${SETTINGS_LOCK})::text`
    const some = await tx.defaultSetting.findFirst({ select: { id: true } })
    if (!some) await tx.defaultSetting.createMany({ data: [...DEFAULT_SETTINGS] })
  })
}

/** Servers that start at once make the settings once between them. */
const SETTINGS_LOCK = 7_209_402

export default plugin(firstStart, { name: 'first-start', dependencies: ['database'] })
