/** Writes call records: all of a batch with one statement and one commit, each once however often it comes. */

import type { Connection, Database, Statement } from '../../../rest/database.ts'
import { type Column, modelOf } from '../../../rest/model/model.ts'
import { identifier } from '../../../rest/sql.ts'
import type { Fitted } from '../record/fit.ts'
import { type Place, placesOf } from './places.ts'
import type { Prepared } from './received.ts'

/** What became of a record; `stored` also where it was there already. */
export type Stored = { readonly kind: 'stored'; readonly id: string } | Refused
export interface Refused {
  readonly kind: 'refused'
  readonly reason: string
  /** The tenant it names. */
  readonly domainName?: string | undefined
  /** It is no whole call record. */
  readonly unreadable?: true
}

/** A result for each record, in their order. Fails only where the database cannot take records at all. */
export async function storeRecords(database: Database, records: readonly Prepared[]): Promise<Stored[]> {
  try {
    return await attempt(database, records)
  } catch (error) {
    const reason = faultOfRecord(error)
    if (reason === undefined) throw error
    if (records.length === 1) return [{ kind: 'refused', reason }]
    // One of them spoils the batch for all: each for itself, then.
    const alone: Stored[] = []
    for (const record of records) alone.push(...(await storeRecords(database, [record])))
    return alone
  }
}

/**
 * A month that has no partition yet, a domain or extension that was deleted just now, and another transaction that was
 * in the way are another try.
 */
async function attempt(database: Database, records: readonly Prepared[]): Promise<Stored[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await insertAll(database, records)
    } catch (error) {
      const { code = '' } = error as { code?: string }
      if (tries === MOST_TRIES || !PASSING.has(code)) throw error
      if (code === NO_PARTITION) {
        for (const moment of new Set(records.map(monthOf))) await prepareMonth(database, moment)
      }
    }
  }
}

const MOST_TRIES = 3
const NO_PARTITION = '23514'
const [FOREIGN_KEY, DEADLOCK, SERIALIZATION] = ['23503', '40P01', '40001']
const PASSING = new Set([NO_PARTITION, FOREIGN_KEY, DEADLOCK, SERIALIZATION])

const monthOf = ({ columns }: Prepared) => `${String(columns.start_stamp).slice(0, 7)}-01T00:00:00Z`

/** Makes the partition of a month (ISO time) unless it is there. */
export async function prepareMonth(database: Database, moment: string): Promise<void> {
  const statement = { text: 'SELECT pbx_cdr_prepare_month($1::timestamptz)', values: [moment] }
  await database.transaction((tx) => tx.run(statement))
}

/**
 * Without a transaction around it: the insert is one by itself, with its totals, and commits before it is answered. Their
 * locks, which every record of a tenant needs, are never held while PostgreSQL waits for this server.
 */
async function insertAll(db: Connection, records: readonly Prepared[]): Promise<Stored[]> {
  const places = await placesOf(db, records)
  const placed = records.flatMap((record, index) => (places[index] ? [{ record, place: places[index] }] : []))
  if (placed.length > 0) await db.runText(insertOf(placed))
  return records.map((record, index) => (places[index] ? { kind: 'stored', id: record.id } : noDomain(record)))
}

/** Of what a record names, which may be anything, as much as somebody reads. */
const MOST_NAMES = 8
const LONGEST_NAME = 100

function noDomain({ tenant: { uuid, names } }: Prepared): Refused {
  const told = [...(uuid ? [uuid] : []), ...names].slice(0, MOST_NAMES).map((name) => name.slice(0, LONGEST_NAME))
  const reason = told.length === 0 ? 'The call record names no domain.' : `There is no domain ${told.join(' or ')}.`
  return { kind: 'refused', reason, domainName: names[0] }
}

/** Columns that the server sets, or PostgreSQL. */
const AUDIT = new Set(['created', 'updated', 'synchronised', 'status'])
const COLUMNS: readonly [string, Column][] = [...modelOf('XmlCdr').columns].filter(([name]) => !AUDIT.has(name))

/** Of as few lengths as do, since each is a statement that PostgreSQL has to know: the rows left over are null. */
const ROWS = [1, 2, 4, 8, 16, 32, 64]
/** The records that can be stored with one statement. */
export const MOST_ROWS = ROWS.at(-1)!

function insertOf(placed: readonly Placed[]): Statement {
  const { rows, name, text } = INSERTS.find((insert) => insert.rows >= placed.length)!
  const values: Fitted[] = placed.flatMap(valuesOf)
  return { name, text, values: values.concat(Array(rows * COLUMNS.length - values.length).fill(null)) }
}

/**
 * A parameter a value. Arrays of columns would make one statement of it for any number of records, but PostgreSQL copies
 * them several times before it has rows.
 */
const INSERTS = ROWS.map((rows) => {
  const names = COLUMNS.map(([name]) => identifier(name)).join(', ')
  // The first row says the types for all.
  const places = Array.from({ length: rows }, (_, row) =>
    COLUMNS.map(([, { sqlType }], index) => `$${row * COLUMNS.length + index + 1}${row === 0 ? `::${sqlType}` : ''}`),
  )
  const text = `INSERT INTO "xml_cdrs" (${names})
    SELECT * FROM (VALUES ${places.map((row) => `(${row.join(', ')})`).join(', ')}) AS r(${names})
    WHERE r."id" IS NOT NULL ON CONFLICT DO NOTHING`
  return { rows, name: `cdr_insert_${rows}`, text }
})

interface Placed {
  readonly record: Prepared
  readonly place: Place
}

const valuesOf = (placed: Placed): Fitted[] => COLUMNS.map(([name]) => cellOf(name, placed))

function cellOf(name: string, { record, place }: Placed): Fitted {
  switch (name) {
    case 'id':
      return record.id
    case 'domain_id':
      return place.domainId
    case 'extension_id':
      return place.extensionId
    case 'domain_name':
      return place.domainName
    case 'updated_by':
      return 'system'
    case 'xml':
      return record.xml
    case 'json':
      return record.json
    default:
      return record.columns[name as keyof typeof record.columns]
  }
}

/** Data that PostgreSQL does not take: a value out of range, JSON too deep, a row too large. */
const DATA_FAULT = /^(22|54)/

function faultOfRecord(error: unknown): string | undefined {
  const { code = '', message } = error as { code?: string; message: string }
  return DATA_FAULT.test(code) ? `The database does not take the call record: ${message}.` : undefined
}
