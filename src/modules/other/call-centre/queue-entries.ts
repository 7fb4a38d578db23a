/** What a queue's number does: greets the caller, puts it in the queue, and sends on who was not answered. */
import { variablesError } from '../../../freeswitch/dialplan/expansion.ts'
import { type Step, set } from '../../../freeswitch/dialplan/extension.ts'
import type { Row } from '../../../rest/model/model.ts'
import { type Place, resolveDestination, storedDestination } from '../../dialling/destinations.ts'
import { type Change, entryHooks, textErrors } from '../../dialling/entry-hooks.ts'
import { exactly, soundError } from '../../dialling/texts.ts'
import { recordTemplateError } from './record-template.ts'
import { staysWithTenant } from './tenancy.ts'

type Queue = Row<'CallCentreQueues'>

/** DjangoPBX's id of the application, and where its entries stand in a context. */
const APP_ID = '48b0bd79-021d-4151-b59e-06370fc686cd'
const SEQUENCE = 230

export const queueEntries = entryHooks('CallCentreQueues', {
  check,
  build: async (queue, domain) => ({
    app_id: APP_ID,
    category: 'Call centre',
    sequence: SEQUENCE,
    conditions: [
      // DjangoPBX begins so: what stands before # in a number that was dialled is no part of the caller's name.
      {
        field: 'destination_number',
        expression: '^([^#]+#)(.*)$',
        break: 'never',
        steps: [set('caller_id_name', '$2')],
      },
      { field: 'destination_number', expression: exactly(queue.extension), steps: stepsOf(queue, domain) },
    ],
  }),
})

async function check(change: Change<'CallCentreQueues'>): Promise<Record<string, string | undefined>> {
  const { row, before, domain, context, changed } = change
  const { caller, tx } = context
  const sound = (text: string) => (HOLD_MUSIC.test(text) ? undefined : soundError(text, domain, caller))
  const moved = before !== null && before.domain_id !== row.domain_id
  return {
    ...textErrors(change, {
      greeting: sound,
      announce_sound: sound,
      moh_sound: sound,
      record_template: (text) => recordTemplateError(text, domain, caller),
      cid_name_prefix: variablesError,
      cc_exit_keys: (text) => (KEYS.test(text) ? undefined : 'Keys are digits, * # and A to D.'),
    }),
    ...(moved && { domain_id: await staysWithTenant(tx, 'queue_id', row.id) }),
    ...(changed('timeout_action') && { timeout_action: await timeoutError(change) }),
  }
}

async function timeoutError({ row, domain, context }: Change<'CallCentreQueues'>): Promise<string | undefined> {
  if (!row.timeout_action) return undefined
  if (!domain) return variablesError(row.timeout_action)
  const read = await resolveDestination(context.tx, domain, row.timeout_action, context.caller.role ?? 'user_api')
  return 'error' in read ? read.error : undefined
}

/** The music on hold of the switch, as its own files name it. */
const HOLD_MUSIC = /^\$?\$\{hold_music\}$/
const KEYS = /^[0-9*#A-D]+$/i

/** Rows that came past the API are not trusted to hold what it would have let in. */
const isFit = (text: string | null): text is string => Boolean(text) && variablesError(text!) === undefined

function stepsOf(queue: Queue, domain: Place): Step[] {
  const { cid_name_prefix, cc_exit_keys, greeting, timeout_action } = queue
  const after = timeout_action ? storedDestination(domain, timeout_action) : undefined
  return [
    { application: 'answer' },
    set('hangup_after_bridge', 'true'),
    ...(isFit(cid_name_prefix) ? [set('effective_caller_id_name', `${cid_name_prefix}#\${caller_id_name}`)] : []),
    ...(isFit(cc_exit_keys) ? [set('cc_exit_keys', cc_exit_keys)] : []),
    // The first moments of a call that was just answered are lost on some telephones.
    ...(isFit(greeting)
      ? [
          { application: 'sleep', data: '1000' },
          { application: 'playback', data: greeting },
        ]
      : []),
    { application: 'callcenter', data: queue.id },
    ...(after ? [after] : []),
  ]
}
