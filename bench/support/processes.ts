/** Servers, each a process of its own: ours, and those it is compared with. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ADMINISTRATOR, type BenchDatabase } from './data.ts'

export interface Program {
  readonly origin: string
  readonly pid: number
  /** Resident memory in bytes: now and at its highest; undefined where the system does not tell. */
  memory(): { current: number; peak: number } | undefined
  /** Lets it finish what it does. */
  stop(): Promise<void>
  /** Ends it as a power cut would. */
  kill(): Promise<void>
}

export interface ServerProcess extends Program {
  readonly name: 'ours' | 'ceiling'
}

export interface StartOptions {
  readonly poolSize: number
  /** Where Node leaves a CPU profile when the server stops. */
  readonly profileDirectory?: string
}

/** The built server and whatever the bench compiles, below `dist`. */
export const OURS = 'server.js'
const PROGRAMS = { ours: OURS, ceiling: 'bench/ceiling.js' } as const
export const ROOT = join(import.meta.dirname, '../..')
const START_TIMEOUT_MS = 120_000

/** Starts one of the servers and waits until it answers. */
export async function startServer(
  name: ServerProcess['name'],
  database: BenchDatabase,
  { poolSize, profileDirectory }: StartOptions,
): Promise<ServerProcess> {
  const program = await startProgram(PROGRAMS[name], {
    environment: { ...serverEnvironment(database.url, poolSize), UPDATED_BY: ADMINISTRATOR },
    ...(profileDirectory && { profileDirectory: join(profileDirectory, name) }),
  })
  return { ...program, name }
}

/** What every server of the bench is told. */
export const serverEnvironment = (databaseUrl: string, poolSize: number): Record<string, string> => ({
  DATABASE_URL: databaseUrl,
  DATABASE_POOL_SIZE: String(poolSize),
  LOG_LEVEL: 'warn',
  RATE_LIMIT_MAX: '0',
})

export interface ProgramOptions {
  readonly environment: Record<string, string>
  /** Default: any free one. */
  readonly port?: number
  readonly profileDirectory?: string
}

/** Starts a program below `dist` and waits until it answers on its port. */
export async function startProgram(path: string, options: ProgramOptions): Promise<Program> {
  const port = options.port ?? (await freePort())
  const { environment, profileDirectory } = options
  const flags = profileDirectory ? ['--cpu-prof', `--cpu-prof-dir=${profileDirectory}`] : []
  const child = spawn(process.execPath, [...flags, join(ROOT, 'dist', path)], {
    cwd: import.meta.dirname, // no .env of whoever runs this
    env: { PATH: process.env.PATH, ...environment, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  // Whatever ends the bench ends the server.
  const onExit = () => child.kill('SIGKILL')
  process.once('exit', onExit)
  child.once('exit', () => process.removeListener('exit', onExit))
  const origin = `http://127.0.0.1:${port}`
  await answering(path, child, origin)
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }
  return {
    origin,
    pid: child.pid!,
    memory: () => memoryOf(child.pid!),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
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

/** A port that is free now. */
export async function freePort(): Promise<number> {
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
