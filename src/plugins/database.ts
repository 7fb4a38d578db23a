/** PostgreSQL for all: one pool shared by the engine's statements and Prisma, and smaller ones for what is apart. */
import { PrismaPg } from '@prisma/adapter-pg'
import type { FastifyInstance } from 'fastify'
import plugin from 'fastify-plugin'
import type pg from 'pg'
import { Exports } from '../database/exports.ts'
import { Lane } from '../database/lane.ts'
import { createPool } from '../database/pool.ts'
import { PrismaClient } from '../generated/prisma/client.ts'

declare module 'fastify' {
  interface FastifyInstance {
    pool: pg.Pool
    /** For the modules' own statements, few and planned once. */
    statements: pg.Pool
    /** For reads of one row by its key only. */
    lane: Lane
    exports: Exports
    prisma: PrismaClient
  }
}

async function database(app: FastifyInstance): Promise<void> {
  const { databaseUrl, databasePoolSize, limits } = app.config
  const options = {
    url: databaseUrl,
    statementTimeoutMs: limits.statementTimeoutMs,
    onConnectionLost: (error: Error) => app.log.warn({ err: error }, 'a database connection was lost'),
  }
  const pool = createPool({ ...options, max: databasePoolSize })
  const statements = createPool({ ...options, max: Math.ceil(databasePoolSize / 2), genericPlans: true })
  const lane = new Lane(options)
  const exports = new Exports({ ...options, timeoutMs: limits.downloadTimeoutMs })
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: false }) })
  app.decorate('pool', pool)
  app.decorate('statements', statements)
  app.decorate('lane', lane)
  app.decorate('exports', exports)
  app.decorate('prisma', prisma)
  app.addHook('onClose', async () => {
    await prisma.$disconnect()
    await Promise.all([lane.close(), exports.close(), statements.end(), pool.end()])
  })
}

export default plugin(database, { name: 'database', decorators: { fastify: ['config'] } })
