import type pg from 'pg'
import { type Log, StandingConnection } from './standing.ts'

export type { Log } from './standing.ts'

export interface ListenerOptions {
  /** Its own connection; one through a transaction pooler hears nothing. */
  readonly connection: pg.ClientConfig
  readonly channels: readonly string[]
  readonly log: Log
  /** Called with each payload, in the order of the commits. */
  readonly onNotification: (payload: string, channel: string) => void
  /** Called as soon as everything notified from now on will be heard. */
  readonly onLive?: () => void
  /** Called as soon as it is known that notifications may be missed. */
  readonly onLost: () => void
}

const HEARTBEAT_MS = 5_000

/** Hears what PostgreSQL notifies on some channels, on a connection of its own that is made again whenever it is lost. */
export class Listener {
  readonly #connection: StandingConnection

  constructor({ connection, channels, log, onNotification, onLive, onLost }: ListenerOptions) {
    this.#connection = new StandingConnection({
      connection,
      applicationName: 'pbx-api listener',
      purpose: 'to listen to the database on',
      log,
      heartbeatMs: HEARTBEAT_MS,
      onNotification: ({ payload, channel }) => onNotification(payload ?? '', channel),
      async begin(client) {
        await client.query(channels.map((channel) => `LISTEN ${client.escapeIdentifier(channel)}`).join('; '))
      },
      async beat(client) {
        await client.query('SELECT 1')
      },
      onLive() {
        log.info({ channels }, 'Listening to the database')
        onLive?.()
      },
      onLost,
    })
  }

  /** Whether everything notified from now on will be heard, or `onLost` called. */
  get live(): boolean {
    return this.#connection.live
  }

  close(): Promise<void> {
    return this.#connection.close()
  }
}
