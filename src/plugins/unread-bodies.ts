/** Bodies that nobody wants: clients are not asked for them, and connections that bring them all the same are closed. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** For a client to read its answer, before the connection is gone. */
const LINGER_MS = 1000

/**
 * A client that sends `Expect: 100-continue` is told to go on when its body begins to be read. A request that is
 * refused before has its answer without. (Fastify listens to the second address of HOST=localhost with a server of its
 * own, where Node tells everybody to go on.)
 */
export function continueWhenRead(server: Server): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    // After the answer Node reads too, to throw away what is left.
    request.once('resume', () => {
      if (!response.headersSent) response.writeContinue()
    })
    server.emit('request', request, response)
  })
}

/**
 * For an answer that is ready before the whole body has come: the connection ends with it, and no more is read. Closed
 * at once, with bytes waiting, it would take the answer with it before the client has seen it.
 */
export function closeUnread({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (raw.complete || !hasBody(raw)) return
  reply.header('Connection', 'close')
  const { socket } = raw
  socket.destroySoon = () => {
    socket.end()
    // Node is about to read on, and to throw away what it reads.
    setImmediate(() => socket.pause())
    setTimeout(() => socket.destroy(), LINGER_MS).unref()
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
