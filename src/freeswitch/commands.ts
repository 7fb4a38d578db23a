/**
 * Everything that can be said to a switch, as functions. No other place makes text for it: arguments are checked by
 * their kind and escaped here, and there is no way to say what a caller chose.
 */

import { callCentreCommands } from './commands/call-centre.ts'
import { callCommands } from './commands/calls.ts'
import { directoryCommands } from './commands/directory.ts'
import { listCommands } from './commands/lists.ts'
import { sofiaCommands } from './commands/sofia.ts'
import { voicemailCommands } from './commands/voicemail.ts'

export type { Transfer } from './commands/calls.ts'
export type { Command } from './commands/command.ts'
export type { Origination } from './commands/originate.ts'

export const commands = {
  ...directoryCommands,
  ...sofiaCommands,
  ...callCommands,
  ...listCommands,
  ...callCentreCommands,
  ...voicemailCommands,
}
