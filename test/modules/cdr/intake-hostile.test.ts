/** What nobody in good faith posts is answered soon, kept or stored, and never brings the server down. */
import { type AddressInfo, connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { testWorld, type World } from '../../support/app.ts'
import { countOf, emptied, expectTotalsRight, madeRecord, ORIGINATOR, postRecord } from '../../support/records.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
  await world.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => world?.close())
afterEach(() => emptied(world.app.pool))

const MEBIBYTE = 2 ** 20
/** Most take a tenth of a second; what grew as a square would take minutes. */
const SOON_MS = 10_000
const BOMB = `<!DOCTYPE cdr [<!ENTITY a "aaaaaaaaaa">${[...'bcdefghi']
  .map((name, at) => `<!ENTITY ${name} "${`&${'abcdefghi'[at]};`.repeat(10)}">`)
  .join('')}]><cdr><variables><x>&i;</x></variables></cdr>`
const json = (more: string) => `{"variables":{"domain_name":"acme.example","start_epoch":"5"${more}}}`
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`x${index}`, `${index}`.repeat(8)]))

/** In time, and with what is left of it: stored or rejected. */
const HOSTILE: [string, () => string | Buffer, 'stored' | 'rejected'][] = [
  ['8 MiB of junk', () => Buffer.alloc(8 * MEBIBYTE, Buffer.from([0xde, 0xad, 0, 0x3c])), 'rejected'],
  ['8 MiB of zeros', () => Buffer.alloc(8 * MEBIBYTE), 'rejected'],
  ['8 MiB of percent signs', () => `cdr=${'%'.repeat(8 * MEBIBYTE - 4)}`, 'rejected'],
  ['8 MiB of opening tags', () => '<cdr>'.repeat((8 * MEBIBYTE) / 5), 'rejected'],
  ['8 MiB of JSON brackets', () => '{"variables":['.padEnd(8 * MEBIBYTE, '['), 'rejected'],
  [
    '8 MiB of a record, but for its end',
    () => madeRecord({ x: 'x'.repeat(8 * MEBIBYTE - 400) }).slice(0, -9),
    'rejected',
  ],
  ['a record with one value of 7 MiB', () => madeRecord({ last_arg: 'é'.repeat(MEBIBYTE + 1e5) }), 'stored'],
  ['10,000 variables', () => madeRecord(many(10_000)), 'stored'],
  ['10,000 variables in JSON', () => json(`,${JSON.stringify(many(10_000)).slice(1, -1)}`), 'stored'],
  ['10,000 of one variable', () => madeRecord({}, '<dp_match>x</dp_match>'.repeat(10_000)), 'stored'],
  ['10,000 callflows', () => madeRecord({}, ORIGINATOR.replace(/<orig.*inator>/, '').repeat(10_000)), 'stored'],
  ['10,000 names of a domain', () => madeRecord({ domain_name: '' }, contexts(10_000)), 'rejected'],
  ['a million elements', () => madeRecord({}, '<a/>'.repeat(MEBIBYTE)), 'rejected'],
  ['elements 100,000 deep', () => madeRecord({}, '<a>'.repeat(1e5) + '</a>'.repeat(1e5)), 'rejected'],
  ['JSON 100,000 deep', () => json(`,"x":${'['.repeat(1e5)}${']'.repeat(1e5)}`), 'rejected'],
  ['entities that multiply', () => BOMB, 'rejected'],
  [
    'an entity of a file',
    () => '<!DOCTYPE cdr [<!ENTITY x SYSTEM "file:///etc/passwd">]><cdr><variables><x>&x;</x></variables></cdr>',
    'rejected',
  ],
  ['a NUL in XML', () => madeRecord().replace('</cdr>', '\0</cdr>'), 'rejected'],
  ['NULs in values', () => madeRecord({ accountcode: '\0a\0', last_arg: '\0' }), 'stored'],
  ['NULs in JSON', () => json(',"accountcode":"\\u0000a%00","\\u0000":"\\u0000"'), 'stored'],
  ['half characters in JSON', () => json(',"accountcode":"\\ud800","\\udfff":["\\ud83d"]'), 'stored'],
  [
    'bytes that are no UTF-8',
    () => Buffer.from(madeRecord({ x: 'AAAA' }).replace('AAAA', '\xff\xfe\xc0\x80'), 'latin1'),
    'stored',
  ],
  ['escapes that are no UTF-8', () => madeRecord({ x: 'AAAA' }).replace('AAAA', '%ff%fe%c0%80%ed%a0%80%'), 'stored'],
  ['names of objects’ insides', () => json(',"__proto__":{"x":"1"},"constructor":"x","toString":"y"'), 'stored'],
  [
    'names of objects’ insides in XML',
    () => madeRecord({ ['__proto__']: 'x', constructor: 'y', hasOwnProperty: 'z' }),
    'stored',
  ],
  [
    'numbers beyond any',
    () => json(',"x":1e400000,"y":-1e400000,"billsec":1e-400,"q":123456789012345678901234567890'),
    'stored',
  ],
]
const contexts = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    return `<callflow><caller_profile><context>nobody${index}.example</context></caller_profile></callflow>`
  }).join('')

/** Nobody else is kept from the server. */
async function expectWell(): Promise<void> {
  expect((await world.call(null, 'GET', '/healthz')).status).toBe(200)
  expect((await postRecord(world.app, { body: madeRecord() })).status).toBe(200)
}

describe('posted', () => {
  it.each(HOSTILE)('%s is answered soon and kept', async (_what, body, kept) => {
    const payload = body()
    const begun = Date.now()
    const answer = await postRecord(world.app, { body: payload, uuid: 'x' })
    expect(Date.now() - begun).toBeLessThan(SOON_MS)
    expect(answer).toMatchObject({ status: 200, text: '' })
    const counts = [await countOf(world.app.pool, 'xml_cdrs'), await countOf(world.app.pool, 'cdr_rejects')]
    expect(counts).toEqual(kept === 'stored' ? [1, 0] : [0, 1])
    if (kept === 'rejected') {
      const { rows } = await world.app.pool.query('SELECT reason, body, length(record) AS length FROM cdr_rejects')
      expect(rows[0].body.equals(Buffer.from(payload))).toBe(true)
      expect(rows[0].reason.length).toBeLessThan(1000)
      expect(rows[0].length).toBeLessThanOrEqual(100_000)
    }
    await expectWell()
    await expectTotalsRight(world.app.pool)
  })

  it('all at once they are answered, while the server is well', async () => {
    const begun = Date.now()
    const posts = HOSTILE.map(([, body]) => postRecord(world.app, { body: body() }))
    await expectWell()
    expect((await Promise.all(posts)).map(({ status }) => status)).toEqual(HOSTILE.map(() => 200))
    expect(Date.now() - begun).toBeLessThan(2 * SOON_MS)
    await expectWell()
  })

  it('more than a body may be is refused, and nothing of it is kept', async () => {
    const body = Buffer.alloc(world.app.config.switches.bodyBytes + 1, '<')
    expect((await postRecord(world.app, { body })).status).toBe(413)
    expect(await countOf(world.app.pool, 'cdr_rejects')).toBe(0)
    await expectWell()
  })
})

describe('rejects of any kind', () => {
  it('are listed, and tried again, by an administrator', async () => {
    const rejected = HOSTILE.filter(([, , kept]) => kept === 'rejected').filter((_, index) => index % 3 === 0)
    for (const [, body] of rejected) await postRecord(world.app, { body: body() })
    const { token } = world.admin
    const listed = await world.call(token, 'GET', '/api/cdr_rejects/?page_size=100')
    expect(listed.json.count).toBe(rejected.length)
    const { json: answer } = await world.call(token, 'POST', '/api/cdr_rejects/retry_all/')
    expect(answer).toEqual({ stored: 0, rejected: rejected.length })
    await expectWell()
  })
})

it('a connection that breaks off in the middle of a record leaves nothing', async () => {
  const { port } = world.app.server.address() as AddressInfo
  const body = madeRecord()
  const breakOff = (length: number) =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      const head = `POST /xmlcdr/?uuid=x HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`
      socket.write(head + body.slice(0, length), () => socket.destroy())
      socket.on('close', resolve)
    })
  await Promise.all([0, 1, 100, body.length - 1].map(breakOff))
  await expectWell()
  expect(await countOf(world.app.pool, 'xml_cdrs')).toBe(1)
  expect(await countOf(world.app.pool, 'cdr_rejects')).toBe(0)
})
