/** The telephone switches of this server. */
import type { FastifyInstance } from 'fastify'
import plugin from 'fastify-plugin'
import { type Fleet, noFleet } from '../freeswitch/fleet.ts'
import { noSwitches, type Switches } from '../freeswitch/switches.ts'

declare module 'fastify' {
  interface FastifyInstance {
    fleet: Fleet
    switches: Switches
  }
}

async function freeswitch(app: FastifyInstance): Promise<void> {
  app.decorate('fleet', noFleet)
  app.decorate('switches', noSwitches)
}

export default plugin(freeswitch, { name: 'freeswitch' })
