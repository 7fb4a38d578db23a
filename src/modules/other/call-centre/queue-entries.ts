/** What a queue's number does: greets the caller, puts it in the queue, and sends on who was not answered. */
import { variablesError } from '../../../freeswitch/dialplan/expansion.ts'
import { type Step, set } from '../../../freeswitch/dialplan/extension.ts'
import type { Caller, Role } from '../../../rest/caller.ts'
import type { Row } from '../../../rest/model/model.ts'
import type { Transaction } from '../../../rest/write/transaction.ts'
import { type Place, resolveDestination, storedDestination } from '../../dialling/destinations.ts'
import { entryHooks } from '../../dialling/entry-hooks.ts'
import { exactly, soundError } from '../../dialling/texts.ts'
import { recordTemplateError } from './record-template.ts'
import { staysWithTenant } from './tenancy.ts'

type Queue = Row<'CallCentreQueues'>

/** DjangoPBX's id of the application, and where its entries stand in a context. */
const APP_ID = '48b0bd79-021d-4151-b59e-06370fc686cd'
const SEQUENCE = 230

export const queueEntries = entryHooks('CallCentreQueues', {
  async check({ row, before, domain, context: { tx, caller } }) {
    const role = caller.role!
    const moved = before !== null && before.domain_id !== row.domain_id
    const asked = (name: keyof Queue) => before === null || moved || before[name] !== row[name]
    const sounds = (['greeting', 'announce_sound', 'moh_sound'] as const)
      .filter(asked)
      .map((name) => [name, queueSoundError(row[name], domain, caller)] as const)
    return {
      ...Object.fromEntries(sounds),
      domain_id: moved ? await staysWithTenant(tx, 'queue_id', row.id) : undefined,
      record_template: asked('record_template') ? recordTemplateError(domain, row.record_template, role) : undefined,
      timeout_action: asked('timeout_action') ? await timeoutError(tx, domain, row.timeout_action, role) : undefined,
      cid_name_prefix: variablesError(row.cid_name_prefix ?? ''),
      cc_exit_keys: KEYS.test(row.cc_exit_keys ?? '') ? undefined : 'Keys are digits, * # and A to D.',
    }
  },
  build: async (row, domain) => ({
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
      { field: 'destination_number', expression: exactly(row.extension), steps: stepsOf(row, domain) },
    ],
  }),
})

const KEYS = /^[0-9*#A-D]*$/i

function stepsOf(row: Queue, domain: Place): Step[] {
  const { cid_name_prefix, cc_exit_keys, greeting, timeout_action } = row
  return [
    { application: 'answer' },
    set('hangup_after_bridge', 'true'),
    ...(cid_name_prefix ? [set('effective_caller_id_name', `${cid_name_prefix}#\${caller_id_name}`)] : []),
    ...(cc_exit_keys ? [set('cc_exit_keys', cc_exit_keys)] : []),
    // The first moments of a call that was just answered are lost on some telephones.
    ...(greeting
      ? [
          { application: 'sleep', data: '1000' },
          { application: 'playback', data: greeting },
        ]
      : []),
    { application: 'callcenter', data: row.id },
    ...timeoutStep(domain, timeout_action),
  ]
}

function timeoutStep(domain: Place, action: string | null): Step[] {
  const destination = action ? storedDestination(domain, action) : undefined
  return destination ? [destination] : []
}

async function timeoutError(
  tx: Transaction,
  domain: Place | undefined,
  action: string | null,
  role: Role,
): Promise<string | undefined> {
  if (!action || !domain) return undefined
  const read = await resolveDestination(tx, domain, action, role)
  return 'error' in read ? read.error : undefined
}

/** Sounds, and the music on hold of the switch as its own files name it. */
const queueSoundError = (sound: string | null, domain: Place | undefined, caller: Caller): string | undefined =>
  !sound || /^\$?\$\{hold_music\}$/.test(sound) ? undefined : soundError(sound, domain, caller)
