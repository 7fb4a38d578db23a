/** What a switch could not deliver is stored from its folder, and no file is lost on the way. */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { sample } from '../freeswitch/sample.ts'
import { testWorld, type World } from '../support/app.ts'
import { runCommand } from '../support/command.ts'
import { asJson, countOf, emptied, madeRecord, ORIGINATOR, postRecord } from '../support/records.ts'
import { SCRATCH } from '../support/scratch.ts'

const PROGRAM = new URL('../../src/cli/main.ts', import.meta.url).pathname

let world: World
let folder: string
beforeAll(async () => {
  world = await testWorld()
  await world.app.prisma.domain.create({ data: { name: 'example.com', portal_name: 'example' } })
})
afterAll(() => world?.close())
beforeEach(async () => {
  folder = await mkdtemp(join(SCRATCH, 'spool-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
  await emptied(world.app.pool)
})

const LONG_AGO = new Date('2024-01-01T00:00:00Z')
/** Writes a file as mod_xml_cdr does where it cannot deliver. */
async function spooled(body: string | Buffer, name = `a_${randomUUID()}.cdr.xml`, written = LONG_AGO): Promise<string> {
  await writeFile(join(folder, name), body)
  await utimes(join(folder, name), written, written)
  return name
}
const encoded = (body: string | Buffer) => encodeURIComponent(String(body))
const files = async (...below: string[]): Promise<string[]> => (await readdir(join(folder, ...below))).sort()
const pbx = (words: string, environment: Record<string, string> = {}) =>
  runCommand(words, { DATABASE_URL: world.app.config.databaseUrl, ...environment })
async function imported(environment: Record<string, string> = {}) {
  const answer = await pbx(`cdr import ${folder} --json`, environment)
  expect(answer).toMatchObject({ code: 0 })
  return { ...JSON.parse(answer.out), err: answer.err }
}
const NONE = { stored: 0, rejected: 0, dropped: 0, left: 0, err: '' }

describe('the files', () => {
  it('that hold records are stored, in every form, and moved as they are', async () => {
    const answered = await spooled(encoded(sampleXml()), 'a_6508d3a7-d67b-446a-93af-39148f274fb1.cdr.xml')
    const plain = await spooled(sample('cdr-click-to-dial.xml'), 'a_5f3dda55-e7c4-485f-a8ea-c589dcb1d02f.cdr.xml')
    const json = await spooled(asJson(sample('cdr-missed-POST.txt')), '7525bfa9-d5b4-466d-95c7-d7a382f30ac6.cdr.json')
    expect(await imported()).toEqual({ ...NONE, stored: 3 })
    expect(await files()).toEqual(['imported'])
    expect(await files('imported')).toEqual([answered, plain, json].sort())
    expect(await readFile(join(folder, 'imported', answered), 'utf8')).toBe(encoded(sampleXml()))
    const { rows } = await world.app.pool.query('SELECT call_uuid, domain_name FROM xml_cdrs ORDER BY 1')
    const uuids = [answered, plain, json].map((name) => name.replace(/^a_|\.cdr\.\w+$/g, '')).sort()
    expect(rows).toEqual(uuids.map((call_uuid) => ({ call_uuid, domain_name: 'example.com' })))
  })

  it('that hold none are rejected, with the reason, and can be tried again', async () => {
    const junk = await spooled('junk')
    const stranger = await spooled(encoded(madeRecord({ domain_name: 'later.example' })))
    const { err, ...told } = await imported()
    expect(told).toEqual({ stored: 0, rejected: 2, dropped: 0, left: 0 })
    expect(err).toContain(`${junk}: The body holds no call record in XML or JSON.\n`)
    expect(err).toContain(`${stranger}: There is no domain later.example.\n`)
    expect(await files('rejected')).toEqual([junk, stranger].sort())
    const { rows } = await world.app.pool.query('SELECT source, call_uuid FROM cdr_rejects ORDER BY reason')
    expect(rows).toEqual(
      [junk, stranger].map((name) => ({ source: join(folder, name), call_uuid: name.replace('.cdr.xml', '') })),
    )
    await world.app.prisma.domain.create({ data: { name: 'later.example', portal_name: 'later' } })
    const retried = await world.call(world.admin.token, 'POST', '/api/cdr_rejects/retry_all/')
    expect(retried.json).toEqual({ stored: 1, rejected: 1 })
  })

  it('of b legs are dropped, or stored where these are wanted', async () => {
    const body = encoded(madeRecord({ direction: 'outbound' }, ORIGINATOR))
    const name = await spooled(body, `${randomUUID()}.cdr.xml`)
    expect(await imported()).toEqual({ ...NONE, dropped: 1 })
    expect(await files('dropped')).toEqual([name])
    await spooled(body, name)
    expect(await imported({ CDR_B_LEGS: 'outbound' })).toEqual({ ...NONE, stored: 1 })
  })

  it('that the switch is still writing are left until they are whole', async () => {
    const half = encoded(madeRecord()).slice(0, 200)
    const name = await spooled(half, undefined, new Date())
    expect(await imported()).toEqual({ ...NONE, left: 1, err: expect.stringContaining(`${name}: `) })
    expect(await files()).toEqual([name])
    expect(await countOf(world.app.pool, 'cdr_rejects')).toBe(0)
    await spooled(encoded(madeRecord()), name, new Date())
    expect(await imported()).toEqual({ ...NONE, stored: 1 })

    const abandoned = await spooled(half)
    expect(await imported()).toMatchObject({ rejected: 1, left: 0 })
    expect(await files('rejected')).toEqual([abandoned])
  })

  it('that are too large are left, with a word', async () => {
    const name = await spooled(madeRecord({ x: 'x'.repeat(5000) }))
    const { left, err } = await imported({ SWITCH_BODY_LIMIT_BYTES: '4000' })
    expect([left, err]).toEqual([1, `${name}: It is larger than 4000 bytes.\n`])
    expect(await files()).toEqual([name])
  })

  it('that are none of the switch’s records are left alone', async () => {
    await mkdir(join(folder, `a_${randomUUID()}.cdr.xml`))
    for (const name of ['notes.txt', 'a_1.cdr.xml.tmp', 'cdr.xml', '.hidden']) await spooled('x', name)
    const before = await files()
    expect(await imported()).toEqual(NONE)
    expect(await files()).toEqual(before)
  })

  it('of records that are there already, by HTTP or from another folder, are moved and stored once', async () => {
    const body = madeRecord()
    await postRecord(world.app, { body })
    await spooled(encoded(body), `a_1.cdr.xml`)
    await spooled(encoded(body), `a_2.cdr.xml`)
    expect(await imported()).toEqual({ ...NONE, stored: 2 })
    await spooled(encoded(body), `a_1.cdr.xml`)
    expect(await imported()).toEqual({ ...NONE, stored: 1 })
    expect(await files('imported')).toEqual(['a_1.cdr.xml', 'a_2.cdr.xml'])
    expect(await countOf(world.app.pool, 'xml_cdrs')).toBe(1)
  })
})

/** As the file holds it: without the field's name. */
const sampleXml = () => decodeURIComponent(String(sample('cdr-answered-POST.txt')).slice('cdr='.length))

describe('the command', () => {
  it('tells what became of the files, in lines or as JSON, and the progress beside it', async () => {
    for (let index = 0; index < 20; index += 1) await spooled(encoded(madeRecord()))
    // A second goes by each time that somebody looks.
    let now = Date.now()
    vi.spyOn(Date, 'now').mockImplementation(() => {
      now += 1000
      return now
    })
    const { code, out, err } = await pbx(`cdr import ${folder}`)
    expect(code).toBe(0)
    expect(out).toMatch(/stored/i)
    expect(out).toContain('20')
    expect(err).toMatch(/^(\d+ stored, 0 rejected, 0 dropped, 0 left\n)+$/)
  })

  it.each([
    ['that is not there', '/nosuch', 'is no directory.'],
    ['that is a file', '/a.txt', 'is no directory.'],
  ])('says that a folder %s is none', async (_what, path, message) => {
    await spooled('x', 'a.txt')
    const answer = await pbx(`cdr import ${folder}${path}`)
    expect(answer).toEqual({ code: 1, out: '', err: `Error: ${folder}${path} ${message}\n` })
  })

  it.each([
    ['postgresql://nobody@127.0.0.1:1/none', 'connect ECONNREFUSED 127.0.0.1:1'],
    ['postgresql://nobody@%2Fnosuch/none', 'connect ENOENT /nosuch/.s.PGSQL.5432'],
  ])('says in a line that the database at %s cannot be reached, and leaves the files', async (url, message) => {
    const name = await spooled(encoded(madeRecord()))
    const answer = await pbx(`cdr import ${folder}`, { DATABASE_URL: url })
    expect(answer).toEqual({ code: 1, out: '', err: `Error: ${message}\n` })
    expect(await files()).toEqual([name])
  })

  it('explains itself with examples', async () => {
    const { code, out } = await pbx('cdr import --help')
    expect([code, out]).toEqual([0, expect.stringMatching(/Examples?:\n {2}pbx-api cdr import \S/)])
  })

  it('stops at a signal when the files under way are done, and goes on from there', async () => {
    for (let index = 0; index < 60; index += 1) await spooled(encoded(madeRecord()))
    const { databaseUrl } = world.app.config
    const blocker = new pg.Client({ connectionString: databaseUrl })
    await blocker.connect()
    await blocker.query('BEGIN; LOCK TABLE xml_cdrs')
    const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, 'cdr', 'import', folder, '--json'], {
      env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl },
    })
    const said = Promise.all([text(child.stdout), text(child.stderr)])
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    const waits = async () =>
      (
        await blocker.query(`SELECT FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database
        WHERE datname = current_database())`)
      ).rowCount
    await expect.poll(waits, { timeout: 20_000 }).toBeGreaterThan(0)
    child.kill('SIGTERM')
    await new Promise((resolve) => child.stderr.once('data', resolve))
    await blocker.query('ROLLBACK')
    await blocker.end()
    const [out, err] = await said
    expect(await ended).toBe(1)
    expect(err).toMatch(
      /^Stopping when the files under way are done\.\n[\s\S]*Error: It was stopped; run it again for the rest\.\n$/,
    )
    const { stored } = JSON.parse(out)
    expect(stored).toBe(16)
    expect(await files('imported')).toHaveLength(16)
    expect(await imported()).toEqual({ ...NONE, stored: 44 })
    expect(await countOf(world.app.pool, 'xml_cdrs')).toBe(60)
  })
})

it('files keep their times and names where they go', async () => {
  const name = await spooled(encoded(madeRecord()))
  await imported()
  expect((await stat(join(folder, 'imported', name))).mtime).toEqual(LONG_AGO)
})
