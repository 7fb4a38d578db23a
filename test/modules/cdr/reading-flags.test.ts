/** `nojson` and `noxml`: the large columns of a call record, left out and not read. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testWorld, type World } from '../../support/app.ts'
import { addCalls, sentDuring } from '../../support/cdrs.ts'

let world: World
let urls: { list: string; row: string }
beforeAll(async () => {
  world = await testWorld()
  const call = { domain_id: world.acme.id, start_stamp: '2026-03-01T10:00:00Z', xml: '<cdr/>', json: { core: 1 } }
  const [id] = await addCalls(world.app.pool, [call])
  urls = { list: '/api/xmlcdrs/', row: `/api/xmlcdrs/${id}/` }
})
afterAll(() => world?.close())

const get = (url: string, headers: Record<string, string> = {}) =>
  world.call(world.acme.minor.token, 'GET', url, undefined, headers)

/** The first row of an answer, of a list or a single one. */
// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely in tests
const rowOf = (json: any): Record<string, unknown> => json.results?.[0] ?? json

describe.each(['list', 'row'] as const)('a %s', (kind) => {
  it('has both columns unless told otherwise', async () => {
    expect(rowOf((await get(urls[kind])).json)).toMatchObject({ xml: '<cdr/>', json: { core: 1 } })
  })

  it.each([
    ['nojson', ['json']],
    ['noxml', ['xml']],
    ['nojson&noxml', ['json', 'xml']],
    ['noxml=', ['xml']],
    ['noxml=1', ['xml']],
    ['nojson=true', ['json']],
    ['nojson=YES&noxml=t', ['json', 'xml']],
    ['nojson=false', []],
    ['nojson=0&noxml=no', []],
    ['nojson=false&noxml', ['xml']],
    ['nojson=0&nojson=1', ['json']],
    ['omit=xml&nojson', ['json', 'xml']],
  ])('with %s leaves out %j, and does not read it', async (query, left) => {
    const whole = rowOf((await get(urls[kind])).json)
    const kept = Object.entries(whole).filter(([name]) => !left.includes(name))
    let row: Record<string, unknown> = {}
    const sent = await sentDuring(async () => {
      row = rowOf((await get(`${urls[kind]}?${query}`)).json)
    })
    expect(row).toEqual(Object.fromEntries(kept))
    expect(Object.keys(row)).toEqual(kept.map(([name]) => name))
    expect(sent).not.toHaveLength(0)
    for (const { text } of sent) {
      for (const column of ['xml', 'json']) {
        expect(text.includes(`"${column}"`), `${column} in ${text}`).toBe(!left.includes(column))
      }
    }
  })

  it('of fields that a flag leaves out has the others', async () => {
    const { json } = await get(`${urls[kind]}?fields=xml,json,leg&nojson`)
    expect(rowOf(json)).toEqual({ xml: '<cdr/>', leg: null })
  })

  it('with a flag that says neither yes nor no is a 400 that names it', async () => {
    const { status, json } = await get(`${urls[kind]}?nojson=perhaps&noxml=2`)
    expect(status).toBe(400)
    expect(json.detail).toEqual({
      nojson: ['"perhaps" is not a valid choice.'],
      noxml: ['"2" is not a valid choice.'],
    })
  })

  it('knows the flags when it is strict, and says which parameters it does not know', async () => {
    const strict = { prefer: 'handling=strict' }
    const fine = await get(`${urls[kind]}?nojson&noxml=1`, strict)
    expect([fine.status, fine.headers['preference-applied']]).toEqual([200, 'handling=strict'])
    const { status, json } = await get(`${urls[kind]}?nojson&noblob=1&no_xml`, strict)
    expect(status).toBe(400)
    expect(json.detail).toEqual({ noblob: ['Unknown query parameter.'], no_xml: ['Unknown query parameter.'] })
  })
})

it('a page found by its cursor reads the large columns no more than the first does', async () => {
  await addCalls(
    world.app.pool,
    Array.from({ length: 3 }, (_, n) => ({ domain_id: world.acme.id, start_stamp: `2026-03-02T10:00:0${n}Z` })),
  )
  const first = await get(`${urls.list}?nojson&noxml&page_size=2`)
  const sent = await sentDuring(async () => {
    const { json } = await get(first.json.next.replace('http://localhost:80', ''))
    expect(Object.keys(json.results[0])).not.toContain('xml')
    expect(json.results).toHaveLength(2)
  })
  for (const { text } of sent) expect(text).not.toMatch(/"xml"|"json"/)
})

it('a strict list knows the cursor; a single row, which has none, does not', async () => {
  const strict = { prefer: 'handling=strict' }
  const { json } = await get(`${urls.list}?page_size=1`)
  expect((await get(json.next.replace('http://localhost:80', ''), strict)).status).toBe(200)
  expect((await get(`${urls.row}?cursor=x`, strict)).json.detail).toEqual({ cursor: ['Unknown query parameter.'] })
})

it('resources without flags do not know them', async () => {
  const answer = await get('/api/xmlcustomercdrs/?nojson', { prefer: 'handling=strict' })
  expect(answer.json.detail).toEqual({ nojson: ['Unknown query parameter.'] })
  expect((await get('/api/xmlcustomercdrs/?nojson=perhaps')).status).toBe(200)
})
