/** The telephone switches of this server. */
import type { FastifyInstance } from 'fastify'
import plugin from 'fastify-plugin'
import { noSwitches, type Switches } from '../freeswitch/switches.ts'

declare module 'fastify' {
  interface FastifyInstance {
    switches: Switches
  }
}

async function freeswitch(app: FastifyInstance): Promise<void> {
  app.decorate('switches', noSwitches)
}

export default plugin(freeswitch, { name: 'freeswitch' })
