import { resolve } from 'node:path'
import { defineConfig } from 'prisma/config'

// Prisma's commands download a schema engine unless one is named before they look for it. The one named here is
// Prisma's own, in WebAssembly from the npm registry. Set the variable to use another, native one.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= resolve(import.meta.dirname, 'tools/schema-engine.mjs')

export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
  // Only `prisma migrate` and `prisma db` connect; the server has its own configuration (src/config.ts).
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/pbx' },
})
