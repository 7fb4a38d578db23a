/** What can be done with a call that is on. The engine has looked it up anew, within the caller's scope. */
import { posix } from 'node:path'
import { DateTime } from 'luxon'
import { type Command, commands } from '../../../freeswitch/commands.ts'
import type { Action, ActionContext, Input } from '../../../rest/asking.ts'
import { ROLES } from '../../../rest/caller.ts'
import { conflict } from '../../../rest/errors.ts'
import type { Services } from '../../../rest/services.ts'
import { textInput } from '../../inputs.ts'
import { destinationInput, dialled } from '../click-to-dial/destination.ts'
import { type Place, placeOf } from './place.ts'
import { tell } from './tell.ts'

/** The columns of an active call that its actions need. */
interface Leg {
  readonly id: string
  readonly switch: string
  readonly domain_id: string | null
  readonly extension_id: string | null
  readonly created: string | null
}

type Inputs = Readonly<Record<string, unknown>>

const LONGEST_CAUSE = 64
const cause: Input = {
  ...patternInput(
    'The hangup cause, such as NORMAL_CLEARING, which it is when left out.',
    /^[A-Z][A-Z0-9_]*$/,
    'Enter the name of a hangup cause, such as NORMAL_CLEARING.',
    LONGEST_CAUSE,
  ),
}
const leg = choiceInput(
  ['a', 'b', 'both'],
  'Who goes there: a, this leg, which it is when left out; b, the one it is connected with; or both.',
)
const recording = { ...choiceInput(['start', 'stop'], 'Whether to start or stop.'), required: true }

export const callActions: Readonly<Record<string, Action>> = {
  hangup: simple('Ends it', 'hung up', (id, inputs) => commands.hangup(id, inputs.cause as string | undefined), {
    cause,
  }),
  transfer: action('Sends it to another destination, by the dialplan of its tenant', {
    inputs: { dest: { ...destinationInput, required: true }, leg },
    async run({ services }, call, inputs) {
      const { domain, context } = await placeOfCall(services, call)
      const [dest, who] = [dialled(inputs.dest as string, domain), (inputs.leg ?? 'a') as 'a' | 'b' | 'both']
      await tell(services.fleet, call.switch, () => commands.transfer(call.id, { leg: who, dest, context }))
      return { status: 'transferred', dest, leg: who }
    },
  }),
  hold: simple('Puts it on hold', 'held', (id) => commands.hold(id)),
  unhold: simple('Takes it from hold', 'unheld', (id) => commands.unhold(id)),
  park: simple('Parks it: it waits, connected with nobody', 'parked', (id) => commands.park(id)),
  mute: simple('Silences what is said at this end', 'muted', (id) => commands.mute(id, true)),
  unmute: simple('Lets be heard again what is said at this end', 'unmuted', (id) => commands.mute(id, false)),
  record: action("Records it into the tenant's folder of recordings, or stops that", {
    inputs: { action: recording },
    async run(context, call, inputs) {
      const { fleet } = context.services
      const what = inputs.action as 'start' | 'stop'
      const path = await recordingPath(context, call)
      // A call record tells of one recording: the dialplan's, where there is one.
      const known = await tell(fleet, call.switch, () => commands.variable(call.id, 'record_name'))
      if (what === 'start' && known === '_undef_') {
        await tell(fleet, call.switch, () => commands.keepRecording(call.id, path))
      }
      await tell(fleet, call.switch, () => commands.record(call.id, what, path))
      return { status: what === 'start' ? 'recording' : 'stopped', file: posix.basename(path) }
    },
  }),
}

function action(
  summary: string,
  {
    inputs,
    run,
  }: { inputs?: Action['inputs']; run(context: ActionContext, call: Leg, inputs: Inputs): Promise<unknown> },
): Action {
  return {
    on: 'row',
    methods: ['POST'],
    roles: ROLES,
    summary,
    ...(inputs && { inputs }),
    answer: { type: 'object', properties: { status: { type: 'string' } } },
    run: (context, row, given) => run(context, row as unknown as Leg, given),
  }
}

function simple(
  summary: string,
  status: string,
  say: (id: string, inputs: Inputs) => Command,
  inputs?: Action['inputs'],
): Action {
  return action(summary, {
    ...(inputs && { inputs }),
    async run({ services }, call, given) {
      await tell(services.fleet, call.switch, () => say(call.id, given))
      return { status }
    },
  })
}

async function placeOfCall({ database }: Services, call: Leg): Promise<Place> {
  const place = call.domain_id === null ? undefined : await placeOf(database, call.domain_id, call.extension_id)
  if (!place) throw conflict('Whose call it is cannot be told, so there is no dialplan to send it to.')
  return place
}

/**
 * Where the dialplans keep recordings: by tenant and day. Of the call's day, so that what was started is found again to
 * be stopped, and named so that a recording of the dialplan's own goes on undisturbed.
 */
async function recordingPath({ services, timeZone }: ActionContext, call: Leg): Promise<string> {
  const { domain } = await placeOfCall(services, call)
  const folder = await tell(services.fleet, call.switch, () => commands.recordingsFolder())
  const began = DateTime.fromISO(call.created ?? '', { zone: timeZone }).setLocale('en')
  const day = (began.isValid ? began : DateTime.now().setZone(timeZone).setLocale('en')).toFormat('yyyy/LLL/dd')
  return posix.join(folder, domain, 'archive', day, `${call.id}_on_demand.wav`)
}

function patternInput(description: string, pattern: RegExp, sentence: string, maxLength: number): Input {
  const text = textInput(description, maxLength)
  return {
    ...text,
    check(value, body) {
      const result = text.check(value, body)
      return 'errors' in result || pattern.test(String(result.value)) ? result : { errors: [sentence] }
    },
  }
}

function choiceInput(choices: readonly string[], description: string): Input {
  const check = (value: unknown) =>
    typeof value === 'string' && choices.includes(value)
      ? { value }
      : { errors: [`Select one of ${choices.join(', ')}.`] }
  return { description, schema: { type: 'string', enum: choices }, check }
}
