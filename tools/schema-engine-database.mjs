// The databases that tools/schema-engine.mjs works on, and Prisma's PostgreSQL adapter with what it lacks for that.
import { PrismaPg } from '@prisma/adapter-pg'
import { ColumnTypeEnum, DriverAdapterError } from '@prisma/driver-adapter-utils'
import pg from 'pg'

/** Takes Prisma's own parameter out of a URL; pg would send it to PostgreSQL. */
export function parseUrl(text) {
  const url = new URL(text)
  const schema = url.searchParams.get('schema') ?? 'public'
  url.searchParams.delete('schema')
  return { connectionString: url.href, schema, database: decodeURIComponent(url.pathname.slice(1)) }
}

function onDatabase(text, database) {
  const url = new URL(parseUrl(text).connectionString)
  url.pathname = `/${database}`
  return url.href
}

const quote = (name) => `"${name.replaceAll('"', '""')}"`

export async function run(text, sql) {
  const client = new pg.Client({ connectionString: parseUrl(text).connectionString })
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}

export const createDatabase = (text) =>
  run(onDatabase(text, 'postgres'), `CREATE DATABASE ${quote(parseUrl(text).database)}`)
export const dropDatabase = (text) =>
  run(onDatabase(text, 'postgres'), `DROP DATABASE IF EXISTS ${quote(parseUrl(text).database)} WITH (FORCE)`)

const OID_OF_INTERNAL_CHAR = 18
const OID_OF_CHARACTER = 1042
const internalChars = new WeakSet()

/** The engine reads columns of the catalogue of a type ("char") that the adapter refuses: they pass as characters. */
function allowInternalChar(adapter) {
  const queryable = Object.getPrototypeOf(Object.getPrototypeOf(adapter)) // shared by adapters and transactions
  if (queryable.allowsInternalChar) return
  queryable.allowsInternalChar = true
  const { performIO, queryRaw } = queryable
  queryable.performIO = async function (query) {
    const result = await performIO.call(this, query)
    const fields = result.fields ?? []
    for (const field of fields) {
      if (field.dataTypeID !== OID_OF_INTERNAL_CHAR) continue
      field.dataTypeID = OID_OF_CHARACTER
      internalChars.add(field) // pg hands out the same object when a statement runs again
    }
    this.lastAreInternalChars = fields.map((field) => internalChars.has(field))
    return result
  }
  queryable.queryRaw = async function (query) {
    const result = await queryRaw.call(this, query)
    this.lastAreInternalChars?.forEach((isChar, index) => {
      if (isChar) result.columnTypes[index] = ColumnTypeEnum.Character
    })
    return result
  }
}

/** The adapter splits scripts at every semicolon, those inside a function's body too: send them whole. */
function sendScriptsWhole(adapter, pool) {
  adapter.executeScript = async (script) => {
    try {
      await pool.query(script)
    } catch (error) {
      if (!error.severity) throw error
      const { code, severity, message, detail, column, hint } = error
      throw new DriverAdapterError({
        ...{ kind: 'postgres', code, severity, message, detail, column, hint },
        originalCode: code,
        originalMessage: message,
      })
    }
  }
}

async function connect(text) {
  const { connectionString, schema } = parseUrl(text)
  const pool = new pg.Pool({ connectionString, max: 2 })
  pool.on('error', () => {}) // the query under way reports it
  const adapter = await new PrismaPg(pool, { schema, disposeExternalPool: true }).connect()
  allowInternalChar(adapter)
  sendScriptsWhole(adapter, pool)
  return adapter
}

export class AdapterFactory extends PrismaPg {
  constructor({ url, shadowDatabaseUrl }) {
    super({ connectionString: parseUrl(url).connectionString }, { schema: parseUrl(url).schema })
    this.url = url
    this.shadowDatabaseUrl = shadowDatabaseUrl
  }

  connect() {
    return connect(this.url)
  }

  /** The database in which the engine replays migrations, to compare what they yield. */
  async connectToShadowDb() {
    if (this.shadowDatabaseUrl) return connect(this.shadowDatabaseUrl)
    const url = onDatabase(this.url, `prisma_migrate_shadow_db_${crypto.randomUUID()}`)
    await createDatabase(url)
    const adapter = await connect(url)
    const { dispose } = adapter
    adapter.dispose = async () => {
      await dispose.call(adapter)
      await dropDatabase(url)
    }
    return adapter
  }
}
