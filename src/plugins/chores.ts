/**
 * Decorates `app.addChore`: what the server does by itself, when it starts and now and then. Every replica does it, so
 * it must do no harm twice. One that fails is logged and tried again at its next time.
 */
import type { FastifyInstance } from 'fastify'
import plugin from 'fastify-plugin'

export interface Chore {
  /** What the log calls it. */
  readonly name: string
  readonly everyMs: number
  run(): Promise<void>
}

declare module 'fastify' {
  interface FastifyInstance {
    addChore(chore: Chore): void
  }
}

async function chores(app: FastifyInstance): Promise<void> {
  const timers: NodeJS.Timeout[] = []
  const running = new Map<Chore, Promise<void>>()
  const all: Chore[] = []
  const run = (chore: Chore): Promise<void> => {
    const under = running.get(chore)
    if (under) return under
    const done = chore
      .run()
      .catch((error: unknown) => app.log.warn({ err: error, chore: chore.name }, 'a chore failed'))
      .finally(() => running.delete(chore))
    running.set(chore, done)
    return done
  }
  app.decorate('addChore', (chore: Chore) => {
    all.push(chore)
  })
  app.addHook('onReady', async () => {
    for (const chore of all) {
      await run(chore)
      timers.push(setInterval(() => void run(chore), chore.everyMs).unref())
    }
  })
  app.addHook('onClose', async () => {
    for (const timer of timers) clearInterval(timer)
    await Promise.all(running.values())
  })
}

export default plugin(chores, { name: 'chores' })
