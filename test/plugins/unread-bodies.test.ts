/** Bodies that nobody wants: they are not asked for, not read, and their senders have their answer at once. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { receive, type SwitchServer, switchServer } from '../support/switch.ts'

const MEBIBYTE = 2 ** 20
const BODY_BYTES = 100 * MEBIBYTE
const FRIENDS = { allowedAddresses: ['127.0.0.1'], bodyBytes: 8 * MEBIBYTE }
const STRANGERS = { allowedAddresses: ['10.0.0.1'], bodyBytes: 8 * MEBIBYTE }

let server: SwitchServer
afterEach(() => server?.close())

interface Manner {
  readonly path?: string
  /** Goes on writing after the server has said its last. */
  readonly stubborn?: boolean
}

function begin(headers: string[], { path = '/switch', stubborn = false }: Manner = {}): Socket {
  const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: stubborn })
  socket.on('error', () => {}) // it may well be closed while it writes
  socket.write([`POST ${path} HTTP/1.1`, 'Host: a', ...headers, '', ''].join('\r\n'))
  return socket
}

const closing = (socket: Socket) => new Promise((resolve) => socket.on('close', resolve))

/** Writes as fast as it goes, until all is written or nobody takes it any more; how many bytes that were. */
async function pour(socket: Socket, chunked: boolean): Promise<number> {
  const data = Buffer.alloc(65_536, 'x')
  const chunk = chunked ? Buffer.concat([Buffer.from('10000\r\n'), data, Buffer.from('\r\n')]) : data
  const closed = closing(socket)
  for (let sent = 0; sent < BODY_BYTES && !socket.destroyed; sent += data.length) {
    if (!socket.write(chunk)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed])
  }
  return socket.bytesWritten - socket.writableLength
}

describe.each([
  ['from a stranger', STRANGERS, 403],
  ['from a switch', FRIENDS, 413],
])('100 MB %s', (_who, switches, status) => {
  it.each([
    ['of a length that is told', `Content-Length: ${BODY_BYTES}`, false],
    ['in chunks', 'Transfer-Encoding: chunked', true],
  ])('%s', async (_how, header, chunked) => {
    server = await switchServer({ switches })
    const before = process.memoryUsage().rss
    const began = Date.now()
    const socket = begin([header], { stubborn: true })
    const closed = closing(socket)
    const poured = pour(socket, chunked)
    const reply = await receive(socket)
    expect(reply.status).toBe(status)
    expect(reply.headers.connection).toBe('close')
    expect(JSON.parse(reply.body).error).toBe(status)
    expect(Date.now() - began, 'the answer is there at once').toBeLessThan(1000)
    await closed
    expect(Date.now() - began, 'the connection ends, though its client would go on').toBeLessThan(4000)
    expect(await poured, 'what fits into buffers is all that is taken').toBeLessThan(BODY_BYTES / 2)
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * MEBIBYTE)
    expect(server.seen).toEqual([])
  })

  it('of a client that writes before it reads', async () => {
    server = await switchServer({ switches })
    const socket = begin([`Content-Length: ${BODY_BYTES}`]).pause()
    void pour(socket, false)
    await sleep(300)
    expect((await receive(socket.resume())).status).toBe(status)
    socket.destroy()
  })

  it('announced, and none of it sent', async () => {
    server = await switchServer({ switches })
    const socket = begin([`Content-Length: ${BODY_BYTES}`])
    expect((await receive(socket)).status).toBe(status)
    await closing(socket)
  })
})

describe('Expect: 100-continue', () => {
  const expecting = (length: number) => [`Content-Length: ${length}`, 'Expect: 100-continue']

  it('tells a switch to go on', async () => {
    server = await switchServer({ switches: FRIENDS })
    const socket = begin(expecting(3))
    const [told] = await once(socket, 'data')
    expect(String(told)).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    socket.write('abc')
    expect((await receive(socket)).status).toBe(200)
    expect(server.seen[0]?.body.toString()).toBe('abc')
    socket.destroy()
  })

  it('that does not wait for it is answered all the same', async () => {
    server = await switchServer({ switches: FRIENDS })
    const socket = begin(expecting(3))
    socket.write('abc')
    expect(await receive(socket)).toMatchObject({ status: 200, before: 'HTTP/1.1 100 Continue' })
    socket.destroy()
  })

  it.each([
    ['a stranger', STRANGERS, 3, 403],
    ['a switch without a password', { ...FRIENDS, username: 'a', password: 'b' }, 3, 403],
    ['a body that is too large', FRIENDS, BODY_BYTES, 413],
  ])('tells %s no, and nothing else', async (_who, switches, length, status) => {
    server = await switchServer({ switches })
    const socket = begin(expecting(length))
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    await closing(socket)
    expect(text.startsWith(`HTTP/1.1 ${status} `), text).toBe(true)
    expect(text).not.toContain('100 Continue')
    expect(server.seen).toEqual([])
  })

  it('works for the rest of the API', async () => {
    server = await switchServer()
    const body = '{"username": "admin", "password": "wrong"}'
    for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
      const socket = begin([`Content-Type: ${type}`, ...expecting(body.length)], { path: '/api-auth/login/' })
      const [told] = await once(socket, 'data')
      expect(String(told)).toBe('HTTP/1.1 100 Continue\r\n\r\n')
      socket.write(body)
      expect((await receive(socket)).status).toBe(type === 'application/json' ? 401 : 400)
      socket.destroy()
    }
    const multipart = '--b\r\nContent-Disposition: form-data; name="username"\r\n\r\nx\r\n--b--\r\n'
    const headers = ['Content-Type: multipart/form-data; boundary=b', ...expecting(multipart.length)]
    const socket = begin(headers, { path: '/api-auth/login/' })
    await once(socket, 'data')
    socket.write(multipart)
    expect((await receive(socket)).status).toBe(400)
    socket.destroy()
    const refused = begin(expecting(3), { path: '/api/nothing/' })
    await sleep(50)
    refused.write('abc')
    expect((await receive(refused)).status).toBeGreaterThanOrEqual(400)
    refused.destroy()
  })
})
