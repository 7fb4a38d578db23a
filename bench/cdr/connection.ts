/** HTTP as little of it as a sender needs, so that it takes no more of the machine than the switch would. */
import { connect, type Socket } from 'node:net'

export interface Connection {
  /** Sends a whole request and gives the status of the answer; fails where there is none. */
  send(request: string): Promise<number>
}

const TIMEOUT_MS = 15_000

/** Without keep-alive each request has a connection of its own, which this side closes, as FreeSWITCH's does. */
export function connectionTo(port: number, keepAlive: boolean): Connection {
  let kept: Socket | undefined
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        const socket = kept ?? connect({ port, host: '127.0.0.1', noDelay: true })
        kept = undefined
        let text = ''
        const finish = (act: () => void) => {
          socket.removeAllListeners()
          socket.on('error', () => {})
          socket.setTimeout(0)
          act()
        }
        const fail = (error: Error) =>
          finish(() => {
            socket.destroy()
            reject(error)
          })
        socket.once('error', fail)
        socket.once('close', () => fail(new Error('the connection was closed')))
        socket.setTimeout(TIMEOUT_MS, () => fail(new Error('no answer in time')))
        socket.on('data', (bytes) => {
          text += bytes.toString('latin1')
          const status = statusOf(text)
          if (status === undefined) return
          finish(() => {
            if (keepAlive) kept = socket
            else socket.destroy()
            resolve(status)
          })
        })
        socket.write(request, 'latin1')
      }),
  }
}

/** The status of an answer once it is there whole. */
function statusOf(text: string): number | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0)
  return text.length >= end + 4 + length ? Number(text.slice(9, 12)) : undefined
}
