import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Binaries, findBinaries, findPackage } from './embedded/binaries.ts'
import { claim } from './embedded/owner.ts'
import { dataPathIn, findPlace, type Place, systemDirectory } from './embedded/place.ts'
import {
  findRunning,
  freePort,
  type Postmaster,
  send,
  stopServer,
  urlOf,
  waitUntilReady,
} from './embedded/postmaster.ts'

export interface EmbeddedOptions {
  /** Made when missing. Holds the data, their password and the server's log. */
  readonly dataDirectory: string
  /** Default: any free one. */
  readonly port?: number
  /** For tests: nothing is written through to the disk, and stopping removes the data. */
  readonly ephemeral?: boolean
  /** Connections at most. */
  readonly maxConnections?: number
  /**
   * When another pbx-api runs on the same data: use its server, and leave it running, instead of refusing to start.
   * For commands that run beside the API, never for a second API.
   */
  readonly shareRunning?: boolean
  readonly log: (message: string) => void
}

export interface EmbeddedPostgres {
  /** Connects as PostgreSQL's superuser to the database `postgres`. */
  readonly url: string
  /** Where the data are; not in `dataDirectory` when PostgreSQL's user may not enter that. */
  readonly directory: string
  /** The server ran already: left by a process that was killed, or shared. */
  readonly adopted: boolean
  /** Ends sessions and the server; a shared one goes on. */
  stop(): Promise<void>
}

/** Starts a real PostgreSQL from the programs npm installed: on loopback only, never as root, data kept between starts. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  findPackage() // before anything is made or changed
  const place = findPlace(options.dataDirectory, options.log)
  const dataPath = dataPathIn(place.directory)
  const claimed = await claim(join(place.directory, 'owner.pid'))
  if (claimed.owner !== undefined) return share(place, claimed.owner, options)
  // Whatever ends this process, save SIGKILL, ends the server too: nothing else would.
  let pid: number | undefined
  const onExit = () => {
    if (pid) send(pid, 'SIGINT')
    claimed.release()
  }
  process.once('exit', onExit)
  const release = () => {
    process.removeListener('exit', onExit)
    claimed.release()
  }
  try {
    const password = passwordOf(place)
    const left = await findRunning(dataPath, password)
    if (left) options.log(`Found the PostgreSQL (process ${left.pid}) that an earlier start left running`)
    pid = left?.pid
    const server = left ?? (await start(place, password, options, (launched) => (pid = launched)))
    const stop = async () => {
      await stopServer(server.pid)
      pid = undefined
      if (options.ephemeral) rmSync(place.directory, { recursive: true, force: true })
      release()
    }
    return { url: server.url, directory: place.directory, adopted: left !== undefined, stop }
  } catch (error) {
    release()
    throw error
  }
}

async function share(place: Place, owner: number, options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const whose = owner === process.pid ? 'This process already' : `Another pbx-api (process ${owner})`
  if (!options.shareRunning) {
    throw new Error(`${whose} uses the data in ${place.directory}: stop it first, or set DATABASE_URL.`)
  }
  const server = await findRunning(dataPathIn(place.directory), passwordOf(place))
  if (!server) throw new Error(`${whose} is about to start or to stop the database: try again in a moment.`)
  return { url: server.url, directory: place.directory, adopted: true, stop: async () => {} }
}

/** Made with the data, for these data alone, and readable by nobody else. */
function passwordOf({ directory }: Place): string {
  const file = join(directory, 'password')
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  if (existsSync(dataPathIn(directory))) throw new Error(`${file}, the password of the data beside it, is missing`)
  const password = randomBytes(24).toString('base64url')
  writeFileSync(file, `${password}\n`, { mode: 0o600 })
  return password
}

async function start(
  place: Place,
  password: string,
  options: EmbeddedOptions,
  onLaunch: (pid: number | undefined) => void,
): Promise<Postmaster> {
  const binaries = findBinaries(place.user, systemDirectory, options.log)
  const dataPath = dataPathIn(place.directory)
  if (!existsSync(dataPath)) initialise(place, password, binaries, options)
  const logFile = join(place.directory, 'postgresql.log')
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort())
    const pid = launch(binaries.postgres, dataPath, port, logFile, place, options)
    onLaunch(pid)
    if (pid && (await waitUntilReady(dataPath, pid))) return { pid, url: urlOf(port, password) }
    const output = readFileSync(logFile, 'utf8')
    // Children of a server that was killed may live on for a moment; a free port may be gone again.
    const passes = /pre-existing shared memory block|Address already in use|Address in use/i.test(output)
    if (!passes || attempt === 20) throw new Error(`PostgreSQL did not start:\n${output.trim().slice(-2000)}`)
    await sleep(250)
  }
}

/** PostgreSQL's own C.UTF-8: needs no locale of the machine, sorts by code point, and knows that é is É in lower case. */
const LOCALE = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']

/** The only variables PostgreSQL's programs see: none of a PGDATA, a locale or a TZ that happens to be set. */
const ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' }

function initialise(place: Place, password: string, binaries: Binaries, options: EmbeddedOptions): void {
  options.log(`Preparing a PostgreSQL database in ${place.directory}`)
  // In a directory of another name first: an interrupted preparation is never taken for a database.
  const unfinished = `${dataPathIn(place.directory)}.new`
  const passwordFile = join(place.directory, 'password.new')
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { mode: 0o700 })
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  if (place.user) for (const path of [unfinished, passwordFile]) chownSync(path, place.user.uid, place.user.gid)
  const flags = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', ...LOCALE, '--no-instructions']
  try {
    execFileSync(
      binaries.initdb,
      [
        `--pgdata=${unfinished}`,
        `--pwfile=${passwordFile}`,
        ...flags,
        ...(options.ephemeral ? ['--no-sync', '--set=scram_iterations=1'] : []),
      ],
      { ...place.user, cwd: place.directory, env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] },
    )
  } catch (error) {
    const { stderr, message } = error as { stderr?: Buffer; message: string }
    throw new Error(
      `PostgreSQL could not be prepared (set DATABASE_URL to use another): ${stderr?.toString().trim() || message}`,
      { cause: error },
    )
  } finally {
    rmSync(passwordFile, { force: true })
  }
  renameSync(unfinished, dataPathIn(place.directory))
}

/** Nothing has to outlive a crash, or to be tidied. */
const EPHEMERAL_SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: 0,
  autovacuum: 'off',
  jit: 'off',
}

/** Returns the number of the new process; undefined: it could not be started, and the log says why. */
function launch(
  program: string,
  dataPath: string,
  port: number,
  logFile: string,
  place: Place,
  options: EmbeddedOptions,
): number | undefined {
  const settings: Record<string, string | number> = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: options.maxConnections ?? 100,
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Refused statements are answered, and may hold what callers sent: the log is for the server's own troubles.
    log_min_messages: 'log',
    log_checkpoints: 'off',
    ...(options.ephemeral && EPHEMERAL_SETTINGS),
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = openSync(logFile, 'w', 0o600)
  try {
    const child = spawn(program, ['-D', dataPath, ...flags], {
      ...place.user,
      cwd: place.directory,
      env: ENVIRONMENT,
      // A Ctrl-C in the terminal reaches this process only, which ends its own work before it stops the server.
      detached: true,
      stdio: ['ignore', log, log],
    })
    child.once('error', (error) => writeFileSync(logFile, error.message))
    child.unref()
    return child.pid
  } finally {
    closeSync(log)
  }
}
