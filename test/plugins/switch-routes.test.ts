/** Who may post as a telephone switch, and what is made of the body. */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import plugin from 'fastify-plugin'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AppConfig } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { testApp } from '../support/app.ts'
import { crowd, startSampled } from '../support/busy.ts'
import { post, type Reply, receive, type SwitchServer, send, switchServer } from '../support/switch.ts'

const bodyBytes = 8 * 2 ** 20
const LOOPBACK = { allowedAddresses: ['127.0.0.0/8', '::1'], bodyBytes }

/** As nobody has configured it. */
let plain: SwitchServer
beforeAll(async () => {
  plain = await switchServer()
})
afterAll(() => plain?.close())

/** The plain one, until a test starts its own. */
let server: SwitchServer
beforeEach(() => {
  plain.seen.length = 0
  server = plain
})
afterEach(async () => {
  if (server !== plain) await server.close()
})

const start = async (changes: Partial<AppConfig>, host?: string) => {
  if (server !== plain) await server.close()
  server = await switchServer(changes, host)
}

const expectError = (reply: Reply, status: number, message: string, detail: string) => {
  expect(JSON.parse(reply.body)).toEqual({ error: status, message, detail })
  expect(reply.status).toBe(status)
  expect(reply.headers['content-type']).toBe('application/json; charset=utf-8')
}
const expectStranger = (reply: Reply) => {
  expectError(reply, 403, 'Forbidden', 'This is for telephone switches only.')
  expect(reply.headers.connection).toBe('close')
  expect(server.seen).toEqual([])
}

describe('the address', () => {
  const from = (...addresses: string[]) => post(server.port, [`X-Forwarded-For: ${addresses.join(', ')}`])

  it('may be one of the machine itself unless others are named', async () => {
    expect((await post(server.port)).status).toBe(200)
    expect(server.seen[0]).toMatchObject({ address: '127.0.0.1' })
  })

  it('may be no other', async () => {
    await start({ switches: { allowedAddresses: ['10.0.0.0/8'], bodyBytes } })
    expectStranger(await post(server.port))
    expectStranger(await send(server.port, ['GET /switch HTTP/1.1']))
  })

  it('is that of the connection where no proxy is trusted, whatever a header says', async () => {
    expect((await from('203.0.113.9')).status).toBe(200)
    expect(server.seen[0]).toMatchObject({ address: '127.0.0.1' })
    await start({ switches: { allowedAddresses: ['203.0.113.9'], bodyBytes } })
    expectStranger(await from('203.0.113.9'))
  })

  it.each([
    ['10.0.0.0/8', '10.255.0.1', '11.0.0.1'],
    ['192.0.2.7', '192.0.2.7', '192.0.2.8'],
    ['192.0.2.8/30', '192.0.2.11', '192.0.2.12'],
    ['192.0.2.7/24', '192.0.2.255', '192.0.3.0'],
    ['10.0.0.0/12', '::ffff:10.15.0.1', '::ffff:10.16.0.1'],
    ['10.0.0.0/12', '::FFFF:a0f:1', '::ffff:a10:1'],
    ['::ffff:10.0.0.1', '10.0.0.1', '10.0.0.2'],
    ['2001:db8::/33', '2001:db8:7fff::1', '2001:db8:8000::1'],
    ['2001:DB8:0:0::1', '2001:db8::1', '2001:db8::2'],
    ['0.0.0.0/0', '203.0.113.9', '2001:db8::1'],
    ['fe80::/10', 'fe80::1%eth0', 'fec0::1'],
  ])('in %s is %s, not %s', async (allowed, inside, outside) => {
    await start({ trustProxy: ['127.0.0.1'], switches: { allowedAddresses: [allowed], bodyBytes } })
    expectStranger(await from(outside))
    expect((await from(inside)).status).toBe(200)
  })

  it('is the one that the trusted proxy saw, not one that a client put before it', async () => {
    await start({ trustProxy: ['127.0.0.1'] })
    expectStranger(await from('127.0.0.1', '203.0.113.9'))
    for (const nonsense of ['unknown', '203.0.113.9:4711', '127.0.0.1:5060', '_hidden', '127.1', '0x7f000001']) {
      expectStranger(await from(nonsense))
    }
  })

  it('is believed of every proxy only as far as none of them says otherwise', async () => {
    await start({ trustProxy: true })
    expectStranger(await from('127.0.0.1', '203.0.113.9'))
    expectStranger(await from('203.0.113.9', '127.0.0.1'))
    expectStranger(await from('203.0.113.9'))
    expect((await from('127.0.0.9')).status).toBe(200)
    expect((await post(server.port)).status).toBe(200)
    expect(server.seen.map(({ address }) => address)).toEqual(['127.0.0.9', '127.0.0.1'])
  })

  it('of IPv4 is the same on a socket for both families', async () => {
    await start({}, '::')
    expect((await post(server.port)).status).toBe(200)
    expect((await send(server.port, ['POST /switch HTTP/1.1'], '', '::1')).status).toBe(200)
    expect(server.seen.map(({ address }) => address)).toEqual(['127.0.0.1', '::1'])
  })
})

describe('a name and a password', () => {
  const basic = (text: string) => `Authorization: Basic ${Buffer.from(text).toString('base64')}`

  it('are asked for where they are set, of whose address is right', async () => {
    await start({ switches: { ...LOOPBACK, username: 'fs', password: 'p:ß' } })
    const missing = await post(server.port)
    expectError(missing, 403, 'Forbidden', 'Authentication credentials were not provided.')
    expect(missing.headers['www-authenticate']).toBe('Basic realm="pbx-api"')
    const right = Buffer.from('fs:p:ß').toString('base64')
    const wrong = [basic('fs:p'), basic('FS:p:ß'), basic('fs:p:ß '), basic(''), `Authorization: Bearer ${right}`]
    for (const header of [...wrong, 'Authorization: Basic', 'Authorization: Token x', `Authorization: ${right}`]) {
      const refused = await post(server.port, [header])
      expectError(refused, 403, 'Forbidden', 'Invalid username/password.')
      expect(refused.headers['www-authenticate']).toBe('Basic realm="pbx-api"')
    }
    expect((await send(server.port, ['GET /switch HTTP/1.1'])).status).toBe(403)
    expect(server.seen).toEqual([])
    for (const header of [`Authorization: Basic ${right}`, `authorization: bASIC  ${right}`]) {
      expect((await post(server.port, [header])).status).toBe(200)
    }
  })

  it('help no stranger', async () => {
    await start({ switches: { allowedAddresses: ['10.0.0.1'], bodyBytes, username: 'fs', password: 'p' } })
    expectStranger(await post(server.port, [basic('fs:p')]))
  })

  it('and tokens are looked at by nobody where none are set', async () => {
    for (const header of [basic('a:b'), 'Authorization: Token', 'Authorization: Token a b', 'Authorization: x']) {
      expect((await post(server.port, [header])).status).toBe(200)
    }
  })
})

it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])('%s is no method of theirs', async (method) => {
  const reply = await send(server.port, [`${method} /switch HTTP/1.1`])
  expect(reply.status).toBe(405)
  expect(reply.headers.allow).toBe('POST')
})

describe('the body', () => {
  const binary = String.raw`{"a": "\u0000", broken --b %zz é`

  it.each([
    'application/json',
    'application/json; charset=utf-16',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=b',
    'multipart/form-data',
    'text/xml',
    'text/plain; charset=nonsense',
    'application/x-www-form-plaintext',
    'nonsense',
    'a/b/c; d="',
    ';;;',
    'ä/ö',
  ])('of type %s is the bytes that were sent', async (type) => {
    expect((await post(server.port, [`Content-Type: ${type}`], binary)).status).toBe(200)
    const [{ body, contentType }] = server.seen as [SwitchServer['seen'][0]]
    expect(body.toString()).toBe(binary)
    expect(contentType).toBe(Buffer.from(type).toString('latin1'))
  })

  it('may have no type, an empty one, or be empty', async () => {
    await post(server.port, [], binary)
    await post(server.port, ['Content-Type:'], binary)
    await post(server.port, ['Content-Type: application/json'], '')
    await send(server.port, ['POST /switch HTTP/1.1', 'Content-Type: multipart/form-data; boundary=b'])
    const seen = server.seen.map(({ body, contentType }) => [body.toString(), contentType])
    expect(seen).toEqual([
      [binary, undefined],
      [binary, ''],
      ['', 'application/json'],
      ['', 'multipart/form-data; boundary=b'],
    ])
  })

  it('may come in chunks, slowly', async () => {
    const socket = connect(server.port, '127.0.0.1')
    socket.write('POST /switch HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Type: text/xml\r\n\r\n')
    for (const piece of ['3\r\n<a>', '\r\n4', '\r\n</a>\r\n', '0\r\n\r\n']) {
      await sleep(100)
      socket.write(piece)
    }
    expect((await receive(socket)).body).toBe('ok')
    socket.write('POST /switch HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc')
    await sleep(100)
    socket.write('def')
    expect((await receive(socket)).body, 'on the same connection').toBe('ok')
    socket.destroy()
    expect(server.seen.map(({ body }) => body.toString())).toEqual(['<a></a>', 'abcdef'])
  })

  it('that breaks off reaches nobody', async () => {
    for (const head of ['Content-Length: 6', 'Transfer-Encoding: chunked']) {
      const socket = connect(server.port, '127.0.0.1')
      socket.write(`POST /switch HTTP/1.1\r\nHost: a\r\n${head}\r\n\r\n3\r\n`)
      await sleep(50)
      socket.destroy()
      await sleep(50)
    }
    expect(server.seen).toEqual([])
    expect((await post(server.port)).status, 'afterwards').toBe(200)
  })

  it('may have exactly the size that is allowed, whatever the rest of the API allows', async () => {
    await start({ switches: { ...LOOPBACK, bodyBytes: 3 * 2 ** 20 } })
    const body = 'x'.repeat(3 * 2 ** 20)
    expect((await post(server.port, [], body)).status).toBe(200)
    expect(server.seen[0]?.body.length).toBe(3 * 2 ** 20)
    const refused = await post(server.port, [], `${body}x`)
    expectError(refused, 413, 'Payload Too Large', 'The request body is too large.')
  })
})

it('the query is decoded, of two of one name the last counts, and nothing in it is an error', async () => {
  const path = '/switch/?uuid=a_1%20b+c&%C3%A9=%26&x=1&x=2&broken=%zz&flag&__proto__=p&url=a?b=c'
  expect((await post(server.port, [], 'abc', path)).status).toBe(200)
  expect(Object.fromEntries(server.seen[0]!.query)).toEqual(
    Object.fromEntries([
      ['uuid', 'a_1 b c'],
      ['é', '&'],
      ['x', '2'],
      ['broken', '%zz'],
      ['flag', ''],
      ['__proto__', 'p'],
      ['url', 'a?b=c'],
    ]),
  )
})

it('a route below /api/, where tokens are asked for, stops the start', async () => {
  const misplaced = plugin(async (app) => app.switchRoute('/api/switch', async () => ({ status: 200 })))
  await expect(testApp({}, [misplaced])).rejects.toThrow('/api/switch does not say in config.access')
})

describe('the answer', () => {
  it("is the handler's", async () => {
    const xml = await post(server.port, [], '', '/switch?xml')
    expect(xml).toMatchObject({ status: 201, body: '<a/>', headers: { 'x-more': 'b' } })
    expect(xml.headers['content-type']).toMatch(/^text\/xml\b/)
    expect(await post(server.port, [], '', '/switch?empty')).toMatchObject({ status: 204, body: '' })
  })

  it('is in the shape of all errors when it fails', async () => {
    const { status, body } = await post(server.port, [], '', '/switch?fail')
    expect([status, JSON.parse(body).error, body.includes('no use')]).toEqual([500, 500, false])
  })
})

describe('never turned away are they', () => {
  it('by the rate limit', async () => {
    await start({ limits: { ...readConfig({}).limits, ratePerMinute: 2 } })
    for (let count = 0; count < 6; count += 1)
      expect((await post(server.port, ['Authorization: Token x'])).status).toBe(200)
    const others = [1, 2, 3].map(() => send(server.port, ['GET /api/schema/ HTTP/1.1']))
    expect((await Promise.all(others)).map(({ status }) => status).sort()).toEqual([200, 200, 429])
  })

  it('by a server under pressure', async () => {
    await crowd(await startSampled(() => start({})))
    expect((await send(server.port, ['GET /api/ HTTP/1.1'])).status).toBe(503)
    expect((await post(server.port)).status).toBe(200)
  })
})
