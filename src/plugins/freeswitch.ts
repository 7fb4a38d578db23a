/** The telephone switches of this server: connected in the background, whether they are there or not. */
import type { FastifyInstance } from 'fastify'
import plugin from 'fastify-plugin'
import { startFleet } from '../freeswitch/esl/fleet.ts'
import type { Fleet } from '../freeswitch/fleet.ts'
import { fleetSwitches } from '../freeswitch/fleet-switches.ts'
import { noSwitches, type Switches } from '../freeswitch/switches.ts'
import { databaseOn } from '../rest/database.ts'
import { addSwitchMetrics } from './freeswitch/metrics.ts'

declare module 'fastify' {
  interface FastifyInstance {
    fleet: Fleet
    switches: Switches
  }
}

async function freeswitch(app: FastifyInstance): Promise<void> {
  const { freeswitches } = app.config
  const fleet = startFleet(freeswitches, app.log)
  app.decorate('fleet', fleet)
  app.decorate('switches', freeswitches.length > 0 ? fleetSwitches(fleet, databaseOn(app.statements)) : noSwitches)
  if (freeswitches.length > 0) {
    addSwitchMetrics(app.metrics, fleet)
    app.told.set('switches', () => Object.fromEntries(fleet.links.map(({ name, state }) => [name, state])))
  }
  // Hooks run last first: who listens to switches has ended by itself then.
  app.addHook('onClose', () => fleet.close())
}

export default plugin(freeswitch, {
  name: 'freeswitch',
  dependencies: ['database', 'observation'],
  decorators: { fastify: ['config'] },
})
