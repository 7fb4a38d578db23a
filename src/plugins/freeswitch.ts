/** The telephone switches of this server: connected in the background, whether they are there or not. */
import type { FastifyInstance } from 'fastify'
import plugin from 'fastify-plugin'
import { type Fleet, startFleet } from '../freeswitch/fleet.ts'
import { noSwitches, type Switches } from '../freeswitch/switches.ts'

declare module 'fastify' {
  interface FastifyInstance {
    fleet: Fleet
    switches: Switches
  }
}

async function freeswitch(app: FastifyInstance): Promise<void> {
  const fleet = startFleet(app.config.freeswitches, app.log)
  app.decorate('fleet', fleet)
  app.decorate('switches', noSwitches)
  // What listens to switches stops listening by itself before (the modules' own onClose hooks run first).
  app.addHook('onClose', () => fleet.close())
}

export default plugin(freeswitch, { name: 'freeswitch', decorators: { fastify: ['config'] } })
