import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '../../src/database/migrate.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { SCRATCH } from '../support/scratch.ts'

const root = resolve(import.meta.dirname, '../..')

/** Runs Prisma's command line on a database; never throws. */
function prisma(url: string, ...words: string[]): Promise<{ code: number; output: string }> {
  const command = join(root, 'node_modules/prisma/build/index.js')
  const env = { ...process.env, DATABASE_URL: url, CHECKPOINT_DISABLE: '1', NO_COLOR: '1' }
  return new Promise((done) => {
    execFile(process.execPath, [command, ...words], { cwd: root, env }, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    )
  })
}

const difference = (url: string) =>
  prisma(url, 'migrate', 'diff', '--from-config-datasource', '--to-schema=prisma/schema', '--exit-code')

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

describe('the migrations', () => {
  let database: TestDatabase

  beforeAll(async () => {
    database = await createDatabase()
  })
  afterAll(() => database.drop())

  test('yield exactly the Prisma schema', async () => {
    expect(await difference(database.url)).toMatchObject({ code: 0, output: expect.stringContaining('No difference') })
  })

  test('are, to Prisma’s own command line, all applied', async () => {
    const { code, output } = await prisma(database.url, 'migrate', 'status')
    expect(output).toContain('Database schema is up to date!')
    expect(code).toBe(0)
  })

  test('would be found wanting if a default were missing', async () => {
    const other = await createDatabase()
    await query(other.url, 'ALTER TABLE extensions ALTER COLUMN directory_visible DROP DEFAULT')
    expect(await difference(other.url)).toMatchObject({ code: 2, output: expect.stringContaining('directory_visible') })
    await other.drop()
  })
})

describe('migrate', () => {
  const directory = mkdtempSync(join(SCRATCH, 'pbx-api-migrations-'))
  let database: TestDatabase

  beforeAll(async () => {
    database = await createDatabase('nothing')
    write(
      '1_good',
      "CREATE TABLE good (id INTEGER);\nCREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT ';' $$;",
    )
  })
  afterAll(async () => {
    await database.drop()
    rmSync(directory, { recursive: true })
  })

  function write(name: string, sql: string): void {
    mkdirSync(join(directory, name), { recursive: true })
    writeFileSync(join(directory, name, 'migration.sql'), sql)
  }

  test('applies what is due once, however many servers start together', async () => {
    const applied = await Promise.all([1, 2, 3].map(() => migrate(database.url, undefined, directory)))
    expect(applied.flat()).toEqual(['1_good'])
    expect(await migrate(database.url, undefined, directory)).toEqual([])
  })

  test('keeps nothing of a migration that fails, says which and why, and applies it once it is right', async () => {
    write('2_bad', 'CREATE TABLE half (id INTEGER);\n\nALTER TABLE missing ADD COLUMN a INTEGER;')
    await expect(migrate(database.url, undefined, directory)).rejects.toThrow(
      /^Migration 2_bad failed.*: relation "missing" does not exist$/,
    )
    expect(await query(database.url, `SELECT to_regclass('half') AS half`)).toEqual([{ half: null }])
    write('2_bad', 'CREATE TABLE half (id INTEGER);\nSELECT nothing;')
    await expect(migrate(database.url, undefined, directory)).rejects.toThrow(
      'Migration 2_bad failed at line 2: column',
    )
    write('2_bad', 'CREATE TABLE half (id INTEGER);')
    expect(await migrate(database.url, undefined, directory)).toEqual(['2_bad'])
  })

  test('tells of a migration that was edited or is not known', async () => {
    const messages: string[] = []
    write('1_good', 'CREATE TABLE other (id INTEGER);')
    rmSync(join(directory, '2_bad'), { recursive: true })
    await migrate(database.url, (message) => messages.push(message), directory)
    expect(messages.sort()).toEqual([
      'Migration 1_good was edited after it had been applied',
      'The database has migration 2_bad, which this version does not know',
    ])
  })

  test('does not go on after a migration that Prisma’s command line left unfinished', async () => {
    await query(
      database.url,
      `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'x', '3_begun') RETURNING 1`,
    )
    await expect(migrate(database.url, undefined, directory)).rejects.toThrow('Migration 3_begun was begun by Prisma')
  })
})
