import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPool } from '../../src/database/pool.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

describe('a connection of the pool', () => {
  let database: TestDatabase
  const pools: pg.Pool[] = []
  const pool = (parameters = '', statementTimeoutMs = 5000, onConnectionLost?: (error: Error) => void) => {
    const made = createPool({
      url: `${database.url}${parameters}`,
      statementTimeoutMs,
      ...(onConnectionLost && { onConnectionLost }),
    })
    pools.push(made)
    return made
  }
  const settings = async (from: pg.Pool) =>
    (
      await from.query(
        `SELECT current_setting('TimeZone') AS zone, current_setting('statement_timeout') AS timeout,
           current_setting('work_mem') AS memory`,
      )
    ).rows[0]

  beforeAll(async () => {
    database = await createDatabase('nothing')
  })
  afterAll(async () => {
    await Promise.all(pools.map((each) => each.end()))
    await database.drop()
  })

  test('is in UTC and bounds statements, even where the URL or the machine says otherwise', async () => {
    expect(await settings(pool())).toEqual({ zone: 'UTC', timeout: '5s', memory: '4MB' })
    const parameters = '?options=-c%20work_mem%3D8MB%20-c%20TimeZone%3DAsia/Tokyo&application_name=x'
    expect(await settings(pool(parameters))).toEqual({ zone: 'UTC', timeout: '5s', memory: '8MB' })
  })

  test('keeps the instant of a time, whatever the offset it was written with', async () => {
    const { rows } = await pool().query(`SELECT TIMESTAMPTZ '2026-07-01T12:00:00+12:45' AS at`)
    expect(rows[0].at.toISOString()).toBe('2026-06-30T23:15:00.000Z')
  })

  test('ends a statement that takes too long', async () => {
    await expect(pool('', 100).query('SELECT pg_sleep(5)')).rejects.toMatchObject({ code: '57014' })
  })

  test('may be lost, idle or in use, without ending the process', async () => {
    const lost: Error[] = []
    const own = pool('', 5000, (error) => lost.push(error))
    const other = pool()
    const inUse = await own.connect()
    await own.query('SELECT 1') // a second connection, idle from here on
    await other.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`)
    await expect.poll(() => lost.length).toBe(1)
    await expect(inUse.query('SELECT 1')).rejects.toThrow()
    inUse.release(true)
    expect((await own.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })
})
