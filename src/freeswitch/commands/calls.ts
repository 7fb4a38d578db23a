import { posix } from 'node:path'
import {
  cause as causeOf,
  context as contextOf,
  destination,
  oneOf,
  path as pathOf,
  uuid as uuidOf,
} from './arguments.ts'
import { quick } from './command.ts'
import { originate } from './originate.ts'

/** Where a call goes; `leg` is who of the two goes there. */
export interface Transfer {
  readonly leg: 'a' | 'b' | 'both'
  readonly dest: string
  readonly context: string
  readonly dialplan?: 'XML'
}

const LEGS = { a: '', b: '-bleg', both: '-both' } as const

/** The variables that are asked for. */
const READ = ['domain_uuid', 'extension_uuid', 'record_name'] as const

/** What is done with calls, by the id of a leg. */
export const callCommands = {
  originate,
  hangup: (uuid: string, cause = 'NORMAL_CLEARING') => quick('uuid_kill', uuidOf(uuid), causeOf(cause)),
  transfer: (uuid: string, { leg, dest, context, dialplan = 'XML' }: Transfer) =>
    quick(
      'uuid_transfer',
      uuidOf(uuid),
      LEGS[oneOf(['a', 'b', 'both'], leg)],
      destination(dest),
      oneOf(['XML'], dialplan),
      contextOf(context),
    ),
  hold: (uuid: string) => quick('uuid_hold', uuidOf(uuid)),
  unhold: (uuid: string) => quick('uuid_hold', 'off', uuidOf(uuid)),
  park: (uuid: string) => quick('uuid_park', uuidOf(uuid)),
  record: (uuid: string, what: 'start' | 'stop', path: string) =>
    quick('uuid_record', uuidOf(uuid), oneOf(['start', 'stop'], what), pathOf(path)),
  /** Silences what the leg says; the other one is heard all the same. */
  mute: (uuid: string, on: boolean) =>
    on ? quick('uuid_audio', uuidOf(uuid), 'start', 'read', 'mute', '1') : quick('uuid_audio', uuidOf(uuid), 'stop'),
  /** Names the recording as dialplans do, where call records find it; what is recorded again goes on in the same file. */
  keepRecording: (uuid: string, path: string) => {
    const named = `record_path=${posix.dirname(pathOf(path))};record_name=${posix.basename(path)}`
    return quick('uuid_setvar_multi', uuidOf(uuid), `${named};RECORD_APPEND=true`)
  },
  /** Answered with the value, or `_undef_`. */
  variable: (uuid: string, name: (typeof READ)[number]) => quick('uuid_getvar', uuidOf(uuid), oneOf(READ, name)),
  /** Where the switch keeps recordings. */
  recordingsFolder: () => quick('global_getvar', 'recordings_dir'),
  /** Answered with true or false. */
  exists: (uuid: string) => quick('uuid_exists', uuidOf(uuid)),
}
