import pg from 'pg'

export interface PoolOptions {
  readonly url: string
  /** PostgreSQL cancels a statement that takes longer; 0 lets it run. */
  readonly statementTimeoutMs: number
  /** Connections at most. */
  readonly max?: number
  /** The name PostgreSQL shows in pg_stat_activity. */
  readonly applicationName?: string
  /**
   * Sends a query before the answer to the one before it has arrived, on every connection of the pool. Off by
   * default: a transaction's later queries would then be sent although an earlier one failed, and a query's time-out
   * ends those behind it.
   */
  readonly pipeline?: boolean
  /**
   * Plans a prepared statement once, whatever its values: for statements that are few and whose best plan does not
   * hang on them. Planning over many partitions takes longer than most of them.
   */
  readonly genericPlans?: boolean
  /** Told when an idle connection is lost (PostgreSQL restarted, the network went away). The pool makes a new one. */
  readonly onConnectionLost?: (error: Error) => void
}

/** How long a request waits for a connection before it fails, so that a database out of reach is an error, not a hang. */
const CONNECTION_TIMEOUT_MS = 10_000
/** Prepared statements live in their connection: keep it longer than pg's ten seconds. */
const IDLE_TIMEOUT_MS = 60_000

/** Connections to PostgreSQL on which times are UTC, in ISO form, and no statement runs longer than allowed. */
export function createPool(options: PoolOptions): pg.Pool {
  const { url, ownOptions } = splitOptions(options.url)
  const plans = options.genericPlans ? ' -c plan_cache_mode=force_generic_plan' : ''
  const settings = `-c TimeZone=UTC -c DateStyle=ISO -c statement_timeout=${Math.trunc(options.statementTimeoutMs)}${plans}`
  const pool = new pg.Pool({
    connectionString: url,
    // PostgreSQL lets the last value win: an operator may add settings, but not change what the code relies on.
    options: ownOptions ? `${ownOptions} ${settings}` : settings,
    max: options.max ?? 10,
    application_name: options.applicationName ?? 'pbx-api',
    pipeline: options.pipeline ?? false,
    keepAlive: true,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
  })
  // Without listeners a lost connection would end the process: the pool speaks for idle ones, each client for itself
  // while it is in use (the query under way, or the next one, is rejected anyway).
  pool.on('error', (error) => options.onConnectionLost?.(error))
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** Takes `options` out of the URL, where it would replace ours. */
function splitOptions(url: string): { url: string; ownOptions: string | undefined } {
  let ownOptions: string | undefined
  const rest = url.replace(/([?&])options=([^&#]*)(&?)/, (_match, before: string, value: string, after: string) => {
    ownOptions = decodeURIComponent(value.replaceAll('+', ' '))
    return after ? before : ''
  })
  return { url: rest, ownOptions }
}

/** What another connection like those of a pool is made of. pg hides the password from copying, so that it is not logged. */
export function connectionOf({ options }: pg.Pool): pg.ClientConfig {
  return { ...options, ...(options.password !== undefined && { password: options.password }) }
}
