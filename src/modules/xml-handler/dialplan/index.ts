/** Dialplans: all entries of the context that a call is in. */
import { document, element } from '../../../freeswitch/xml/write.ts'
import type { Answerer } from '../question.ts'
import { entriesOf } from './entries.ts'
import { Soundness } from './sound.ts'

/** `log` is told of entries that are left out, once of each. */
export function dialplans(log: { warn(details: object, message: string): void }): Answerer {
  const sound = new Soundness()
  return async ({ field, hostname }, database) => {
    // A call that is transferred, or begun by the switch, hunts in a context of its own.
    const context = field('Hunt-Context') || field('Caller-Context')
    const entries = (await entriesOf(database, context, hostname)).filter(({ id, xml }) =>
      sound.has(xml, (reason) => log.warn({ id, context, reason }, 'a dialplan entry is left out')),
    )
    if (entries.length === 0) return undefined
    return document('dialplan', [
      element(
        'context',
        { name: context },
        entries.map(({ xml }) => xml),
      ),
    ])
  }
}
