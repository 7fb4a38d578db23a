/**
 * Decorates `app.notifications`: what PostgreSQL notifies, for whoever hears a channel. All channels share a connection.
 * Notifications are lost while it is away, so a hearer looks for itself whenever it is there again.
 */
import type { FastifyInstance } from 'fastify'
import plugin from 'fastify-plugin'
import { Listener } from '../database/listener.ts'
import { connectionOf } from '../database/pool.ts'

export interface Hearer {
  onNotification(payload: string): void
  /** Called when everything notified from now on will be heard; what was notified before may have been missed. */
  onLive?(): void
  /** Called as soon as it is known that notifications may be missed. */
  onLost?(): void
}

export interface Notifications {
  /** Adds a hearer of a channel, before the server is ready. */
  hear(channel: string, hearer: Hearer): void
}

declare module 'fastify' {
  interface FastifyInstance {
    notifications: Notifications
  }
}

async function notifications(app: FastifyInstance): Promise<void> {
  const hearers = new Map<string, Hearer[]>()
  const all = () => [...hearers.values()].flat()
  let listener: Listener | undefined
  app.decorate('notifications', {
    hear(channel, hearer) {
      if (listener) throw new Error(`The channel ${channel} was asked for when the server was ready already`)
      hearers.set(channel, [...(hearers.get(channel) ?? []), hearer])
    },
  })
  app.addHook('onReady', async () => {
    if (hearers.size === 0) return
    listener = new Listener({
      connection: connectionOf(app.pool),
      channels: [...hearers.keys()],
      log: app.log,
      onNotification: (payload, channel) => {
        for (const hearer of hearers.get(channel) ?? []) hearer.onNotification(payload)
      },
      onLive: () => {
        for (const hearer of all()) hearer.onLive?.()
      },
      onLost: () => {
        for (const hearer of all()) hearer.onLost?.()
      },
    })
  })
  app.addHook('onClose', () => listener?.close())
}

export default plugin(notifications, { name: 'notifications', dependencies: ['database'] })
