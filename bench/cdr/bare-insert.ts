/**
 * The ceiling for taking call records in: the rows our server made of the samples, inserted one by one with a prepared
 * statement into a table of the same columns and indexes, without triggers. A process of its own.
 */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { loopWhenTold } from './looping.ts'

const { DATABASE_URL, CONNECTIONS, ROWS_FROM, ROWS_TO } = process.env

/** Values as PostgreSQL's text, which goes back as it came. */
const AS_TEXT = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig
/** What the table sets by itself. */
const LEFT_OUT = new Set(['status', 'created', 'updated', 'synchronised'])

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: Number(CONNECTIONS), options: '-c TimeZone=UTC' })
const rows = (await pool.query<Record<string, string>>({ text: `SELECT * FROM ${ROWS_FROM}`, types: AS_TEXT })).rows
const columns = Object.keys(rows[0]!).filter((name) => !LEFT_OUT.has(name))
const text = `INSERT INTO ${ROWS_TO} (${columns.join(', ')})
  VALUES (${columns.map((_, index) => `$${index + 1}`).join(', ')})`
let count = 0

loopWhenTold(Number(CONNECTIONS), () => async () => {
  const row = { ...rows[count++ % rows.length]!, ...fresh() }
  await pool.query({ name: 'insert', text, values: columns.map((name) => row[name as keyof typeof row]) })
  return row.call_uuid
})

/** An id that grows with time, as our server's do. */
function fresh() {
  const now = new Date()
  const [time, uuid] = [now.getTime().toString(16).padStart(12, '0'), randomUUID()]
  return {
    id: `${time.slice(0, 8)}-${time.slice(8)}-8${uuid.slice(15)}`,
    call_uuid: randomUUID(),
    start_stamp: now.toISOString(),
    start_epoch: String(Math.floor(now.getTime() / 1000)),
  }
}
