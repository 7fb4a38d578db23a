import closeWithGrace from 'close-with-grace'
import { buildApp } from './app.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { startEmbedded } from './database/embedded.ts'
import { MigrationError, migrate } from './database/migrate.ts'

/** npm passes a Ctrl-C on that the terminal has sent to every process already: that is one wish to stop, not two. */
const SAME_WISH_MS = 500
/** On top of the longest request: for PostgreSQL to stop. */
const STOP_TIMEOUT_MS = 25_000
/** Connections the embedded PostgreSQL keeps for listeners, commands and people beside the pool. */
const SPARE_CONNECTIONS = 40

/** What is undone when the process ends, in the order it was done. */
const steps: (() => Promise<unknown>)[] = []

/** The process: configuration, database, migrations, application, until a signal ends it. */
async function main(config: Config): Promise<void> {
  stopOnSignals(config)
  const databaseUrl = config.databaseUrl ?? (await startDatabase(config))
  await migrate(databaseUrl, print).catch((error: unknown) => {
    if (error instanceof MigrationError) throw error
    throw new Error(`The database cannot be used: ${explain(error)}`, { cause: error })
  })
  const app = await buildApp({ ...config, databaseUrl })
  steps.push(() => app.close())
  await app.listen({ host: config.host, port: config.port })
  const url = config.publicUrl ?? app.listeningOrigin
  const { username = config.admin.username, password } = app.firstAdministrator ?? {}
  if (password) print(`The administrator "${username}" was made, with the password ${password} (shown this once)`)
  print(`pbx-api listens on ${url}`)
  print(`Documentation: ${url}/api/docs/`)
  print(
    `Sign in: curl -X POST ${url}/api-auth/login/ -H "Content-Type: application/json" ` +
      `-d '{"username": "${username}", "password": "PASSWORD"}'`,
  )
}

async function startDatabase(config: Config): Promise<string> {
  const server = await startEmbedded({
    dataDirectory: config.dataDirectory,
    maxConnections: config.databasePoolSize + SPARE_CONNECTIONS,
    log: print,
  })
  steps.push(() => server.stop())
  return server.url
}

/** Ends what was begun, last first: requests under way finish before the database goes. */
async function stop(): Promise<void> {
  for (let step = steps.pop(); step; step = steps.pop()) await step()
}

function stopOnSignals(config: Config): void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const grace = closeWithGrace(
    { delay: config.limits.requestTimeoutMs + STOP_TIMEOUT_MS, skip: [...signals], logger: { error: complain } },
    async ({ err }) => {
      if (err) complain(err.stack ?? err.message)
      await stop()
    },
  )
  let firstAt: number | undefined
  for (const signal of signals) {
    process.on(signal, () => {
      if (firstAt === undefined) {
        firstAt = Date.now()
        grace.close()
      } else if (Date.now() - firstAt > SAME_WISH_MS) {
        process.exit(1)
      }
    })
  }
}

const print = (line: string): unknown => process.stdout.write(`${line}\n`)
const complain = (line: unknown): unknown => process.stderr.write(`${line}\n`)

/** One sentence on why the start failed, in the words of whoever has to mend it. */
function explain(error: unknown): string {
  const { message, code, errors } = error as NodeJS.ErrnoException & { errors?: Error[] }
  if (error instanceof ConfigError) return message
  if (code === 'EADDRINUSE') return `${message.replace(/^listen EADDRINUSE: /, '')}: set another PORT.`
  // A host with several addresses fails with one error for each, and no message of its own.
  return message || errors?.map((each) => each.message).join(', ') || String(error)
}

try {
  await main(readConfig())
} catch (error) {
  complain(`pbx-api did not start: ${explain(error)}`)
  await stop().catch((failure: unknown) => complain(explain(failure)))
  process.exit(1)
}
