/** An import that is stopped, or fails, or runs twice at once leaves each file where the next run finds it, or moved. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from 'vitest'
import { Intake } from '../../../src/modules/cdr/intake/intake.ts'
import { type ImportOptions, importSpool } from '../../../src/modules/cdr/intake/spool.ts'
import { databaseOn } from '../../../src/rest/database.ts'
import { testWorld, type World } from '../../support/app.ts'
import { countOf, emptied, expectTotalsRight, madeRecord } from '../../support/records.ts'
import { SCRATCH } from '../../support/scratch.ts'

const FILES = 80
/** Files that are under way together. */
const AT_ONCE = 16

let world: World
let folder: string
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())
beforeEach(async () => {
  folder = await mkdtemp(join(SCRATCH, 'spool-'))
  for (let index = 0; index < FILES; index += 1) {
    await writeFile(join(folder, `a_${randomUUID()}.cdr.xml`), encodeURIComponent(madeRecord()))
  }
})
afterEach(async () => {
  await rm(folder, { recursive: true })
  await emptied(world.app.pool)
})

const run = (options: Partial<ImportOptions> = {}) => {
  const intake = new Intake(databaseOn(world.app.pool), [])
  return importSpool(intake, folder, { mostBytes: 10_000, ...options })
}
const waiting = async () => (await readdir(folder)).filter((name) => name.endsWith('.xml')).length
const moved = async () => (await readdir(join(folder, 'imported')).catch(() => [])).length

/** Every record is in the table, in the folder, or both; never in neither. */
async function expectNothingLost(): Promise<void> {
  expect((await waiting()) + (await moved())).toBe(FILES)
  expect(await countOf(world.app.pool, 'xml_cdrs')).toBeGreaterThanOrEqual(await moved())
}
async function expectAllStored(): Promise<void> {
  expect([await waiting(), await moved()]).toEqual([0, FILES])
  expect(await countOf(world.app.pool, 'xml_cdrs')).toBe(FILES)
  expect(await countOf(world.app.pool, 'cdr_rejects')).toBe(0)
  await expectTotalsRight(world.app.pool)
}

it('a run that is stopped ends what it began, and the next one does the rest', async () => {
  const stop = new AbortController()
  const told: number[] = []
  const done = await run({
    signal: stop.signal,
    onProgress({ stored }) {
      told.push(stored)
      if (stored === 5) stop.abort()
    },
  })
  expect(done.stored).toBeGreaterThanOrEqual(5)
  expect(done.stored).toBeLessThanOrEqual(5 + AT_ONCE)
  expect(told).toEqual(Array.from({ length: done.stored }, (_, index) => index + 1))
  expect([await waiting(), await moved()]).toEqual([FILES - done.stored, done.stored])
  expect(await run()).toEqual({ stored: FILES - done.stored, rejected: 0, dropped: 0, left: 0 })
  await expectAllStored()
})

it('a run that was stopped before it began does nothing', async () => {
  expect(await run({ signal: AbortSignal.abort() })).toEqual({ stored: 0, rejected: 0, dropped: 0, left: 0 })
  expect(await waiting()).toBe(FILES)
})

it('a run that loses the database fails, keeps what is not stored, and the next one stores it', async () => {
  const admin = new pg.Client({ connectionString: inject('cluster').url })
  await admin.connect()
  const database = new URL(world.app.config.databaseUrl).pathname.slice(1)
  let outage: Promise<unknown> | undefined
  const breakOff = async () => {
    await admin.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS false`)
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [database])
  }
  const slow = new Intake(databaseOn(world.app.pool), [])
  const store = slow.store.bind(slow)
  slow.store = async (received) => {
    await outage
    return store(received)
  }
  const failing = importSpool(slow, folder, {
    mostBytes: 10_000,
    onProgress() {
      outage ??= breakOff()
    },
  })
  await expect(failing).rejects.toThrow()
  await admin.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS true`)
  await admin.end()
  expect(await waiting()).toBeGreaterThan(0)
  await expectNothingLost()
  await run()
  await expectAllStored()
})

it('a file that cannot be moved is stored, and once, when the next run moves it', async () => {
  await writeFile(join(folder, 'imported'), 'in the way')
  await expect(run()).rejects.toMatchObject({ code: 'EEXIST' })
  expect(await waiting()).toBe(FILES)
  await rm(join(folder, 'imported'))
  await run()
  await expectAllStored()
})

it('two runs at once store each record once, and neither minds the other', async () => {
  const both = await Promise.all([run(), run(), run()])
  expect(both.reduce((sum, { stored }) => sum + stored, 0)).toBeGreaterThanOrEqual(FILES)
  await expectAllStored()
})

it('a file that somebody takes away meanwhile is nobody’s fault', async () => {
  const names = (await readdir(folder)).slice(-20)
  let taken: Promise<unknown> | undefined
  await run({
    onProgress() {
      taken ??= Promise.all(names.map((name) => rm(join(folder, name), { force: true })))
    },
  })
  await taken
  expect(await waiting()).toBe(0)
})

it('files that cannot be moved away make the run fail, and stay', async () => {
  const names = await readdir(folder)
  await writeFile(join(folder, 'imported'), 'a file where the folder should be')
  await expect(run()).rejects.toMatchObject({ code: 'EEXIST' })
  expect(await readdir(folder)).toEqual(expect.arrayContaining(names))
})
