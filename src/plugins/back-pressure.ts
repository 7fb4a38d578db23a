/**
 * Turns requests away while the event loop cannot keep up: their answers would be too late to be of use.
 *
 * One sample is not enough to tell a crowd from a pause. A machine that is moved, suspended or starved stands still
 * longer than a sample lasts; its next turn is on time again, and whoever asks then can be answered. That is what
 * @fastify/under-pressure cannot tell apart.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { FastifyInstance } from 'fastify'
import plugin from 'fastify-plugin'
import { unavailable } from '../rest/errors.ts'
import { PROBES } from './observation.ts'

/** The mean delay of the event loop from which a sample counts as late. */
const MAX_DELAY_MS = 1000
const SAMPLE_MS = 2500

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its callers do not give up: turned away, by a limit or by a busy server, they would only come again. */
    neverTurnedAway?: boolean
  }
}

async function backPressure(app: FastifyInstance): Promise<void> {
  const delays = monitorEventLoopDelay({ resolution: 10 })
  delays.enable()
  let lateSamples = 0
  const timer = setInterval(() => {
    // No turn at all is the latest that a sample can be.
    const late = delays.count === 0 || delays.mean / 1e6 > MAX_DELAY_MS
    lateSamples = late ? lateSamples + 1 : 0
    delays.reset()
  }, SAMPLE_MS).unref()
  app.addHook('onClose', async () => {
    clearInterval(timer)
    delays.disable()
  })
  app.addHook('onRequest', ({ routeOptions: { url = '', config } }, _reply, done) => {
    if (lateSamples < 2 || PROBES.has(url) || config.neverTurnedAway) return done()
    done(unavailable('The server is busy. Try again soon.', (2 * SAMPLE_MS) / 1000))
  })
}

export default plugin(backPressure, { name: 'back-pressure' })
