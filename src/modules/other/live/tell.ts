/** Telling one switch what to do with something that is on it. */
import type { Command } from '../../../freeswitch/commands.ts'
import { ArgumentError, SwitchRefusal, SwitchUnreachable } from '../../../freeswitch/errors.ts'
import type { Fleet } from '../../../freeswitch/fleet.ts'
import { conflict, notFound } from '../../../rest/errors.ts'

/** How switches say that a call has ended meanwhile. */
const GONE = /no such channel|cannot locate session|no such session/i

/**
 * Sends a command, made only now: what a row holds that cannot be said is no fault of the caller's but of the row's,
 * 409. What is gone is a 404, what the switch refuses a 409 with its cause, a switch that is away a 503.
 */
export async function tell(fleet: Fleet, name: string, command: () => Command): Promise<string> {
  const link = fleet.link(name)
  if (!link) throw new SwitchUnreachable(name)
  try {
    return await link.send(command())
  } catch (error) {
    if (error instanceof SwitchRefusal && GONE.test(error.cause)) throw notFound()
    if (error instanceof ArgumentError) throw conflict(error.message)
    throw error
  }
}
