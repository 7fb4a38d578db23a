import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { commandOf, isRunning } from './processes.ts'

/** A PostgreSQL server that is ready. */
export interface Postmaster {
  readonly pid: number
  readonly url: string
}

/** How long a server may take to recover, or to finish stopping. */
const READY_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_MS = 20_000
const POLL_MS = 20

/** What PostgreSQL answers while it starts, recovers or stops, and the system while no port is open yet. */
const NOT_YET = new Set(['57P03', '57P01', 'ECONNREFUSED', 'ECONNRESET'])

/** What PostgreSQL writes into its own pid file; undefined: there is none, or not a whole one. */
export function readPidFile(dataPath: string): { pid: number; port: number; ready: boolean } | undefined {
  const file = join(dataPath, 'postmaster.pid')
  if (!existsSync(file)) return undefined
  const lines = readFileSync(file, 'utf8').split('\n')
  const [pid, port] = [Number(lines[0]), Number(lines[3])]
  return pid ? { pid, port, ready: lines[7]?.trim() === 'ready' } : undefined
}

/**
 * Finds a server that already runs on the data, left by a process that was killed. That it takes the data's own
 * password and names the same directory proves that it is ours. Waits for one that starts or stops.
 */
export async function findRunning(dataPath: string, password: string): Promise<Postmaster | undefined> {
  const deadline = Date.now() + READY_TIMEOUT_MS
  for (;;) {
    const found = readPidFile(dataPath)
    if (!found || !isRunning(found.pid)) return undefined
    const program = basename(commandOf(found.pid)?.split(/[\s:]/)[0] ?? 'postgres')
    if (!program.startsWith('postgres')) {
      // After a restart of the machine another program has the number, and PostgreSQL would refuse to start.
      rmSync(join(dataPath, 'postmaster.pid'), { force: true })
      return undefined
    }
    const url = urlOf(found.port, password)
    const trouble = found.port ? await check(url, dataPath) : 'it has no port yet'
    if (trouble === undefined) return { pid: found.pid, url }
    if (Date.now() > deadline) {
      throw new Error(
        `A PostgreSQL (process ${found.pid}) holds ${dataPath}, but cannot be used: ${trouble}. Stop it, or set DATABASE_URL.`,
      )
    }
    await sleep(POLL_MS * 5)
  }
}

/** Waits until the server with this number says it is ready; false: it ended. */
export async function waitUntilReady(dataPath: string, pid: number): Promise<boolean> {
  const deadline = Date.now() + READY_TIMEOUT_MS
  while (isRunning(pid)) {
    const found = readPidFile(dataPath)
    if (found?.pid === pid && found.ready) return true
    if (Date.now() > deadline) {
      await stopServer(pid)
      return false
    }
    await sleep(POLL_MS)
  }
  return false
}

/** Ends sessions and stops the server; one that takes too long is made to stop as in a power cut, which it survives. */
export async function stopServer(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!send(pid, signal)) return
    const deadline = Date.now() + STOP_TIMEOUT_MS
    while (Date.now() < deadline) {
      if (!isRunning(pid)) return
      await sleep(POLL_MS)
    }
  }
  throw new Error(`PostgreSQL (process ${pid}) does not stop`)
}

/** Asks for a fast shutdown without waiting for it; false: there is no such process. */
export function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

export const urlOf = (port: number, password: string) => `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`

/** A port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer()
    probe.once('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** What is wrong with the server behind the URL; undefined: nothing. Throws when waiting does not help. */
async function check(url: string, dataPath: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000, ssl: false })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ path: string }>(`SELECT current_setting('data_directory') AS path`)
    const path = rows[0]?.path ?? ''
    if (realpathSync(path) === realpathSync(dataPath)) return undefined
    throw new Error(`The PostgreSQL at ${new URL(url).host} serves ${path}, not ${dataPath}`)
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    if (NOT_YET.has(code)) return message
    throw new Error(`A PostgreSQL already runs on ${dataPath}, but cannot be used: ${message}`, { cause: error })
  } finally {
    await client.end().catch(() => {})
  }
}
