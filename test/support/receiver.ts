/** Somebody who receives webhooks. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Post {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Receiver {
  readonly url: string
  readonly posts: Post[]
  /** Waits until so many posts came, in all. */
  until(count: number): Promise<void>
  close(): Promise<void>
}

/** Listens on this machine; answers 200 unless `answer` does. */
export async function receiver(
  answer: (post: Post, response: ServerResponse) => void = (_post, response) => response.end('ok'),
): Promise<Receiver> {
  const posts: Post[] = []
  let wake = () => {}
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const post = { path: request.url!, headers: request.headers, body }
    posts.push(post)
    answer(post, response)
    wake()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts,
    async until(count) {
      while (posts.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
