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
  /** Answered with true or false. */
  exists: (uuid: string) => quick('uuid_exists', uuidOf(uuid)),
}
