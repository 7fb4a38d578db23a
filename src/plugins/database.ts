/** PostgreSQL for all: one pool, shared by the engine's statements and Prisma. */
import { PrismaPg } from '@prisma/adapter-pg'
import type { FastifyInstance } from 'fastify'
import plugin from 'fastify-plugin'
import type pg from 'pg'
import { createPool } from '../database/pool.ts'
import { PrismaClient } from '../generated/prisma/client.ts'

declare module 'fastify' {
  interface FastifyInstance {
    pool: pg.Pool
    prisma: PrismaClient
  }
}

async function database(app: FastifyInstance): Promise<void> {
  const { databaseUrl, databasePoolSize, limits } = app.config
  const pool = createPool({
    url: databaseUrl,
    max: databasePoolSize,
    statementTimeoutMs: limits.statementTimeoutMs,
    onConnectionLost: (error) => app.log.warn({ err: error }, 'a database connection was lost'),
  })
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: false }) })
  app.decorate('pool', pool)
  app.decorate('prisma', prisma)
  app.addHook('onClose', async () => {
    await prisma.$disconnect()
    await pool.end()
  })
}

export default plugin(database, { name: 'database', decorators: { fastify: ['config'] } })
