/** What the API asks of the telephone switches, and what it answers while none is connected. */
import { unavailable } from '../rest/errors.ts'

export type GatewayCommand = 'start' | 'stop' | 'rescan' | 'status'

export interface Switches {
  /** Makes the switches forget the directory of these domains, or of all. */
  flushDirectory(domainIds: readonly string[] | 'all'): Promise<unknown>
  gateway(command: GatewayCommand, gateway: { readonly id: string; readonly profile: string }): Promise<unknown>
}

/** The switches of a server that is configured with none: every command is a 503 that says so. */
export const noSwitches: Switches = {
  flushDirectory: () => refuse('its cached directory could not be flushed'),
  gateway: (command) => refuse(`the gateway command ${command} was not sent`),
}

async function refuse(consequence: string): Promise<never> {
  throw unavailable(`No telephone switch is connected to this server, so ${consequence}.`, 60)
}
