import { context as contextOf, destination, domain as domainOf, number, user as userOf, uuid } from './arguments.ts'
import { type Command, slow } from './command.ts'
import { type Variables, variableBlock } from './variables.ts'

/** A call that the switch makes: it rings a user's telephones, and when one answers, dials for it. */
export interface Origination {
  /** The id that the call will have. */
  readonly uuid: string
  readonly user: string
  readonly domain: string
  /** What is dialled, and in whose dialplan. */
  readonly dest: string
  readonly context: string
  /** How long the user's telephones ring. */
  readonly ringSeconds: number
  /** Beside the id and the time. */
  readonly variables: Variables
}

/** Until a telephone has answered the switch tells nothing; some seconds more for it to give up. */
const PATIENCE_SECONDS = 10

/** Answered with the call's id when one of the user's telephones has answered. */
export function originate(call: Origination): Command {
  const block = variableBlock({
    ...call.variables,
    origination_uuid: uuid(call.uuid),
    originate_timeout: number(call.ringSeconds, 1, 600),
  })
  const endpoint = `user/${userOf(call.user)}@${domainOf(call.domain)}`
  const command = slow('originate', block + endpoint, destination(call.dest), 'XML', contextOf(call.context))
  return { ...command, timeoutMs: (call.ringSeconds + PATIENCE_SECONDS) * 1000 }
}
