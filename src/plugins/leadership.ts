/**
 * Decorates `app.leadership`: what only one of several servers may do at a time. All that this server strives for shares
 * a connection to PostgreSQL.
 */
import type { FastifyInstance } from 'fastify'
import plugin from 'fastify-plugin'
import { Leadership as Leader } from '../database/leadership.ts'
import { connectionOf } from '../database/pool.ts'

export interface Follower {
  /** This server, and no other, leads from now on. */
  onWon(): void
  /** Another server may lead from now on. */
  onLost(): void
}

export interface Leadership {
  /** Adds something to lead, before the server is ready. Tells whether this server leads, beyond doubt. */
  strive(name: string, follower: Follower): () => boolean
}

declare module 'fastify' {
  interface FastifyInstance {
    leadership: Leadership
  }
}

async function leadership(app: FastifyInstance): Promise<void> {
  const followers = new Map<string, Follower>()
  let leader: Leader | undefined
  app.decorate('leadership', {
    strive(name, follower) {
      if (followers.has(name)) throw new Error(`Two strive for ${name} in one server`)
      followers.set(name, follower)
      return () => leader?.leads(name) ?? false
    },
  })
  app.addHook('onReady', async () => {
    if (followers.size === 0) return
    leader = new Leader({
      connection: connectionOf(app.pool),
      names: [...followers.keys()],
      log: app.log,
      onWon: (name) => followers.get(name)!.onWon(),
      onLost: (name) => followers.get(name)!.onLost(),
    })
  })
  app.addHook('onClose', () => leader?.close())
}

export default plugin(leadership, { name: 'leadership', dependencies: ['database'] })
