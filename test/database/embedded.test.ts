import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { dataPathIn } from '../../src/database/embedded/place.ts'
import { readPidFile } from '../../src/database/embedded/postmaster.ts'
import { isRunning, processIdentity } from '../../src/database/embedded/processes.ts'
import { type EmbeddedOptions, type EmbeddedPostgres, startEmbedded } from '../../src/database/embedded.ts'
import { SCRATCH } from '../support/scratch.ts'

const isRoot = process.getuid?.() === 0
const parent = mkdtempSync(join(SCRATCH, 'pbx-api-embedded-'))
const dataDirectory = join(parent, 'data')
const dataPath = dataPathIn(dataDirectory)

let server: EmbeddedPostgres | undefined
const children: ChildProcess[] = []

async function start(options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedPostgres> {
  server = await startEmbedded({ dataDirectory, log: () => {}, ...options })
  return server
}

async function query(url: string, sql: string): Promise<Record<string, unknown> | undefined> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows[0]
  } finally {
    await client.end()
  }
}

/** Another process that starts the database on the same data, prints its URL, and then does as told. */
async function startElsewhere(then = 'setInterval(() => {}, 1000)'): Promise<{ child: ChildProcess; url: string }> {
  const module = resolve(import.meta.dirname, '../../src/database/embedded.ts')
  const code = `
    const { startEmbedded } = await import(${JSON.stringify(module)})
    const { url } = await startEmbedded({ dataDirectory: ${JSON.stringify(dataDirectory)}, log: () => {} })
    process.stdout.write(url)
    ${then}`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const [url] = await once(child.stdout, 'data')
  return { child, url: String(url) }
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

beforeAll(() => chmodSync(parent, 0o755))
afterEach(async () => {
  await server?.stop()
  server = undefined
})
afterAll(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) await kill(child)
  if (existsSync(dataPath)) await (await start()).stop() // whatever a failed test has left running
  rmSync(parent, { recursive: true, force: true })
})

describe('the embedded PostgreSQL', () => {
  test('prepares itself at the first start: UTF-8, UTC, a password of its own that nobody else can read', async () => {
    const { url, adopted } = await start()
    expect(adopted).toBe(false)
    expect(
      await query(url, `SELECT current_setting('server_encoding') AS encoding, current_setting('TimeZone') AS zone`),
    ).toEqual({ encoding: 'UTF8', zone: 'UTC' })
    expect(new URL(url).password.length).toBeGreaterThan(20)
    expect(statSync(join(dataDirectory, 'password')).mode & 0o777).toBe(0o600)
    const guess = new URL(url)
    guess.password = 'postgres'
    await expect(query(guess.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })
    await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer')
  })

  test('keeps its data, and prepares nothing, the second time', async () => {
    const messages: string[] = []
    const { url } = await start({ log: (message) => messages.push(message) })
    expect(messages).toEqual([])
    expect(await query(url, 'SELECT answer FROM kept')).toEqual({ answer: 42 })
  })

  test('listens on loopback only', async () => {
    const { url } = await start()
    expect(
      await query(
        url,
        `SELECT current_setting('listen_addresses') AS address, current_setting('unix_socket_directories') AS socket`,
      ),
    ).toEqual({ address: '127.0.0.1', socket: '' })
    const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
    for (const { address } of addresses.filter(({ family, internal }) => family === 'IPv4' && !internal)) {
      const outside = new URL(url)
      outside.hostname = address
      await expect(query(outside.href, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    }
  })

  test.runIf(isRoot && process.platform === 'linux')('runs as an unprivileged user when started by root', async () => {
    await start()
    const pid = readPidFile(dataPath)?.pid
    expect(statSync(`/proc/${pid}`).uid).not.toBe(0)
    expect(statSync(dataPath)).toMatchObject({ uid: statSync(`/proc/${pid}`).uid })
  })

  test.runIf(isRoot)(
    'keeps its data elsewhere, and says where, when that user may not enter the directory',
    async () => {
      const closed = join(parent, 'closed')
      mkdirSync(closed, { mode: 0o700 })
      const messages: string[] = []
      const { directory, url } = await start({
        dataDirectory: join(closed, 'data'),
        ephemeral: true,
        log: (message) => messages.push(message),
      })
      expect(await query(url, 'SELECT 1 AS one')).toEqual({ one: 1 })
      expect(messages.join('\n')).toContain(`The data are kept in ${directory}`)
      expect(directory).not.toContain(closed)
    },
  )

  test('removes ephemeral data when it stops', async () => {
    const { directory } = await start({ dataDirectory: join(parent, 'ephemeral'), ephemeral: true })
    await server?.stop()
    expect(existsSync(directory)).toBe(false)
    server = undefined
  })
})

describe('a second process on the same data', () => {
  test('is refused while the first lives, and leaves its database alone; a command may share it', async () => {
    const { child, url } = await startElsewhere()
    await expect(start()).rejects.toThrow(`Another pbx-api (process ${child.pid}) uses the data in ${dataDirectory}`)
    const shared = await start({ shareRunning: true })
    expect(shared).toMatchObject({ url, adopted: true })
    await shared.stop()
    expect(await query(url, 'SELECT answer FROM kept')).toEqual({ answer: 42 })
    await kill(child)
  })

  test('takes the server over after the first was killed, and stops it in the end', async () => {
    const { child, url } = await startElsewhere()
    await kill(child)
    const pid = readPidFile(dataPath)?.pid ?? 0
    expect(isRunning(pid)).toBe(true)
    const found = await start()
    expect(found).toMatchObject({ url, adopted: true })
    expect(await query(found.url, 'SELECT answer FROM kept')).toEqual({ answer: 42 })
    await found.stop()
    expect(isRunning(pid)).toBe(false)
  })

  test('finds nothing running when the first ended in any other way', async () => {
    const { child } = await startElsewhere('process.exit(1)')
    if (child.exitCode === null) await once(child, 'exit')
    expect((await start()).adopted).toBe(false)
  })

  test('is not deceived by process numbers that others have got since', async () => {
    // As after a restart of the machine: both files name a process that runs, but is not theirs.
    expect(processIdentity(process.pid)).toBeDefined()
    writeFileSync(join(dataDirectory, 'owner.pid'), `${process.pid} some earlier boot\n`)
    writeFileSync(join(dataPath, 'postmaster.pid'), `${process.pid}\n${dataPath}\n1\n1\n\n127.0.0.1\n\nready\n`)
    const { url } = await start()
    expect(await query(url, 'SELECT answer FROM kept')).toEqual({ answer: 42 })
  })

  test('is told what PostgreSQL says when that cannot start', async () => {
    const version = join(dataPath, 'PG_VERSION')
    const right = readFileSync(version, 'utf8')
    writeFileSync(version, '9\n')
    await expect(start()).rejects.toThrow(/PostgreSQL did not start:\n.*version 9/s)
    writeFileSync(version, right)
    expect((await start()).adopted).toBe(false)
  })
})
