import { quick } from './command.ts'

/** What the switch tells of itself. The lists are JSON. */
export const listCommands = {
  status: () => quick('status'),
  version: () => quick('version'),
  registrations: () => quick('show', 'registrations', 'as', 'json'),
  channels: () => quick('show', 'channels', 'as', 'json'),
  calls: () => quick('show', 'calls', 'as', 'json'),
  /** Much faster than the count of calls. */
  channelCount: () => quick('show', 'channels', 'count'),
}
