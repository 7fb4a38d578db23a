/** Long values on their way to PostgreSQL. */
import fc from 'fast-check'
import type pg from 'pg'
import { serialize } from 'pg-protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bindBytes, giveMemory, takeMemory, writeBind } from '../../src/database/bind.ts'
import { createPool } from '../../src/database/pool.ts'
import { queryText } from '../../src/database/text-query.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

const value = fc.option(fc.string({ unit: 'binary' }), { nil: null })

describe('a message', () => {
  it("is pg's, byte for byte and as long as told, whatever the memory held", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z_0-9]{0,20}$/), fc.array(value), fc.nat(255), (statement, values, before) => {
        const bytes = bindBytes(statement, values)
        const message = writeBind(Buffer.alloc(bytes + 9, before), statement, values)
        expect(message.equals(serialize.bind({ statement, values }))).toBe(true)
        expect(message.length).toBe(bytes)
      }),
    )
  })
})

describe('memory', () => {
  it('is used again by one at a time, and only as much is kept as serves usual bodies', () => {
    const first = takeMemory(300_000)
    expect(first.length).toBeGreaterThanOrEqual(300_000)
    const second = takeMemory(300_000)
    expect(second === first).toBe(false)
    giveMemory(first)
    expect(takeMemory(300_000) === first).toBe(true)
    const huge = takeMemory(50_000_000)
    giveMemory(huge)
    expect(takeMemory(50_000_000) === huge).toBe(false)
  })
})

describe('long values', () => {
  let database: TestDatabase
  let pool: pg.Pool
  beforeAll(async () => {
    database = await createDatabase('nothing')
    pool = createPool({ url: database.url, statementTimeoutMs: 0, max: 3 })
  })
  afterAll(async () => {
    await pool.end()
    await database.drop()
  })
  const echo = (texts: readonly (string | null)[], name?: string) => {
    const places = texts.map((_, index) => `$${index + 1}::text`)
    return queryText(pool, `SELECT ${places.join(', ')}`, texts, name)
  }

  it('of many statements at once come back as they were, also after one that PostgreSQL refuses', async () => {
    const long = (letter: string) => Array.from({ length: 4 }, (_, index) => letter.repeat(30_000 + index))
    const sent = [...'abcdefghijkléß漢'].map((letter) => [...long(letter), null, ''])
    for (let round = 0; round < 3; round += 1) {
      const refused = queryText(pool, 'SELECT $1::jsonb', ['{'.repeat(20_000)], undefined)
      const answers = Promise.all(sent.map((texts) => echo(texts, 'echo')))
      await expect(refused).rejects.toMatchObject({ code: '22P02' })
      expect(await answers).toEqual(sent.map((texts) => [texts]))
    }
  })
})
