/** A server with a route for switches, and a client that puts bytes on the wire as they are written. */
import { type AddressInfo, connect, type Socket } from 'node:net'
import plugin from 'fastify-plugin'
import type { AppConfig } from '../../src/app.ts'
import type { SwitchRequest } from '../../src/plugins/switch-routes.ts'
import { testApp } from './app.ts'

export interface SwitchServer {
  readonly port: number
  /** What reached the handler. */
  readonly seen: SwitchRequest[]
  close(): Promise<void>
}

/** Listens on 127.0.0.1, unless told otherwise; `/switch` tells `ok`, or what `answers` has for its query `answer`. */
export async function switchServer(changes: Partial<AppConfig> = {}, host = '127.0.0.1'): Promise<SwitchServer> {
  const seen: SwitchRequest[] = []
  const route = plugin(async (app) => {
    app.switchRoute('/switch', async (request) => {
      seen.push(request)
      if (request.query.has('fail')) throw new Error('no use')
      if (request.query.has('xml')) return { status: 201, type: 'text/xml', body: '<a/>', headers: { 'X-More': 'b' } }
      return request.query.has('empty') ? { status: 204 } : { status: 200, type: 'text/plain', body: 'ok' }
    })
  })
  const { app, close } = await testApp(changes, [route])
  await app.listen({ port: 0, host })
  return { port: (app.server.address() as AddressInfo).port, seen, close }
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** What came before the answer: `HTTP/1.1 100 Continue`, or nothing. */
  readonly before: string
}

/** Sends a request as it is written here, and gives the answer, when it is there. The connection ends then. */
export async function send(port: number, lines: string[], body = '', host = '127.0.0.1'): Promise<Reply> {
  const socket = connect(port, host)
  socket.write(`${lines.join('\r\n')}\r\nHost: a\r\n\r\n${body}`)
  const reply = await receive(socket, lines[0]?.startsWith('HEAD'))
  socket.destroy()
  return reply
}

/** A whole POST with these headers, in one piece. */
export function post(port: number, headers: string[] = [], body = 'abc', path = '/switch'): Promise<Reply> {
  const length = `Content-Length: ${Buffer.byteLength(body)}`
  return send(port, [`POST ${path} HTTP/1.1`, length, ...headers], body)
}

/** The next answer on a connection. */
export function receive(socket: Socket, isHead = false): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let text = ''
    const read = (chunk: Buffer) => {
      text += chunk
      const reply = parse(text, isHead)
      if (!reply) return
      socket.off('data', read).off('close', fail)
      resolve(reply)
    }
    const fail = () => reject(new Error(`The connection was closed after "${text}"`))
    if (socket.destroyed) fail()
    socket.on('data', read).on('close', fail)
  })
}

function parse(text: string, isHead: boolean): Reply | undefined {
  const [, before = '', head, body = ''] = /^(HTTP\/1\.1 100.*?\r\n\r\n)?(HTTP.*?)\r\n\r\n(.*)$/s.exec(text) ?? []
  if (!head || head.startsWith('HTTP/1.1 100')) return undefined
  const [first = '', ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.split(': ', 1)[0]!.toLowerCase(), line.replace(/^.*?: /, '')]),
  )
  if (!isHead && Buffer.byteLength(body) < Number(headers['content-length'] ?? 0)) return undefined
  return { status: Number(first.split(' ')[1]), headers, body, before: before.trim() }
}
