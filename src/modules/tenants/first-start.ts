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
  const some = await app.prisma.defaultSetting.findFirst({ select: { id: true } })
  if (!some) await app.prisma.defaultSetting.createMany({ data: [...DEFAULT_SETTINGS] })
}

export default plugin(firstStart, { name: 'first-start', dependencies: ['database'] })
