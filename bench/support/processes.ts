/** The two servers, each a process of its own on the same database. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ADMINISTRATOR, type BenchDatabase } from './data.ts'

export interface ServerProcess {
  readonly name: 'ours' | 'ceiling'
  readonly origin: string
  /** Resident memory in bytes: now and at its highest; undefined where the system does not tell. */
  memory(): { current: number; peak: number } | undefined
  stop(): Promise<void>
}

export interface StartOptions {
  readonly poolSize: number
  /** Where Node leaves a CPU profile when the server stops. */
  readonly profileDirectory?: string
}

const PROGRAMS = { ours: 'dist/server.js', ceiling: 'dist/bench/ceiling.js' } as const
const ROOT = join(import.meta.dirname, '../..')
const START_TIMEOUT_MS = 30_000

/** Starts one of the servers and waits until it answers. */
export async function startServer(
  name: ServerProcess['name'],
  database: BenchDatabase,
  { poolSize, profileDirectory }: StartOptions,
): Promise<ServerProcess> {
  const port = await freePort()
  const flags = profileDirectory ? ['--cpu-prof', `--cpu-prof-dir=${join(profileDirectory, name)}`] : []
  const child = spawn(process.execPath, [...flags, join(ROOT, PROGRAMS[name])], {
    cwd: import.meta.dirname, // no .env of whoever runs this
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: database.url,
      DATABASE_POOL_SIZE: String(poolSize),
      PORT: String(port),
      LOG_LEVEL: 'warn',
      RATE_LIMIT_MAX: '0',
      UPDATED_BY: ADMINISTRATOR,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  // Whatever ends the bench ends the server.
  const onExit = () => child.kill('SIGKILL')
  process.once('exit', onExit)
  child.once('exit', () => process.removeListener('exit', onExit))
  const origin = `http://127.0.0.1:${port}`
  await answering(name, child, origin)
  return {
    name,
    origin,
    memory: () => memoryOf(child.pid!),
    async stop() {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

async function answering(name: string, child: ChildProcess, origin: string): Promise<void> {
  const until = Date.now() + START_TIMEOUT_MS
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode} before it answered`)
    try {
      await fetch(`${origin}/healthz`)
      return
    } catch {
      await sleep(50)
    }
  }
  child.kill('SIGKILL')
  throw new Error(`${name} did not answer within ${START_TIMEOUT_MS / 1000} seconds`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

function memoryOf(pid: number): { current: number; peak: number } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)![1]) * 1024
    return { current: bytes('VmRSS'), peak: bytes('VmHWM') }
  } catch {
    return undefined // not Linux
  }
}
