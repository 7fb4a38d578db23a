/** What we use of modesl, which comes without types. */
declare module 'modesl' {
  import type { Duplex } from 'node:stream'

  class Event {
    getHeader(name: string): string | null
    getBody(): string
  }

  export type Headers = Readonly<Record<string, string>> | null
  type Listener = (event: Event) => void

  class Connection {
    /** Over a stream that is connected; sends `connect` by `sendRecv` at once, as to a switch that called us. */
    constructor(stream: Duplex)
    on(event: string, listener: Listener): this
    on(event: 'error', listener: (error: Error) => void): this
    api(command: string, callback: Listener): void
    sendRecv(command: string, headers: Headers, callback: Listener): void
    auth(): void
  }

  const modesl: { readonly Connection: typeof Connection }
  export default modesl
  export type { Listener }
}
