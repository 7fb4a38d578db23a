/** What a fresh system needs before anyone can use it: groups, an administrator, settings. Done once, by one server. */
import type { Queries } from '../../auth/queries.ts'
import { ensureAdministrator, ensureGroups } from '../../auth/users.ts'
import type { PrismaClient } from '../../generated/prisma/client.ts'
import { DEFAULT_SETTINGS } from './settings.ts'

/** The administrator made by this start, with the password where it was made up. */
export interface FirstAdministrator {
  readonly username: string
  readonly password?: string
}

/** Makes what is missing; gives the administrator if there was none before. */
export async function prepareFirstStart(
  queries: Queries,
  prisma: PrismaClient,
  admin: { readonly username: string; readonly password?: string },
): Promise<FirstAdministrator | null> {
  await ensureGroups(queries)
  await ensureSettings(prisma)
  return ensureAdministrator(queries, admin)
}

/** The default settings, when there are none at all: an operator who deleted one does not get it back. */
async function ensureSettings(prisma: PrismaClient): Promise<void> {
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(${SETTINGS_LOCK})::text`
    const some = await tx.defaultSetting.findFirst({ select: { id: true } })
    if (!some) await tx.defaultSetting.createMany({ data: [...DEFAULT_SETTINGS] })
  }, PATIENCE)
}

/** Servers wait for each other here, and a machine that has just started may be slow: neither keeps one from starting. */
const PATIENCE = { maxWait: 60_000, timeout: 60_000 }

/** Servers that start at once make the settings once between them. */
const SETTINGS_LOCK = 7_209_402
