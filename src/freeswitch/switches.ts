/** What the API asks of the telephone switches, and what it answers while none is connected. */
import { unavailable } from '../rest/errors.ts'

export type GatewayCommand = 'start' | 'stop' | 'rescan' | 'status'

export interface Switches {
  /** Makes the switches forget the directory of these domains, or of all. */
  flushDirectory(domainIds: readonly string[] | 'all'): Promise<unknown>
  gateway(command: GatewayCommand, gateway: { readonly id: string; readonly profile: string }): Promise<unknown>
  /** Makes the switches forget these queues. */
  flushCallCentre(queueIds: readonly string[]): Promise<unknown>
  /** Makes the switches forget the dialplans of these contexts, or of all. */
  flushDialplan(contexts: readonly string[] | 'all'): Promise<unknown>
  /** Makes the switches forget these IVR menus. */
  flushIvrMenu(menuIds: readonly string[]): Promise<unknown>
}

/** The switches of a server that is configured with none: every command is a 503 that says so. */
export const noSwitches: Switches = {
  flushDirectory: () => refuse('its cached directory could not be flushed'),
  gateway: (command) => refuse(`the gateway command ${command} was not sent`),
  flushCallCentre: () => refuse('its cached queues could not be flushed'),
  flushDialplan: () => refuse('its cached dialplans could not be flushed'),
  flushIvrMenu: () => refuse('its cached IVR menus could not be flushed'),
}

async function refuse(consequence: string): Promise<never> {
  throw unavailable(`No telephone switch is connected to this server, so ${consequence}.`, 60)
}
