/** Downloads on real sockets: rows pass through as they come, and nobody's slowness or end holds up another. */
import type { IncomingMessage } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testExtension, testWorld, type World } from '../../support/app.ts'
import { addMany, exportsOf, listen, open, quiet, readAll, sleep } from '../../support/downloads.ts'

const ROWS = 300_000
const MIB = 2 ** 20

let world: World
let base: string
beforeAll(async () => {
  world = await testWorld({ databasePoolSize: 3 })
  const extension = await testExtension(world, world.acme, '1001', world.acme.user)
  const place = { domain_id: `'${world.acme.id}'`, extension_id: `'${extension}'` }
  await addMany(world.app.pool, ROWS, { ...place, duration: 'n' })
  base = await listen(world.app)
}, 120_000)
afterAll(() => world?.close())

const url = (query = '') => `${base}/api/xmlcustomercdrs/download/?${query}`
const token = () => world.acme.minor.token

it('the first bytes arrive long before the last, and the whole is whole', async () => {
  const arrived = await readAll(await open(url('fields=id,start_stamp,duration&ordering=start_stamp'), token()))
  expect(arrived.complete).toBe(true)
  expect(arrived.firstMs).toBeLessThan(arrived.lastMs / 3)
  const { text } = await readAll(await open(url('fields=duration&ordering=start_stamp'), token()))
  expect(text).toBe(['duration', ...Array.from({ length: ROWS }, (_, n) => String(n + 1)), ''].join('\r\n'))
})

it('the first bytes do not wait for the rows to be sorted', async () => {
  const answer = await open(url('ordering=-duration'), token())
  const [first] = (await answer[Symbol.asyncIterator]().next()).value.toString().split('\r\n')
  expect(first).toMatch(/^id,url,/)
  const [copy] = (await exportsOf(world.app.pool)).filter(({ state }) => state === 'active')
  expect(copy?.query).toMatch(/^COPY/)
  answer.destroy()
  expect(await quiet(world.app.pool, 5000)).toBe(true)
})

it('memory does not grow with the rows, however slowly they are read', async () => {
  await readAll(await open(url('duration__lt=20000'), token()))
  const before = process.memoryUsage.rss()
  let [most, reads] = [before, 0]
  const arrived = await readAll(await open(url(), token()), async () => {
    reads += 1
    if (reads % 40 === 0) await sleep(5)
    most = Math.max(most, process.memoryUsage.rss())
  })
  expect(arrived.complete).toBe(true)
  expect(arrived.bytes).toBeGreaterThan(40 * MIB)
  expect(most - before).toBeLessThan(64 * MIB)
})

describe('a client that leaves', () => {
  it.each([
    ['after the first bytes', 0],
    ['in the middle', 5 * MIB],
  ])('%s ends its query', async (_name, bytes) => {
    const answer = await open(url(), token())
    await readAll(answer, async (read) => {
      if (read > bytes) answer.destroy()
    })
    expect(await quiet(world.app.pool, 3000)).toBe(true)
  })

  it('before there is an answer ends its query too', async () => {
    const controller = new AbortController()
    const asked = fetch(url('ordering=-duration'), {
      headers: { authorization: `Token ${token()}` },
      signal: controller.signal,
    })
    await sleep(60)
    controller.abort()
    await expect(asked).rejects.toThrow()
    expect(await quiet(world.app.pool, 5000)).toBe(true)
  })

  it('leaves room for others: after many of them downloads go on', async () => {
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all(Array.from({ length: 4 }, () => open(url(), token())))
      for (const answer of answers) answer.destroy()
    }
    expect(await quiet(world.app.pool, 3000)).toBe(true)
    const arrived = await readAll(await open(url('duration__lte=1000&fields=id'), token()))
    expect([arrived.complete, arrived.text.split('\r\n').length]).toEqual([true, 1002])
  })
})

describe('an export whose connection ends midway', () => {
  it('leaves a transfer that is broken, and no file that looks complete', async () => {
    const answer = await open(url(), token())
    let ended = false
    const arrived = await readAll(answer, async (bytes) => {
      if (ended || bytes < MIB) return
      ended = true
      for (const { pid } of await exportsOf(world.app.pool)) {
        await world.app.pool.query('SELECT pg_terminate_backend($1)', [pid])
      }
    })
    expect(ended).toBe(true)
    expect([answer.statusCode, arrived.complete, answer.errored?.message]).toEqual([200, false, 'aborted'])
    // The server goes on.
    expect((await readAll(await open(url('duration=5'), token()))).complete).toBe(true)
  })
})

describe('several at once', () => {
  let slow: IncomingMessage[]
  beforeAll(async () => {
    slow = await Promise.all(Array.from({ length: 4 }, () => open(url(), token())))
  })
  afterAll(async () => {
    for (const answer of slow) answer.destroy()
    await quiet(world.app.pool, 3000)
  })

  it('hold up no list and no single row, though nobody reads them', async () => {
    const busy = (await exportsOf(world.app.pool)).filter(({ state }) => state === 'active')
    expect(busy.map(({ query }) => query.slice(0, 4))).toEqual(Array(4).fill('COPY'))
    for (let n = 0; n < 10; n += 1) {
      const started = performance.now()
      const list = await world.call(token(), 'GET', '/api/xmlcustomercdrs/?ordering=-start_stamp', undefined, {
        prefer: 'count=none',
      })
      const row = await world.call(token(), 'GET', `/api/xmlcustomercdrs/${list.json.results[0].id}/`)
      expect([list.status, row.status]).toEqual([200, 200])
      expect(performance.now() - started).toBeLessThan(2000)
    }
  })

  it('let one more wait until one of them ends', async () => {
    const fifth = open(url('duration=7&fields=duration'), token())
    expect(await Promise.race([fifth, sleep(500)])).toBeUndefined()
    slow[0]!.destroy()
    expect((await readAll(await fifth)).text).toBe('duration\r\n7\r\n')
  })
})
